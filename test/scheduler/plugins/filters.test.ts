import { describe, expect, it } from 'vitest';
import type { Node, NodeSelectorTerm, Pod } from '../../../src/api/generated/types.ts';
import { Bench } from '../bench.ts';
import { makeNode, makePod } from '../harness.ts';

/** A sentence, a node, the pods on it, the pod to place, and what the filters answer. */
type Case = readonly [behaviour: string, node: Node, placed: readonly Pod[], pod: Pod, verdict: string];

function verdictOn(node: Node, placed: readonly Pod[], pod: Pod): string | undefined {
  return new Bench()
    .add(node)
    .place('n1', ...placed)
    .filter(pod).n1;
}

function check(cases: readonly Case[]): void {
  it.each(cases)('%s', (_, node, placed, pod, verdict) => {
    expect(verdictOn(node, placed, pod)).toBe(verdict);
  });
}

const PLAIN = makeNode('n1');

describe('NodeUnschedulable', () => {
  const cordoned = makeNode('n1', { spec: { unschedulable: true } });
  const rejected = 'NodeUnschedulable unresolvable: node(s) were unschedulable';
  check([
    ['keeps pods off a cordoned node', cordoned, [], makePod('p'), rejected],
    [
      'lets a pod onto it that tolerates the unschedulable taint',
      cordoned,
      [],
      makePod('p', {
        spec: { tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }] },
      }),
      '',
    ],
    ['lets any pod onto other nodes', PLAIN, [], makePod('p'), ''],
  ]);
});

describe('NodeName', () => {
  const rejected = "NodeName unresolvable: node(s) didn't match the requested node name";
  check([
    [
      'rejects a node that is not the one asked for',
      PLAIN,
      [],
      makePod('p', { spec: { nodeName: 'n2' } }),
      rejected,
    ],
    ['takes the one asked for', PLAIN, [], makePod('p', { spec: { nodeName: 'n1' } }), ''],
  ]);
});

describe('TaintToleration', () => {
  const tainted = (effect: string, value?: string): Node =>
    makeNode('n1', {
      spec: { taints: [{ key: 'team', effect, ...(value === undefined ? {} : { value }) }] },
    });
  const tolerating = (...tolerations: NonNullable<Pod['spec']['tolerations']>): Pod =>
    makePod('p', { spec: { tolerations } });
  const rejected = 'TaintToleration unresolvable: node(s) had untolerated taint(s)';
  check([
    ['rejects a NoSchedule taint that is not tolerated', tainted('NoSchedule'), [], makePod('p'), rejected],
    ['rejects a NoExecute taint that is not tolerated', tainted('NoExecute'), [], makePod('p'), rejected],
    ['ignores a PreferNoSchedule taint', tainted('PreferNoSchedule'), [], makePod('p'), ''],
    [
      'takes a toleration with Exists for any value',
      tainted('NoSchedule', 'red'),
      [],
      tolerating({ key: 'team', operator: 'Exists' }),
      '',
    ],
    [
      'takes a toleration with Exists and no key for everything',
      tainted('NoExecute', 'red'),
      [],
      tolerating({ operator: 'Exists' }),
      '',
    ],
    [
      'takes Equal to be meant where no operator is given',
      tainted('NoSchedule', 'red'),
      [],
      tolerating({ key: 'team', value: 'red' }),
      '',
    ],
    [
      'rejects a toleration for another value',
      tainted('NoSchedule', 'red'),
      [],
      tolerating({ key: 'team', value: 'blue' }),
      rejected,
    ],
    [
      'rejects a toleration for another effect',
      tainted('NoSchedule'),
      [],
      tolerating({ key: 'team', operator: 'Exists', effect: 'NoExecute' }),
      rejected,
    ],
    [
      'rejects a toleration for another key',
      tainted('NoSchedule'),
      [],
      tolerating({ key: 'crew', operator: 'Exists' }),
      rejected,
    ],
  ]);
});

