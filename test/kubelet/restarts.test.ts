import { describe, expect, it } from 'vitest';
import { Harness, spec } from './harness.ts';

/** When the runtime started containers, seconds since the first start. */
function starts(h: Harness, seconds: number): number[] {
  const times: number[] = [];
  const before = h.sim.now();
  let seen = 0;
  while (h.sim.now() < before + seconds * 1000) {
    h.run(0.1);
    const now = h.runtime.calls.filter((call) => call.startsWith('start web')).length;
    for (; seen < now; seen++) times.push(h.sim.now());
  }
  return times.map((time) => Math.round((time - (times[0] ?? 0)) / 1000));
}

describe('a container that keeps failing', () => {
  const images = { nginx: { pullMs: 100, exit: { code: 1, after: 0 } } };

  it('is restarted at once, then after about 10, 20, 40, 80, 160, 300 and 300 s', () => {
    const h = new Harness({ images });
    h.create({ spec: spec() });
    const times = starts(h, 1000);
    const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
    expect(gaps).toHaveLength(8);
    for (const [i, nominal] of [1, 10, 20, 40, 80, 160, 300, 300].entries()) {
      expect(gaps[i]).toBeGreaterThanOrEqual(nominal - 1);
      expect(gaps[i]).toBeLessThanOrEqual(nominal + 2);
    }
  });

  it('waits in CrashLoopBackOff while the pod stays Running', () => {
    const h = new Harness({ images });
    const pod = h.create({ spec: spec() });
    h.run(20);
    const text = `web_default(${pod.metadata.uid})`;
    expect(h.pod()?.status?.phase).toBe('Running');
    expect(h.pod()?.status?.containerStatuses?.[0]).toMatchObject({
      ready: false,
      state: {
        waiting: {
          reason: 'CrashLoopBackOff',
          message: `back-off 20s restarting failed container=web pod=${text}`,
        },
      },
      lastState: { terminated: { exitCode: 1, reason: 'Error' } },
      restartCount: 2,
    });
    expect(h.told()).toContain(`BackOff Back-off restarting failed container web in pod ${text}`);
    expect(h.condition('Ready')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [web]',
    });
  });

  it.each([
    ['Never', 'Failed', 0, 1],
    ['Never', 'Succeeded', 0, 0],
    ['OnFailure', 'Succeeded', 0, 0],
    ['OnFailure', 'Running', 2, 1],
    ['Always', 'Running', 2, 0],
  ])(
    'with restartPolicy %s ends %s after %i restarts when it exits with %i',
    (restartPolicy, phase, restarts, code) => {
      const h = new Harness({ images: { nginx: { pullMs: 100, exit: { code, after: 0 } } } });
      h.create({ spec: spec({}, { restartPolicy }) });
      h.run(20);
      expect(h.pod()?.status?.phase).toBe(phase);
      expect(h.restarts()).toBe(restarts);
    },
  );

  it('starts its delays anew after ten quiet minutes', () => {
    const h = new Harness({ images: { nginx: { pullMs: 100, exit: { code: 1, after: 700_000 } } } });
    h.create({ spec: spec() });
    h.run(730 * 4);
    expect(h.restarts()).toBeGreaterThanOrEqual(3);
    expect(h.told().filter((text) => text.startsWith('BackOff'))).toEqual([]);
  });
});

it('reports a container over its memory limit as OOMKilled and restarts it', () => {
  const h = new Harness();
  h.create({ spec: spec() });
  h.run(5);
  h.runtime.kill('web', 137, 'OOMKilled');
  h.run(3);
  expect(h.pod()?.status?.containerStatuses?.[0]).toMatchObject({
    state: { running: {} },
    lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
    restartCount: 1,
  });
});

it('restarts a container whose image was changed', () => {
  const h = new Harness({ images: { nginx: {}, 'nginx:2': {} } });
  const pod = h.create({ spec: spec() });
  h.run(5);
  const next = {
    ...h.pod(),
    spec: { ...h.pod()?.spec, containers: [{ ...h.pod()?.spec.containers[0], image: 'nginx:2' }] },
  };
  h.replace(next as typeof pod);
  h.run(5);
  expect(h.told()).toContain('Killing Container web definition changed, will be restarted');
  expect(h.pod()?.status?.containerStatuses?.[0]).toMatchObject({
    image: 'docker.io/library/nginx:2',
    restartCount: 1,
    state: { running: {} },
  });
});

it('makes a new sandbox and starts everything again when the machine was rebooted', () => {
  const h = new Harness();
  h.create({ spec: spec() });
  h.run(5);
  h.process.kill();
  h.runtime.powerOff();
  h.run(30);
  h.startKubelet();
  h.run(20);
  expect(h.told()).toContain('SandboxChanged Pod sandbox changed, it will be killed and re-created.');
  expect(h.pod()?.status).toMatchObject({ phase: 'Running', podIP: '10.244.1.3' });
  expect(h.restarts()).toBe(1);
});

it('ends a pod at its activeDeadlineSeconds', () => {
  const h = new Harness();
  h.create({ spec: spec({}, { activeDeadlineSeconds: 30 }) });
  h.run(29);
  expect(h.pod()?.status?.phase).toBe('Running');
  h.run(5);
  expect(h.pod()?.status).toMatchObject({
    phase: 'Failed',
    reason: 'DeadlineExceeded',
    message: 'Pod was active on the node longer than the specified deadline',
  });
});

it('says why it ended a pod once nothing of it runs any more, as its phase', () => {
  const h = new Harness({ images: { nginx: { stop: 20_000 } } });
  h.create({ spec: spec({}, { activeDeadlineSeconds: 30 }) });
  h.run(40);
  expect(h.told()).toContain(
    'DeadlineExceeded Pod was active on the node longer than the specified deadline',
  );
  expect(h.pod()?.status).toMatchObject({ phase: 'Running' });
  expect(h.pod()?.status).not.toHaveProperty('reason');
  h.run(20);
  expect(h.pod()?.status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
});
