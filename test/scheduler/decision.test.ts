import { describe, expect, it } from 'vitest';
import {
  type DecisionTable,
  describeDecision,
  type SchedulingDecision,
} from '../../src/scheduler/decision.ts';
import { Harness } from './harness.ts';

function last(h: Harness): SchedulingDecision {
  const decision = h.decisions.at(-1);
  if (decision === undefined) throw new Error('nothing was decided');
  return decision;
}

function tableOf(h: Harness): DecisionTable {
  return describeDecision(last(h));
}

describe('the record of a scheduling decision', () => {
  it('goes with the binding and tells verdict and scores of every node', () => {
    const h = new Harness().start();
    // 10 units wanted; 4, 4, 12 and 16 are free.
    for (const [name, cpu] of [
      ['a', '4'],
      ['b', '4'],
      ['c', '12'],
      ['d', '16'],
    ] as const)
      h.node(name, { cpu, memory: '16Gi' });
    h.pod('cargo', { cpu: '10', memory: '4Gi' });
    h.run();
    expect(h.writes).toEqual(['create pods/binding cargo']);
    const { rows, plugins, summary, omitted } = tableOf(h);
    expect(plugins).toEqual([
      'TaintToleration',
      'NodeResourcesFit',
      'NodeResourcesBalancedAllocation',
      'ImageLocality',
    ]);
    expect(
      rows.map(({ node, chosen, rejectedBy, reasons, total }) => ({
        node,
        chosen,
        rejectedBy,
        reasons,
        total,
      })),
    ).toEqual([
      // 300 + (37 + 75) / 2 + (1 - |10/16 - 1/4| / 2) x 100
      { node: 'd', chosen: true, rejectedBy: undefined, reasons: [], total: 300 + 56 + 81 },
      // 300 + (16 + 75) / 2 + (1 - |10/12 - 1/4| / 2) x 100
      { node: 'c', chosen: false, rejectedBy: undefined, reasons: [], total: 300 + 45 + 70 },
      {
        node: 'a',
        chosen: false,
        rejectedBy: 'NodeResourcesFit',
        reasons: ['Insufficient cpu'],
        total: undefined,
      },
      {
        node: 'b',
        chosen: false,
        rejectedBy: 'NodeResourcesFit',
        reasons: ['Insufficient cpu'],
        total: undefined,
      },
    ]);
    expect(rows[0]?.scores[0]).toEqual({ plugin: 'TaintToleration', raw: 0, score: 100, weighted: 300 });
    expect(summary).toBe(
      'default/cargo was assigned to d, which scored highest of 4 nodes with 437; next is c with 415 (rejected: 2 Insufficient cpu).',
    );
    expect(omitted).toBe(0);
  });

  it('says of equals that they were equal, and names the best of the others as the next', () => {
    const h = new Harness().start();
    for (const name of ['a', 'b', 'c', 'd', 'e']) h.node(name, { cpu: '16', memory: '16Gi' });
    h.node('small', { cpu: '4', memory: '16Gi' });
    h.pod('cargo', { cpu: '2', memory: '4Gi' });
    h.run();
    const { summary } = tableOf(h);
    expect(summary).toMatch(
      /^default\/cargo was assigned to [a-e], which tied with [a-e], [a-e], [a-e] and 1 more for the highest score of 6 nodes, \d+; of equals one is drawn at random; next is small with \d+\.$/,
    );
  });

  it('keeps what a plugin gave beside what it was scaled to', () => {
    const h = new Harness().start();
    h.node('n1', { labels: { disk: 'ssd' } });
    h.node('n2', { labels: { disk: 'ssd', fast: 'yes' } });
    const prefer = (weight: number, key: string) => ({
      weight,
      preference: { matchExpressions: [{ key, operator: 'Exists' }] },
    });
    h.pod('web', {
      spec: {
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [prefer(20, 'disk'), prefer(20, 'fast')],
          },
        },
      },
    });
    h.run();
    const cells = tableOf(h).rows.map(({ node, scores }) => [
      node,
      scores.find(({ plugin }) => plugin === 'NodeAffinity'),
    ]);
    expect(cells).toEqual([
      ['n2', { plugin: 'NodeAffinity', raw: 40, score: 100, weighted: 200 }],
      ['n1', { plugin: 'NodeAffinity', raw: 20, score: 50, weighted: 100 }],
    ]);
  });

  it('says when there was nothing to choose', () => {
    const h = new Harness().start();
    h.node('n1');
    h.node('n2', { spec: { unschedulable: true } });
    h.pod('web');
    h.run();
    expect(tableOf(h).summary).toBe(
      'default/web was assigned to n1, the only one of 2 nodes that can take it (rejected: 1 node(s) were unschedulable).',
    );
  });

  it('goes with the condition of a pod that fits nowhere', () => {
    const h = new Harness().start();
    h.node('n1', { cpu: '1' });
    h.pod('web', { cpu: '2' });
    h.run();
    expect(h.writes).toEqual(['patch pods/status web']);
    expect(last(h)).toMatchObject({
      type: 'scheduling',
      pod: 'default/web',
      attempt: 1,
      total: 1,
      evaluated: 1,
    });
    expect(tableOf(h).summary).toBe(`default/web was not assigned: ${last(h).message}`);
    expect(last(h).message).toMatch(/^0\/1 nodes are available: 1 Insufficient cpu\. /);
  });

  it('names the node where room is being made', () => {
    const h = new Harness().start();
    h.node('n1');
    h.pod('low', { cpu: '4', spec: { nodeName: 'n1' } });
    h.pod('high', { cpu: '4', spec: { priority: 1 } });
    h.run();
    expect(new Set(h.decisions)).toHaveLength(1);
    expect(h.writes).toEqual(['patch pods/status low', 'delete pods low', 'patch pods/status high']);
    expect(last(h).nominatedNode).toBe('n1');
  });

  it('keeps of a large cluster the ten best, fifty rejected and all counts', () => {
    const h = new Harness().start();
    for (let i = 0; i < 150; i++) h.node(`n${i}`, { cpu: i % 2 === 0 ? '1' : `${4 + i}` });
    h.pod('web', { cpu: '2' });
    h.run();
    const { rows, omitted } = tableOf(h);
    expect(last(h)).toMatchObject({ total: 150, evaluated: 150 });
    expect([...last(h).reasons]).toEqual([['Insufficient cpu', 75]]);
    expect(rows.filter(({ total }) => total !== undefined)).toHaveLength(10);
    expect(rows.filter(({ rejectedBy }) => rejectedBy !== undefined)).toHaveLength(50);
    expect(rows[0]).toMatchObject({ chosen: true });
    expect(omitted).toBe(90);
  });
});
