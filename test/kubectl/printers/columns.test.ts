import { describe, expect, it } from 'vitest';
import { kinds } from '../../../src/api/kinds/registry.ts';
import type { KubeObject } from '../../../src/api/object.ts';

/** Cases of pkg/printers/internalversion/printers_test.go, written down anew. */

/** A cell of an object, as `get` prints it. */
function cell(kind: string, column: string, object: object): string {
  const definition = kinds.find((candidate) => candidate.kind === kind);
  const found = definition?.columns.find(({ name }) => name === column);
  return String(found?.cell({ metadata: {}, ...object } as KubeObject, 0));
}

describe('the targets of an autoscaler', () => {
  const targets = (metrics: readonly object[], currentMetrics: readonly object[] = []): string =>
    cell('HorizontalPodAutoscaler', 'Targets', {
      spec: { scaleTargetRef: {}, maxReplicas: 10, metrics },
      status: { desiredReplicas: 5, currentMetrics },
    });
  const external = (target: object): object => ({
    type: 'External',
    external: { metric: { name: 'm' }, target },
  });
  const pods = { type: 'Pods', pods: { metric: { name: 'm' }, target: { averageValue: '100' } } };
  const cpu = (target: object): object => ({ type: 'Resource', resource: { name: 'cpu', target } });

  it.each([
    ['<none>', [], []],
    ['<unknown>/100 (avg)', [external({ averageValue: '100' })], []],
    [
      '50/100 (avg)',
      [external({ averageValue: '100' })],
      [{ external: { current: { averageValue: '50' } } }],
    ],
    ['<unknown>/100', [external({ value: '100' })], []],
    ['50/100', [external({ value: '100' })], [{ external: { current: { value: '50' } } }]],
    ['<unknown>/100', [pods], []],
    ['50/100', [pods], [{ pods: { current: { averageValue: '50' } } }]],
    ['cpu: <unknown>/100', [cpu({ averageValue: '100' })], []],
    ['cpu: 50/100', [cpu({ averageValue: '100' })], [{ resource: { current: { averageValue: '50' } } }]],
    ['cpu: <unknown>/80%', [cpu({ averageUtilization: 80 })], []],
    [
      'cpu: 50%/80%',
      [cpu({ averageUtilization: 80 })],
      [{ resource: { current: { averageUtilization: 50, averageValue: '40' } } }],
    ],
    [
      '50/100, 50/100 + 1 more...',
      [pods, pods, pods],
      [{ pods: { current: { averageValue: '50' } } }, { pods: { current: { averageValue: '50' } } }],
    ],
  ])('%s', (text, metrics, current) => {
    expect(targets(metrics, current)).toBe(text);
  });
});

describe('the hosts of an ingress', () => {
  const hosts = (...names: readonly string[]): string =>
    cell('Ingress', 'Hosts', { spec: { rules: names.map((host) => (host === '' ? {} : { host })) } });

  it.each([
    [[], '*'],
    [[''], '*'],
    [['a', 'b', 'c'], 'a,b,c'],
    [['a', 'b', 'c', 'd', 'e'], 'a,b,c + 2 more...'],
    [['a', '', 'b', 'c'], 'a,b,c'],
    [['a', '', 'b', 'c', 'd'], 'a,b,c + 2 more...'],
  ])('%j are %s', (names, text) => {
    expect(hosts(...names)).toBe(text);
  });
});

describe('the addresses of a service and of an ingress', () => {
  const status = { loadBalancer: { ingress: [{ hostname: 'lb.a-very-long.example.com' }] } };

  it.each([
    ['Service', 'External-IP', { spec: { type: 'LoadBalancer' }, status }],
    ['Ingress', 'Address', { spec: {}, status }],
  ])('are never cut: the server makes the wide columns of a %s', (kind, column, object) => {
    expect(cell(kind, column, object)).toBe('lb.a-very-long.example.com');
  });

  it.each([
    ['<none>', { type: 'ClusterIP' }],
    ['80.11.12.10', { type: 'NodePort', externalIPs: ['80.11.12.10'] }],
    ['<pending>', { type: 'LoadBalancer' }],
    ['80.11.12.10', { type: 'LoadBalancer', externalIPs: ['80.11.12.10'] }],
    ['my.database.example.com', { type: 'ExternalName', externalName: 'my.database.example.com' }],
  ])('%s', (text, spec) => {
    expect(cell('Service', 'External-IP', { spec })).toBe(text);
  });
});