describe('NodeAffinity', () => {
  const ssd = makeNode('n1', { labels: { disk: 'ssd', cores: '8' } });
  const requiring = (...nodeSelectorTerms: readonly NodeSelectorTerm[]): Pod =>
    makePod('p', {
      spec: {
        affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
      },
    });
  const expression = (key: string, operator: string, ...values: readonly string[]): NodeSelectorTerm => ({
    matchExpressions: [{ key, operator, ...(values.length === 0 ? {} : { values }) }],
  });
  const named = (operator: string, name: string): NodeSelectorTerm => ({
    matchFields: [{ key: 'metadata.name', operator, values: [name] }],
  });
  const rejected = "NodeAffinity unresolvable: node(s) didn't match Pod's node affinity/selector";
  check([
    [
      'takes a node that has all labels of nodeSelector',
      ssd,
      [],
      makePod('p', { spec: { nodeSelector: { disk: 'ssd' } } }),
      '',
    ],
    [
      'rejects a node that lacks one',
      ssd,
      [],
      makePod('p', { spec: { nodeSelector: { disk: 'ssd', gpu: 'yes' } } }),
      rejected,
    ],
    ['understands In', ssd, [], requiring(expression('disk', 'In', 'ssd', 'nvme')), ''],
    ['understands NotIn', ssd, [], requiring(expression('disk', 'NotIn', 'ssd')), rejected],
    ['lets NotIn match a node without the label', ssd, [], requiring(expression('gpu', 'NotIn', 'yes')), ''],
    ['understands Exists', ssd, [], requiring(expression('disk', 'Exists')), ''],
    ['understands DoesNotExist', ssd, [], requiring(expression('disk', 'DoesNotExist')), rejected],
    ['understands Gt', ssd, [], requiring(expression('cores', 'Gt', '4')), ''],
    ['understands Lt', ssd, [], requiring(expression('cores', 'Lt', '4')), rejected],
    [
      'needs one of several terms',
      ssd,
      [],
      requiring(expression('disk', 'In', 'hdd'), expression('cores', 'Exists')),
      '',
    ],
    [
      'needs all expressions of a term',
      ssd,
      [],
      requiring({
        matchExpressions: [
          { key: 'disk', operator: 'Exists' },
          { key: 'gpu', operator: 'Exists' },
        ],
      }),
      rejected,
    ],
    ['lets an empty term match nothing', ssd, [], requiring({}), rejected],
    [
      'needs nodeSelector and affinity both',
      ssd,
      [],
      {
        ...requiring(expression('disk', 'Exists')),
        spec: { ...requiring(expression('disk', 'Exists')).spec, nodeSelector: { gpu: 'yes' } },
      },
      rejected,
    ],
    ['understands matchFields on the name', ssd, [], requiring(named('In', 'n1')), ''],
    ['leaves only the named nodes as candidates', ssd, [], requiring(named('In', 'n2')), 'not a candidate'],
    ['understands matchFields with NotIn', ssd, [], requiring(named('NotIn', 'n1')), rejected],
    [
      'rejects the pod at once when each term names two nodes at the same time',
      ssd,
      [],
      requiring({
        matchFields: [
          { key: 'metadata.name', operator: 'In', values: ['n1'] },
          { key: 'metadata.name', operator: 'In', values: ['n2'] },
        ],
      }),
      'NodeAffinity unresolvable: pod affinity terms conflict',
    ],
  ]);
});

describe('NodePorts', () => {
  const rejected = "NodePorts unschedulable: node(s) didn't have free ports for the requested pod ports";
  const other = makePod('other', { hostPort: 8080 });
  const local = makePod('other', { hostPort: 8080, hostIP: '127.0.0.1' });
  check([
    ['rejects a host port that is taken', PLAIN, [other], makePod('p', { hostPort: 8080 }), rejected],
    [
      'takes the same port of another protocol',
      PLAIN,
      [other],
      makePod('p', { hostPort: 8080, protocol: 'UDP' }),
      '',
    ],
    [
      'takes the same port on another address',
      PLAIN,
      [local],
      makePod('p', { hostPort: 8080, hostIP: '127.0.0.2' }),
      '',
    ],
    [
      'counts all addresses as taken by a pod that names none',
      PLAIN,
      [other],
      makePod('p', { hostPort: 8080, hostIP: '127.0.0.1' }),
      rejected,
    ],
    ['finds all addresses taken when one is', PLAIN, [local], makePod('p', { hostPort: 8080 }), rejected],
    ['ignores container ports without host ports', PLAIN, [other], makePod('p'), ''],
  ]);
});

