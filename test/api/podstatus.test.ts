import { describe, expect, it } from 'vitest';
import type { ContainerState, ContainerStatus, Pod, PodStatus } from '../../src/api/generated/types.ts';
import { podDisplayStatus } from '../../src/api/podstatus.ts';
import { podWith, WEB } from './kinds/manifests.ts';

const NOW = Date.UTC(2026, 0, 5, 0, 1, 0);
const RUNNING: ContainerState = { running: { startedAt: '2026-01-05T00:00:00Z' } };
const DONE: ContainerState = { terminated: { exitCode: 0, reason: 'Completed' } };
const READY = [{ type: 'Ready', status: 'True' }];
const INITIALIZED = [{ type: 'Initialized', status: 'True' }];

function container(
  name: string,
  state: ContainerState,
  more: Partial<ContainerStatus> = {},
): ContainerStatus {
  return {
    name,
    image: '',
    imageID: '',
    ready: state.running !== undefined,
    restartCount: 0,
    state,
    ...more,
  };
}

function waiting(reason: string): ContainerState {
  return { waiting: { reason } };
}

function failed(exitCode: number, reason?: string): ContainerState {
  return { terminated: { exitCode, ...(reason === undefined ? {} : { reason }) } };
}

const INIT = { name: 'init', image: 'busybox' };
const SIDECAR = { name: 'side', image: 'busybox', restartPolicy: 'Always' };
const THREE = { containers: [WEB, { ...WEB, name: 'log' }, { ...WEB, name: 'job' }] };
const TWO = { containers: [WEB, { ...WEB, name: 'log' }] };

/** Expectations: pkg/printers/internalversion/printers_test.go TestPrintPod and its like. */
const cases: readonly (readonly [
  name: string,
  spec: object,
  status: PodStatus,
  status: string,
  ready: string,
])[] = [
  ['that is not scheduled', {}, { phase: 'Pending' }, 'Pending', '0/1'],
  [
    'whose container is being made',
    {},
    { phase: 'Pending', containerStatuses: [container('web', waiting('ContainerCreating'))] },
    'ContainerCreating',
    '0/1',
  ],
  [
    'that runs',
    {},
    { phase: 'Running', conditions: READY, containerStatuses: [container('web', RUNNING)] },
    'Running',
    '1/1',
  ],
  ['that the node evicted', {}, { phase: 'Failed', reason: 'Evicted' }, 'Evicted', '0/1'],
  [
    'that gates hold back',
    {},
    { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] },
    'SchedulingGated',
    '0/1',
  ],
  [
    'that crashes again and again',
    {},
    { phase: 'Running', containerStatuses: [container('web', waiting('CrashLoopBackOff'))] },
    'CrashLoopBackOff',
    '0/1',
  ],
  [
    'that ended with a signal nobody explains',
    {},
    { phase: 'Failed', containerStatuses: [container('web', { terminated: { exitCode: 0, signal: 9 } })] },
    'Signal:9',
    '0/1',
  ],
  [
    'that ended with a code nobody explains',
    {},
    { phase: 'Failed', containerStatuses: [container('web', failed(3))] },
    'ExitCode:3',
    '0/1',
  ],
  [
    'whose first init container waits',
    { initContainers: [INIT] },
    { phase: 'Pending', initContainerStatuses: [container('init', waiting('PodInitializing'))] },
    'Init:0/1',
    '0/1',
  ],
  [
    'whose init container failed',
    { initContainers: [INIT] },
    { phase: 'Pending', initContainerStatuses: [container('init', failed(1, 'Error'))] },
    'Init:Error',
    '0/1',
  ],
  [
    'whose init container failed without a reason',
    { initContainers: [INIT] },
    { phase: 'Pending', initContainerStatuses: [container('init', failed(1))] },
    'Init:ExitCode:1',
    '0/1',
  ],
  [
    'whose init container crashes',
    { initContainers: [INIT] },
    { phase: 'Pending', initContainerStatuses: [container('init', waiting('CrashLoopBackOff'))] },
    'Init:CrashLoopBackOff',
    '0/1',
  ],
  [
    'whose second init container runs',
    { initContainers: [INIT, { ...INIT, name: 'second' }] },
    { phase: 'Pending', initContainerStatuses: [container('init', DONE), container('second', RUNNING)] },
    'Init:1/2',
    '0/1',
  ],
  [
    'with a sidecar that runs',
    { initContainers: [SIDECAR] },
    {
      phase: 'Running',
      conditions: [...READY, ...INITIALIZED],
      initContainerStatuses: [container('side', RUNNING, { started: true })],
      containerStatuses: [container('web', RUNNING)],
    },
    'Running',
    '2/2',
  ],
  [
    'of two containers of which one is done, and which is ready',
    TWO,
    {
      phase: 'Running',
      conditions: READY,
      containerStatuses: [container('web', DONE), container('log', RUNNING)],
    },
    'Running',
    '1/2',
  ],
  [
    'of two containers of which one is done, and which is not ready',
    TWO,
    { phase: 'Running', containerStatuses: [container('web', DONE), container('log', RUNNING)] },
    'NotReady',
    '1/2',
  ],
  [
    'of which one container is done, one failed and one runs',
    THREE,
    {
      phase: 'Running',
      containerStatuses: [
        container('web', DONE),
        container('log', failed(1, 'Error')),
        container('job', RUNNING),
      ],
    },
    'Error',
    '1/3',
  ],
  [
    'whose containers are both in trouble: the first has the word',
    TWO,
    {
      phase: 'Running',
      containerStatuses: [
        container('web', waiting('ImagePullBackOff')),
        container('log', waiting('CrashLoopBackOff')),
      ],
    },
    'ImagePullBackOff',
    '0/2',
  ],
  [
    'that is done',
    {},
    { phase: 'Succeeded', containerStatuses: [container('web', DONE)] },
    'Completed',
    '0/1',
  ],
];