describe('the status of a pod', () => {
  const containers = [{ name: 'a' }, { name: 'b' }];
  const running = { ready: true, restartCount: 3, state: { running: {} } };
  const shown = (status: object, more: object = {}, spec: object = { containers }): readonly string[] =>
    ['Ready', 'Status', 'Restarts'].map((column) => cell('Pod', column, { spec, status, ...more }));

  it.each<[string, readonly string[], object, object, object]>([
    ['no statuses', ['0/2', 'podPhase', '0'], { phase: 'podPhase' }, {}, { containers }],
    [
      'one ready container',
      ['1/2', 'podPhase', '6'],
      { phase: 'podPhase', containerStatuses: [running, { restartCount: 3 }] },
      {},
      { containers },
    ],
    [
      'a reason of a container over the phase',
      ['1/2', 'ContainerWaitingReason', '6'],
      {
        phase: 'podPhase',
        containerStatuses: [
          { state: { waiting: { reason: 'ContainerWaitingReason' } }, restartCount: 3 },
          running,
        ],
      },
      {},
      { containers },
    ],
    [
      'a container that was ended by a signal',
      ['0/1', 'Signal:9', '1'],
      {
        phase: 'Running',
        containerStatuses: [{ restartCount: 1, state: { terminated: { exitCode: 137, signal: 9 } } }],
      },
      {},
      { containers: [{ name: 'a' }] },
    ],
    [
      'Running again after another container completed',
      ['1/2', 'Running', '0'],
      {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'True' }],
        containerStatuses: [
          { restartCount: 0, state: { terminated: { exitCode: 0, reason: 'Completed' } } },
          { ...running, restartCount: 0 },
        ],
      },
      {},
      { containers },
    ],
    [
      'NotReady when it completed in part and is not ready',
      ['1/2', 'NotReady', '0'],
      {
        phase: 'Running',
        containerStatuses: [
          { restartCount: 0, state: { terminated: { exitCode: 0, reason: 'Completed' } } },
          { ...running, restartCount: 0 },
        ],
      },
      {},
      { containers },
    ],
    [
      'terminating on a node that is lost',
      ['0/2', 'Unknown', '0'],
      { phase: 'Running', reason: 'NodeLost' },
      { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } },
      { containers },
    ],
    [
      'terminating',
      ['0/2', 'Terminating', '0'],
      { phase: 'Running' },
      { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } },
      { containers },
    ],
    [
      'gated',
      ['0/2', 'SchedulingGated', '0'],
      {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
      },
      {},
      { containers },
    ],
    [
      'the second of two init containers',
      ['0/1', 'Init:1/2', '0'],
      {
        phase: 'Pending',
        initContainerStatuses: [
          { restartCount: 0, state: { terminated: { exitCode: 0 } } },
          { restartCount: 0, state: { running: {} } },
        ],
      },
      {},
      { initContainers: [{ name: 'i' }, { name: 'j' }], containers: [{ name: 'a' }] },
    ],
    [
      'an init container that failed',
      ['0/1', 'Init:Error', '2'],
      {
        phase: 'Pending',
        initContainerStatuses: [{ restartCount: 2, state: { terminated: { exitCode: 1, reason: 'Error' } } }],
      },
      {},
      { initContainers: [{ name: 'i' }], containers: [{ name: 'a' }] },
    ],
    [
      'a sidecar among the containers',
      ['2/2', 'Running', '0'],
      {
        phase: 'Running',
        initContainerStatuses: [
          { name: 'side', restartCount: 0, ready: true, started: true, state: { running: {} } },
        ],
        containerStatuses: [{ ...running, restartCount: 0 }],
      },
      {},
      { initContainers: [{ name: 'side', restartPolicy: 'Always' }], containers: [{ name: 'a' }] },
    ],
  ])('%s', (_, cells, status, more, spec) => {
    expect(shown(status, more, spec)).toEqual(cells);
  });

  it('counts readiness gates that are met with -o wide', () => {
    const spec = { containers, readinessGates: [{ conditionType: 'x' }, { conditionType: 'y' }] };
    const status = { phase: 'Running', conditions: [{ type: 'x', status: 'True' }] };
    expect(cell('Pod', 'Readiness Gates', { spec, status })).toBe('1/2');
    expect(cell('Pod', 'Readiness Gates', { spec: { containers }, status })).toBe('<none>');
  });
});

describe('the completions and the duration of a job', () => {
  it.each([
    ['0/1', { completions: 1 }, {}],
    ['2/1 of 3', { parallelism: 3 }, { succeeded: 2 }],
    ['0/1', { parallelism: 1 }, {}],
  ])('%s', (text, spec, status) => {
    expect(cell('Job', 'Completions', { spec, status })).toBe(text);
  });

  it.each([
    ['', {}],
    ['30m', { startTime: '1970-01-01T00:00:00Z', completionTime: '1970-01-01T00:30:00Z' }],
  ])('"%s"', (text, status) => {
    expect(cell('Job', 'Duration', { spec: {}, status })).toBe(text);
  });
});

describe('other columns', () => {
  it.each([
    ['Node', 'Status', { spec: {}, status: {} }, 'Unknown'],
    [
      'Node',
      'Status',
      { spec: { unschedulable: true }, status: { conditions: [{ type: 'Ready', status: 'True' }] } },
      'Ready,SchedulingDisabled',
    ],
    [
      'Node',
      'Status',
      { spec: {}, status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } },
      'NotReady',
    ],
    ['Node', 'Roles', { spec: {} }, '<none>'],
    ['PodDisruptionBudget', 'Max Unavailable', { spec: { minAvailable: 2 } }, 'N/A'],
    ['NetworkPolicy', 'Pod-Selector', { spec: { podSelector: {} } }, '<none>'],
    ['CronJob', 'Last Schedule', { spec: { jobTemplate: {} }, status: {} }, '<none>'],
    [
      'StorageClass',
      'Name',
      { metadata: { name: 'fast', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } } },
      'fast (default)',
    ],
    [
      'PersistentVolume',
      'Claim',
      { spec: { claimRef: { namespace: 'default', name: 'test' } } },
      'default/test',
    ],
    [
      'PersistentVolumeClaim',
      'Capacity',
      { spec: { volumeName: 'v' }, status: { capacity: { storage: '4Gi' } } },
      '4Gi',
    ],
    ['PersistentVolumeClaim', 'Capacity', { spec: {}, status: { capacity: { storage: '4Gi' } } }, ''],
    [
      'Endpoints',
      'Endpoints',
      {
        subsets: [
          {
            addresses: ['1.2.3.4', '5.6.7.8', '9.8.7.6', '6.6.6.6'].map((ip) => ({ ip })),
            ports: [{ port: 8001 }],
          },
        ],
      },
      '1.2.3.4:8001,5.6.7.8:8001,9.8.7.6:8001 + 1 more...',
    ],
  ])('%s: %s', (kind, column, object, text) => {
    expect(cell(kind, column, object)).toBe(text);
  });
});