describe('NodeResourcesFit', () => {
  const small = makeNode('n1', {
    cpu: '2',
    memory: '4Gi',
    pods: '3',
    allocatable: { 'ephemeral-storage': '10Gi', 'example.com/gpu': '2' },
  });
  const lacks = (code: string, reasons: string): string => `NodeResourcesFit ${code}: ${reasons}`;
  const half = makePod('half', { cpu: '1', memory: '2Gi' });
  check([
    ['takes a pod that just fits', small, [half], makePod('p', { cpu: '1', memory: '2Gi' }), ''],
    [
      'names the cpu that other pods use',
      small,
      [half],
      makePod('p', { cpu: '1001m' }),
      lacks('unschedulable', 'Insufficient cpu'),
    ],
    [
      'says that preemption cannot help when the node never has as much',
      small,
      [],
      makePod('p', { cpu: '3' }),
      lacks('unresolvable', 'Insufficient cpu'),
    ],
    [
      'names all that is short',
      small,
      [half],
      makePod('p', { cpu: '2', memory: '3Gi' }),
      lacks('unschedulable', 'Insufficient cpu, Insufficient memory'),
    ],
    [
      'counts ephemeral storage',
      small,
      [],
      makePod('p', { requests: { 'ephemeral-storage': '11Gi' } }),
      lacks('unresolvable', 'Insufficient ephemeral-storage'),
    ],
    [
      'counts extended resources',
      small,
      [makePod('g', { requests: { 'example.com/gpu': '1' } })],
      makePod('p', { requests: { 'example.com/gpu': '2' } }),
      lacks('unschedulable', 'Insufficient example.com/gpu'),
    ],
    [
      'finds none of an extended resource that the node does not have',
      PLAIN,
      [],
      makePod('p', { requests: { 'example.com/gpu': '1' } }),
      lacks('unresolvable', 'Insufficient example.com/gpu'),
    ],
    [
      'counts pods',
      small,
      [1, 2, 3].map((i) => makePod(`p${i}`)),
      makePod('p'),
      lacks('unschedulable', 'Too many pods'),
    ],
    [
      'puts too many pods first',
      small,
      [1, 2, 3].map((i) => makePod(`p${i}`, { cpu: '600m' })),
      makePod('p', { cpu: '1' }),
      lacks('unschedulable', 'Too many pods, Insufficient cpu'),
    ],
    [
      'ignores what a pod without requests would use',
      small,
      [makePod('big', { cpu: '2', memory: '4Gi' })],
      makePod('p'),
      '',
    ],
    [
      'counts the largest init container where it asks for more than the containers',
      small,
      [],
      makePod('p', {
        cpu: '1',
        spec: { initContainers: [{ name: 'i', image: 'a', resources: { requests: { cpu: '3' } } }] },
      }),
      lacks('unresolvable', 'Insufficient cpu'),
    ],
    [
      'adds sidecars to the containers',
      small,
      [],
      makePod('p', {
        cpu: '1500m',
        spec: {
          initContainers: [
            { name: 's', image: 'a', restartPolicy: 'Always', resources: { requests: { cpu: '1' } } },
          ],
        },
      }),
      lacks('unresolvable', 'Insufficient cpu'),
    ],
    [
      'counts init containers beside the sidecars started before them only',
      small,
      [],
      makePod('p', {
        cpu: '500m',
        spec: {
          initContainers: [
            { name: 'i', image: 'a', resources: { requests: { cpu: '2' } } },
            { name: 's', image: 'a', restartPolicy: 'Always', resources: { requests: { cpu: '1' } } },
          ],
        },
      }),
      '',
    ],
    [
      'adds overhead',
      small,
      [],
      makePod('p', { cpu: '2', spec: { overhead: { cpu: '1m' } } }),
      lacks('unresolvable', 'Insufficient cpu'),
    ],
    [
      'takes requests of the pod as a whole instead of the sum',
      small,
      [],
      makePod('p', { cpu: '1', spec: { resources: { requests: { cpu: '3' } } } }),
      lacks('unresolvable', 'Insufficient cpu'),
    ],
  ]);

  it('gives room back when a pod goes', () => {
    const bench = new Bench().add(small).place('n1', makePod('big', { cpu: '2' }));
    bench.cache.removePod('uid-big');
    expect(bench.filter(makePod('p', { cpu: '2' }))).toEqual({ n1: '' });
  });
});

describe('the filters together', () => {
  it('give the reasons of the first plugin that rejects, only', () => {
    const node = makeNode('n1', {
      cpu: '1',
      spec: { unschedulable: true, taints: [{ key: 'a', effect: 'NoSchedule' }] },
    });
    expect(verdictOn(node, [], makePod('p', { cpu: '2' }))).toBe(
      'NodeUnschedulable unresolvable: node(s) were unschedulable',
    );
  });
});
