import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Node, Pod } from '../../src/api/generated/types.ts';
import { node as nodeKind } from '../../src/api/kinds/node.ts';
import { pod as podKind } from '../../src/api/kinds/pod.ts';
import { milliOf } from '../../src/apimachinery/quantity.ts';
import { Harness, must } from './harness.ts';

type Step =
  | { readonly do: 'node'; readonly cpu: number; readonly tainted: boolean; readonly ssd: boolean }
  | {
      readonly do: 'pod';
      readonly cpu: number;
      readonly tolerant: boolean;
      readonly ssd: boolean;
      readonly port: boolean;
    }
  | { readonly do: 'delete'; readonly pick: number }
  | { readonly do: 'cordon'; readonly pick: number }
  | { readonly do: 'restart' }
  | { readonly do: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('node' as const),
      cpu: fc.integer({ min: 1, max: 4 }),
      tainted: fc.boolean(),
      ssd: fc.boolean(),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('pod' as const),
      cpu: fc.integer({ min: 0, max: 3 }),
      tolerant: fc.boolean(),
      ssd: fc.boolean(),
      port: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), pick: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cordon' as const), pick: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 3000 }) }),
  },
);

const TOLERATIONS = [{ key: 'reserved', operator: 'Exists' }];

function apply(h: Harness, step: Step, index: number): void {
  const existing = (pick: number, names: readonly string[]): string | undefined =>
    names[pick % Math.max(1, names.length)];
  switch (step.do) {
    case 'node': {
      const spec = step.tainted ? { taints: [{ key: 'reserved', effect: 'NoSchedule' }] } : {};
      h.node(`n${index}`, { cpu: `${step.cpu}`, spec, labels: step.ssd ? { disk: 'ssd' } : {} });
      return;
    }
    case 'pod':
      h.pod(`p${index}`, {
        cpu: `${step.cpu}`,
        spec: {
          ...(step.tolerant ? { tolerations: TOLERATIONS } : {}),
          ...(step.ssd ? { nodeSelector: { disk: 'ssd' } } : {}),
        },
        ...(step.port ? { hostPort: 80 } : {}),
      });
      return;
    case 'delete': {
      const name = existing(
        step.pick,
        pods(h).map((pod) => pod.metadata.name ?? ''),
      );
      if (name !== undefined) h.deletePod(name);
      return;
    }
    case 'cordon': {
      const name = existing(
        step.pick,
        nodes(h).map((node) => node.metadata.name ?? ''),
      );
      if (name !== undefined) h.patchNode(name, { spec: { unschedulable: true } });
      return;
    }
    case 'restart':
      h.restart();
      return;
    case 'wait':
      h.run(step.ms);
  }
}

function pods(h: Harness): readonly Pod[] {
  return must(h.admin.list(podKind)).items;
}

function nodes(h: Harness): readonly Node[] {
  return must(h.admin.list(nodeKind)).items;
}

function cpuOf(pod: Pod): number {
  return milliOf(pod.spec.containers[0]?.resources?.requests?.cpu);
}

function hasPort(pod: Pod): boolean {
  return (pod.spec.containers[0]?.ports ?? []).length > 0;
}

/** Whether the node suits the pod, whatever else is on it. */
function suits(pod: Pod, node: Node): boolean {
  const tainted = (node.spec.taints ?? []).length > 0;
  if (tainted && (pod.spec.tolerations ?? []).length === 0) return false;
  return pod.spec.nodeSelector === undefined || node.metadata.labels?.disk === 'ssd';
}

function freeCpu(node: Node, on: readonly Pod[]): number {
  return on.reduce((left, pod) => left - cpuOf(pod), milliOf(node.status?.allocatable?.cpu));
}

describe('after whatever happened, once things are quiet', () => {
  it('no node is overfull, every pod is where it may be, and what waits fits nowhere', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const h = new Harness().start();
        for (const [i, each] of steps.entries()) apply(h, each, i);
        h.run(30_000);
        const all = pods(h);
        const waiting = all.filter((pod) => (pod.spec.nodeName ?? '') === '');
        for (const node of nodes(h)) {
          const on = all.filter((pod) => pod.spec.nodeName === node.metadata.name);
          expect(freeCpu(node, on)).toBeGreaterThanOrEqual(0);
          expect(on.filter(hasPort).length).toBeLessThanOrEqual(1);
          expect(on.every((pod) => suits(pod, node))).toBe(true);
          if (node.spec.unschedulable === true) continue;
          const room = freeCpu(node, on);
          const portFree = !on.some(hasPort);
          const fitting = waiting.filter(
            (pod) => suits(pod, node) && cpuOf(pod) <= room && (portFree || !hasPort(pod)),
          );
          expect(fitting.map((pod) => pod.metadata.name)).toEqual([]);
        }
        for (const pod of waiting)
          expect(h.scheduled(pod.metadata.name ?? '')).toMatch(/^False\/Unschedulable: /);
      }),
      { numRuns: 60 },
    );
  });
});
