import { describe, expect, it } from 'vitest';
import { Harness, spec } from './harness.ts';

describe('a pod that is deleted', () => {
  it('gets SIGTERM with its grace period, and its object goes when it has ended', () => {
    const h = new Harness({ images: { nginx: { stop: 5000 } } });
    h.create({ spec: spec() });
    h.run(5);
    h.delete();
    h.run(3);
    expect(h.told()).toContain('Killing Stopping container web');
    expect(h.runtime.calls).toContain('stop web 30000');
    expect(h.pod()?.metadata.deletionTimestamp).toBeDefined();
    expect(h.condition('Ready')?.status).toBe('True');
    h.run(3);
    expect(h.pod()).toBeUndefined();
    expect(h.runtime.listPodSandboxes()).toEqual([]);
    expect(h.runtime.listContainers()).toEqual([]);
  });

  it('is killed when a program that ignores SIGTERM has used up its grace', () => {
    const h = new Harness({ images: { nginx: { stop: 'never' } } });
    h.create({ spec: spec({}, { terminationGracePeriodSeconds: 10 }) });
    h.run(5);
    h.delete();
    h.run(9.5);
    expect(h.pod()).toBeDefined();
    expect(h.runtime.listContainers()[0]?.state).toBe('running');
    h.run(1.5);
    expect(h.pod()).toBeUndefined();
  });

  it('runs preStop first, inside the grace period', () => {
    const h = new Harness({ images: { nginx: {} } });
    h.create({ spec: spec({ lifecycle: { preStop: { sleep: { seconds: 6 } } } }) });
    h.run(5);
    h.delete();
    h.run(5);
    expect(h.runtime.listContainers()[0]?.state).toBe('running');
    h.run(2);
    expect(h.runtime.calls).toContain('stop web 24000');
    expect(h.pod()).toBeUndefined();
  });

  it('leaves the runtime at least two seconds when preStop takes all of the grace', () => {
    const exec = { bye: () => ({ exitCode: 0, output: '', timedOut: true }) };
    const h = new Harness({ images: { nginx: { stop: 'never', exec } } });
    const lifecycle = { preStop: { exec: { command: ['bye'] } } };
    h.create({ spec: spec({ lifecycle }, { terminationGracePeriodSeconds: 5 }) });
    h.run(5);
    h.delete();
    h.run(6);
    expect(h.runtime.calls).toContain('stop web 2000');
    h.run(2);
    expect(h.pod()).toBeUndefined();
  });

  it('goes on when preStop fails, and says so', () => {
    const exec = { bye: () => ({ exitCode: 1, output: '', timedOut: false }) };
    const h = new Harness({ images: { nginx: { exec } } });
    h.create({ spec: spec({ lifecycle: { preStop: { exec: { command: ['bye'] } } } }) });
    h.run(5);
    h.delete();
    h.run(2);
    expect(h.told()).toContain('FailedPreStopHook PreStopHook failed');
    expect(h.pod()).toBeUndefined();
  });

  it('with --force is gone from the API at once, and cleaned up here later', () => {
    const h = new Harness({ images: { nginx: { stop: 3000 } } });
    h.create({ spec: spec() });
    h.run(5);
    h.delete('web', { gracePeriodSeconds: 0 });
    expect(h.pod()).toBeUndefined();
    h.run(1);
    expect(h.runtime.listContainers()[0]?.state).toBe('running');
    h.run(5);
    expect(h.runtime.listContainers()).toEqual([]);
  });

  it('with --force gives its room to the next pod at once', () => {
    const h = new Harness({ images: { nginx: { stop: 3000 } } });
    const big = { resources: { requests: { cpu: '3' } } };
    h.create({ spec: spec(big) });
    h.run(5);
    h.delete('web', { gracePeriodSeconds: 0 });
    h.create({ metadata: { name: 'next', namespace: 'default' }, spec: spec(big) });
    h.run(10);
    expect(h.pod('next')?.status?.phase).toBe('Running');
  });

  it('stops faster when deleted again with a shorter grace', () => {
    const h = new Harness({ images: { nginx: { stop: 'never' } } });
    h.create({ spec: spec({}, { terminationGracePeriodSeconds: 600 }) });
    h.run(5);
    h.delete();
    h.run(5);
    h.delete('web', { gracePeriodSeconds: 5 });
    h.run(7);
    expect(h.pod()).toBeUndefined();
  });

  it('may be deleted while its image is pulled', () => {
    const h = new Harness({ images: { nginx: { pullMs: 60_000 } } });
    h.create({ spec: spec() });
    h.run(5);
    h.delete();
    h.run(3);
    expect(h.pod()).toBeUndefined();
    h.run(120);
    expect(h.runtime.listContainers()).toEqual([]);
    expect(h.runtime.listPodSandboxes()).toEqual([]);
  });

  it('may be deleted before its sandbox is up', () => {
    const h = new Harness();
    h.create({ spec: spec() });
    h.run(0.1);
    h.delete();
    h.run(5);
    expect(h.pod()).toBeUndefined();
    expect(h.runtime.listPodSandboxes()).toEqual([]);
  });
});

describe('a pod that has ended', () => {
  it('keeps its container, for its log, until its object is deleted', () => {
    const h = new Harness({ images: { nginx: { exit: { code: 0, after: 1000 } } } });
    h.create({ spec: spec({}, { restartPolicy: 'Never' }) });
    h.run(10);
    expect(h.pod()?.status?.phase).toBe('Succeeded');
    expect(h.condition('Ready')).toMatchObject({ status: 'False', reason: 'PodCompleted' });
    expect(h.kubelet.server.logs('default', 'web', {}).ok).toBe(true);
    h.delete();
    h.run(1);
    expect(h.pod()).toBeUndefined();
    expect(h.runtime.listContainers()).toEqual([]);
  });

  it('is stopped if somebody else says that it has', () => {
    const h = new Harness({ images: { nginx: { stop: 500 } } });
    h.create({ spec: spec() });
    h.run(5);
    h.writeStatus('web', { ...h.pod()?.status, phase: 'Failed' });
    h.run(5);
    expect(h.pod()?.status?.phase).toBe('Failed');
    expect(h.runtime.listContainers().map(({ state }) => state)).toEqual(['exited']);
  });

  it('holds no resources of the node', () => {
    const h = new Harness({ images: { nginx: { exit: { code: 0, after: 1000 } } } });
    const big = { requests: { cpu: '3' } };
    h.create({ spec: spec({ resources: big }, { restartPolicy: 'Never' }) });
    h.run(10);
    h.create({
      metadata: { name: 'next', namespace: 'default' },
      spec: spec({ resources: big }, { restartPolicy: 'Never' }),
    });
    h.run(10);
    expect(h.pod('next')?.status?.phase).toBe('Succeeded');
  });
});

it('kills a container whose postStart hook failed, and starts it again', () => {
  const exec = { hello: () => ({ exitCode: 1, output: '', timedOut: false }) };
  const h = new Harness({ images: { nginx: { exec } } });
  h.create({ spec: spec({ lifecycle: { postStart: { exec: { command: ['hello'] } } } }) });
  h.run(4);
  expect(h.told()).toEqual(
    expect.arrayContaining(['FailedPostStartHook PostStartHook failed', 'Killing FailedPostStartHook']),
  );
  h.run(20);
  expect(h.restarts()).toBeGreaterThan(0);
});
