import { describe, expect, it } from 'vitest';
import type { DialKubelet } from '../../src/apiserver/nodeproxy.ts';
import { MetricsServer } from '../../src/cluster/metricsserver.ts';
import { Process } from '../../src/sim/process.ts';
import { Simulation } from '../../src/sim/simulation.ts';

describe('metrics-server', () => {
  it('knows after a quarter of a minute what the pods of reachable nodes use', () => {
    const sim = new Simulation({ seed: 1 });
    const used = { namespace: 'default', pod: 'web', cpu: 200, memory: 1000 };
    const usage = () => [
      { ...used, container: 'main' },
      { ...used, container: 'side' },
    ];
    const stream = () => ({ ok: false, code: 404, message: '' }) as const;
    const dial: DialKubelet = (node) =>
      node === 'n1'
        ? { api: { usage, logs: stream, exec: stream, attach: stream } }
        : { error: 'connection refused' };
    const server = new MetricsServer(new Process(sim, 'metrics-server'), () => ['n1', 'n2'], dial);
    sim.runUntil(sim.now() + 14_000);
    expect(server.podMetrics('default')).toEqual([]);
    sim.runUntil(sim.now() + 2_000);
    const [web, ...others] = server.podMetrics('default');
    expect(others).toEqual([]);
    expect(web).toMatchObject({ name: 'web', window: 15_000 });
    expect([...(web?.containers.keys() ?? [])]).toEqual(['main', 'side']);
    expect(server.podMetrics('other')).toEqual([]);
  });
});