describe('STATUS and READY of a pod', () => {
  it.each(cases)('%s', (_, spec, podStatus, status, ready) => {
    const object: Pod = { ...podWith(spec), status: podStatus };
    expect(podDisplayStatus(object, NOW)).toMatchObject({ status, ready });
  });

  it.each([
    ['Running', undefined, 'Terminating'],
    ['Running', 'NodeLost', 'Unknown'],
    ['Succeeded', undefined, 'Succeeded'],
  ])('of one that is deleted in phase %s (%s) is %s', (phase, reason, expected) => {
    const deleted = podWith({}, { deletionTimestamp: '2026-01-05T00:00:30Z' });
    const object: Pod = { ...deleted, status: { phase, ...(reason === undefined ? {} : { reason }) } };
    expect(podDisplayStatus(object, NOW).status).toBe(expected);
  });
});

describe('RESTARTS of a pod', () => {
  const last = (finishedAt: string): Partial<ContainerStatus> => ({
    restartCount: 2,
    lastState: { terminated: { exitCode: 1, finishedAt } },
  });

  it('sum over the containers, with the time of the last stop', () => {
    const containerStatuses = [
      container('web', RUNNING, last('2026-01-05T00:00:10Z')),
      container('log', RUNNING, last('2026-01-05T00:00:55Z')),
    ];
    const object: Pod = { ...podWith(TWO), status: { phase: 'Running', containerStatuses } };
    expect(podDisplayStatus(object, NOW).restarts).toBe('4 (5s ago)');
  });

  it('leave out init containers once these are done', () => {
    const status: PodStatus = {
      phase: 'Running',
      initContainerStatuses: [container('init', DONE, last('2026-01-05T00:00:10Z'))],
      containerStatuses: [container('web', RUNNING)],
    };
    expect(podDisplayStatus({ ...podWith({ initContainers: [INIT] }), status }, NOW).restarts).toBe('0');
  });
});
