import { describe, expect, it } from 'vitest';
import { Harness, spec } from './harness.ts';

const http = { httpGet: { port: 8080, path: '/', scheme: 'HTTP' } };

describe('a readiness probe', () => {
  it('keeps a pod from being ready, but not from running, and never restarts it', () => {
    const h = new Harness({ images: { nginx: { http: { 8080: (age) => (age > 20_000 ? 200 : 503) } } } });
    h.create({ spec: spec({ readinessProbe: { ...http, periodSeconds: 5 } }) });
    h.run(15);
    expect(h.state()).toBe('running');
    expect(h.condition('Ready')?.status).toBe('False');
    expect(h.told()).toContain('Unhealthy Readiness probe failed: HTTP probe failed with statuscode: 503');
    h.run(15);
    expect(h.condition('Ready')?.status).toBe('True');
    expect(h.restarts()).toBe(0);
  });

  it('takes a pod out again after failureThreshold failures', () => {
    const h = new Harness({
      images: { nginx: { http: { 8080: (age) => (age < 30_000 ? 200 : 500) } } },
    });
    h.create({ spec: spec({ readinessProbe: { ...http, periodSeconds: 10, failureThreshold: 3 } }) });
    h.run(30);
    expect(h.condition('Ready')?.status).toBe('True');
    h.run(20);
    expect(h.condition('Ready')?.status).toBe('True');
    h.run(15);
    expect(h.condition('Ready')?.status).toBe('False');
  });

  it.each([
    [
      'nobody listens',
      { httpGet: { port: 9, path: '/x', scheme: 'HTTP' } },
      'Get "http://10.244.1.2:9/x": dial tcp 10.244.1.2:9: connect: connection refused',
    ],
    ['no socket is open', { tcpSocket: { port: 9 } }, 'dial tcp 10.244.1.2:9: connect: connection refused'],
    ['a command fails', { exec: { command: ['check'] } }, 'not yet'],
    [
      'a command hangs',
      { exec: { command: ['hang', '9'] } },
      'command timed out: "hang 9" timed out after 1s',
    ],
  ])('says why when %s', (_, probe, message) => {
    const exec = {
      check: () => ({ exitCode: 1, output: 'not yet', timedOut: false }),
      hang: () => ({ exitCode: 0, output: '', timedOut: true }),
    };
    const h = new Harness({ images: { nginx: { exec } } });
    h.create({ spec: spec({ readinessProbe: probe }) });
    h.run(15);
    expect(h.told()).toContain(`Unhealthy Readiness probe failed: ${message}`);
    const unhealthy = h.events().find(({ reason }) => reason === 'Unhealthy');
    expect(unhealthy).toMatchObject({
      type: 'Warning',
      involvedObject: { fieldPath: 'spec.containers{web}' },
    });
  });
});

describe('a liveness probe', () => {
  it('has its container restarted after failureThreshold failures', () => {
    const h = new Harness({ images: { nginx: { http: { 8080: (age) => (age > 20_000 ? 500 : 200) } } } });
    h.create({ spec: spec({ livenessProbe: { ...http, periodSeconds: 5, failureThreshold: 2 } }) });
    h.run(20);
    expect(h.restarts()).toBe(0);
    h.run(15);
    expect(h.told()).toContain('Killing Container web failed liveness probe, will be restarted');
    expect(h.restarts()).toBe(1);
    expect(h.pod()?.status?.containerStatuses?.[0]?.lastState?.terminated?.exitCode).toBe(143);
  });

  it('waits for initialDelaySeconds', () => {
    const h = new Harness({ images: { nginx: { http: { 8080: () => 500 } } } });
    h.create({
      spec: spec({
        livenessProbe: { ...http, periodSeconds: 1, failureThreshold: 1, initialDelaySeconds: 20 },
      }),
    });
    h.run(20);
    expect(h.told().filter((text) => text.startsWith('Unhealthy'))).toEqual([]);
    h.run(5);
    expect(h.restarts()).toBe(1);
  });
});

describe('a startup probe', () => {
  const ok = (from: number) => ({ nginx: { http: { 8080: (age: number) => (age > from ? 200 : 500) } } });

  it('holds back the other probes until it has succeeded', () => {
    const h = new Harness({ images: ok(25_000) });
    const fast = { ...http, periodSeconds: 1, failureThreshold: 1 };
    h.create({
      spec: spec({
        startupProbe: { ...http, periodSeconds: 5, failureThreshold: 10 },
        livenessProbe: fast,
        readinessProbe: fast,
      }),
    });
    h.run(20);
    expect(h.restarts()).toBe(0);
    expect(h.pod()?.status?.containerStatuses?.[0]).toMatchObject({ started: false, ready: false });
    h.run(20);
    expect(h.pod()?.status?.containerStatuses?.[0]).toMatchObject({
      started: true,
      ready: true,
      restartCount: 0,
    });
  });

  it('has its container killed when its budget is used up', () => {
    const h = new Harness({ images: ok(1e9) });
    h.create({ spec: spec({ startupProbe: { ...http, periodSeconds: 5, failureThreshold: 3 } }) });
    h.run(25);
    expect(h.told()).toContain('Killing Container web failed startup probe, will be restarted');
    expect(h.restarts()).toBe(1);
  });
});

it('writes a pod with probes no more often than its status changes', () => {
  const h = new Harness({ images: { nginx: { http: { 8080: () => 200 } } } });
  h.create({ spec: spec({ readinessProbe: { ...http, periodSeconds: 5 }, livenessProbe: http }) });
  h.run(30);
  const writes = (): number =>
    h.requests.filter(({ resource, verb }) => resource === 'pods' && verb === 'update').length;
  const first = writes();
  expect(first).toBeLessThanOrEqual(3);
  h.run(600);
  expect(writes()).toBe(first);
});
