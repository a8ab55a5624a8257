import { describe, expect, it } from 'vitest';
import type { Container } from '../../src/api/generated/types.ts';
import { Harness, spec } from './harness.ts';

function container(name: string, image: string, rest: Partial<Container> = {}): Container {
  return { name, image, imagePullPolicy: 'IfNotPresent', ...rest };
}

const sidecar = { restartPolicy: 'Always' };

describe('init containers', () => {
  it('run in order, each after the one before has succeeded, then the others', () => {
    const h = new Harness({
      images: { nginx: {}, one: { exit: { code: 0, after: 2000 } }, two: { exit: { code: 0, after: 2000 } } },
    });
    h.create({ spec: spec({}, { initContainers: [container('a', 'one'), container('b', 'two')] }) });
    h.run(3);
    expect(h.state()).toBe('PodInitializing');
    expect(h.condition('Initialized')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotInitialized',
      message: 'containers with incomplete status: [a b]',
    });
    expect(h.pod()?.status?.phase).toBe('Pending');
    h.run(15);
    expect(h.runtime.calls.filter((call) => call.startsWith('start'))).toEqual([
      'start a#0',
      'start b#0',
      'start web#0',
    ]);
    expect(h.pod()?.status?.phase).toBe('Running');
    expect(h.condition('Initialized')?.status).toBe('True');
    expect(h.events().find(({ message }) => message?.includes('"one"'))?.involvedObject.fieldPath).toBe(
      'spec.initContainers{a}',
    );
  });

  it('are retried with back-off', () => {
    const h = new Harness({ images: { nginx: {}, bad: { exit: { code: 1, after: 0 } } } });
    h.create({ spec: spec({}, { initContainers: [container('a', 'bad')] }) });
    h.run(20);
    expect(h.state('a')).toBe('CrashLoopBackOff');
    expect(h.pod()?.status?.phase).toBe('Pending');
    expect(h.runtime.calls).not.toContain('start web#0');
  });

  it('fail the pod for good when nothing restarts', () => {
    const h = new Harness({ images: { nginx: {}, bad: { exit: { code: 1, after: 0 } } } });
    h.create({ spec: spec({}, { restartPolicy: 'Never', initContainers: [container('a', 'bad')] }) });
    h.run(10);
    expect(h.pod()?.status?.phase).toBe('Failed');
    expect(h.runtime.calls).not.toContain('start web#0');
  });
});

describe('a sidecar', () => {
  it('is started before the containers, counts for readiness, and is stopped last', () => {
    const h = new Harness({ images: { nginx: { stop: 2000 }, proxy: {} } });
    h.create({ spec: spec({}, { initContainers: [container('side', 'proxy', sidecar)] }) });
    h.run(10);
    expect(h.runtime.calls.filter((call) => call.startsWith('start'))).toEqual([
      'start side#0',
      'start web#0',
    ]);
    expect(h.condition('Ready')?.status).toBe('True');
    h.delete();
    h.run(5);
    expect(
      h.runtime.calls.filter((call) => call.startsWith('stop')).map((call) => call.split(' ')[1]),
    ).toEqual(['web', 'side']);
    expect(h.pod()).toBeUndefined();
  });

  it('holds back what follows until its startup probe has succeeded', () => {
    const h = new Harness({
      images: { nginx: {}, proxy: { http: { 80: (age) => (age > 10_000 ? 200 : 500) } } },
    });
    const startupProbe = { httpGet: { port: 80 }, periodSeconds: 1, failureThreshold: 30 };
    h.create({
      spec: spec({}, { initContainers: [container('side', 'proxy', { ...sidecar, startupProbe })] }),
    });
    h.run(8);
    expect(h.runtime.calls).not.toContain('start web#0');
    h.run(8);
    expect(h.runtime.calls).toContain('start web#0');
  });

  it('does not keep a pod from succeeding', () => {
    const h = new Harness({ images: { nginx: { exit: { code: 0, after: 5000 } }, proxy: {} } });
    h.create({
      spec: spec({}, { restartPolicy: 'Never', initContainers: [container('side', 'proxy', sidecar)] }),
    });
    h.run(15);
    expect(h.pod()?.status?.phase).toBe('Succeeded');
    expect(h.runtime.listContainers().every(({ state }) => state === 'exited')).toBe(true);
  });

  it('is restarted when it ends, without the others', () => {
    const h = new Harness({ images: { nginx: {}, proxy: {} } });
    h.create({ spec: spec({}, { initContainers: [container('side', 'proxy', sidecar)] }) });
    h.run(10);
    h.runtime.kill('side', 1);
    h.run(3);
    expect(h.pod()?.status?.initContainerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      ready: true,
      started: true,
    });
    expect(h.restarts()).toBe(0);
    expect(h.pod()?.status?.phase).toBe('Running');
  });
});
