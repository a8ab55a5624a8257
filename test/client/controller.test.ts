import { beforeEach, describe, expect, it } from 'vitest';
import { notFound } from '../../src/apimachinery/status.ts';
import { Controller, DONE, type ReconcileResult, requeueAfter, retry } from '../../src/client/controller.ts';
import { Process } from '../../src/sim/process.ts';
import { Server } from './support.ts';

let server: Server;
let process: Process;
let calls: string[];
beforeEach(() => {
  server = new Server();
  process = new Process(server.sim, 'controller');
  calls = [];
});

function controller(
  reconcile: (key: string) => ReconcileResult,
  options: { ready?: () => boolean; workers?: number } = {},
): Controller {
  const begun = server.sim.now();
  return new Controller({
    process,
    client: server.client('test-controller'),
    reconcile: (key) => {
      calls.push(`${key}@${server.sim.now() - begun}`);
      return reconcile(key);
    },
    ...options,
  });
}

describe('a reconcile loop', () => {
  it('reconciles each key once, a little later', () => {
    const { queue } = controller(() => DONE);
    for (const key of ['a', 'b', 'a']) queue.add(key);
    expect(calls).toEqual([]);
    server.run(1000);
    expect(calls).toEqual(['a@2', 'b@2']);
  });

  it('takes as many keys at a time as it has workers', () => {
    const { queue } = controller(() => DONE, { workers: 2 });
    for (const key of ['a', 'b', 'c']) queue.add(key);
    server.run(1000);
    expect(calls).toEqual(['a@2', 'b@2', 'c@4']);
  });

  it('comes back to a failure at growing intervals, until it succeeds', () => {
    const { queue } = controller(() => (calls.length < 4 ? retry('not yet') : DONE));
    queue.add('a');
    server.run(1000);
    // 5, 10 and 20 ms later, and each takes a worker 2 ms to get to.
    expect(calls).toEqual(['a@2', 'a@9', 'a@21', 'a@43']);
    expect(queue.failures('a')).toBe(0);
  });

  it('comes back after the time it was asked for, forgetting failures', () => {
    const { queue } = controller(() => (calls.length === 1 ? requeueAfter(100) : DONE));
    queue.add('a');
    server.run(1000);
    expect(calls).toEqual(['a@2', 'a@104']);
    expect(queue.failures('a')).toBe(0);
  });

  it('does not come back to what failed for good', () => {
    const { queue } = controller(() => ({ type: 'terminal', reason: 'no' }));
    queue.add('a');
    server.run(1000);
    expect(calls).toHaveLength(1);
  });

  it('waits until it is ready', () => {
    let ready = false;
    const { queue } = controller(() => DONE, { ready: () => ready });
    queue.add('a');
    server.run(450);
    expect(calls).toEqual([]);
    ready = true;
    server.run(100);
    expect(calls).toHaveLength(1);
  });

  it('comes back to a key that it adds to itself, after this time', () => {
    const loop = controller((key) => {
      if (calls.length < 3) loop.queue.add(key);
      return DONE;
    });
    loop.queue.add('a');
    server.run(1000);
    expect(calls).toEqual(['a@2', 'a@4', 'a@6']);
  });

  it('records what it reacts to as the cause of what it writes', () => {
    const client = server.client('test-controller');
    const causes: unknown[] = [];
    const loop = new Controller({
      process,
      client,
      reconcile: () => {
        causes.push(client.cause);
        return DONE;
      },
    });
    const object = server.put('a');
    loop.enqueue(object);
    server.run(100);
    expect(causes).toEqual([
      { component: 'test-controller', trigger: Number(object.metadata.resourceVersion) },
    ]);
    expect(client.cause).toEqual({ component: 'test-controller', trigger: 0 });
  });

  it('is silent after its process was killed by its own doing', () => {
    const { queue } = controller(() => {
      process.kill();
      return DONE;
    });
    queue.add('a');
    queue.add('b');
    server.run(1000);
    expect(calls).toHaveLength(1);
  });
});

it.each([
  ['a text', 'why', 'why'],
  ['the message of a refusal', notFound({ group: '', resource: 'pods' }, 'x'), 'pods "x" not found'],
])('a retry says %s', (_, given, reason) => {
  expect(retry(given)).toEqual({ type: 'retry', reason });
});
