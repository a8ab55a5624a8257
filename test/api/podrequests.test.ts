import { describe, expect, it } from 'vitest';
import type { Pod, PodSpec } from '../../src/api/generated/types.ts';
import { countedSpec, podLimits, podRequests } from '../../src/api/podrequests.ts';
import { computeQosClass } from '../../src/api/qos.ts';

const asks = (cpu: string, more: object = {}): object => ({
  name: 'c',
  resources: { requests: { cpu } },
  ...more,
});
const sidecar = { restartPolicy: 'Always' };
const spec = (given: object): PodSpec => ({ containers: [], ...given });

describe('what a pod requests', () => {
  /** component-helpers/resource/helpers_test.go; sidecar rows after KEP-753. */
  it.each([
    ['is the sum of its containers', { containers: [asks('1'), asks('500m')] }, 1500],
    [
      'is the neediest init container if that is more',
      { containers: [asks('1')], initContainers: [asks('2'), asks('3')] },
      3000,
    ],
    ['is the containers if they need more', { containers: [asks('4')], initContainers: [asks('2')] }, 4000],
    [
      'counts sidecars beside the containers',
      { containers: [asks('1')], initContainers: [asks('2', sidecar)] },
      3000,
    ],
    [
      'counts sidecars that started before an init container',
      { containers: [asks('1')], initContainers: [asks('2', sidecar), asks('5')] },
      7000,
    ],
    [
      'does not count sidecars that start after an init container',
      { containers: [asks('1')], initContainers: [asks('5'), asks('2', sidecar)] },
      5000,
    ],
    ['adds the overhead', { containers: [asks('1')], overhead: { cpu: '250m' } }, 1250],
    [
      'is what the pod as a whole requests',
      { containers: [asks('1')], resources: { requests: { cpu: '3' } } },
      3000,
    ],
  ])('%s', (_, given, milliCPU) => {
    expect(podRequests(spec(given)).milliCPU).toBe(milliCPU);
  });

  it('counts bytes, and other resources by name', () => {
    const resources = {
      requests: { memory: '1Gi', 'ephemeral-storage': '1M', 'example.com/gpu': '2', 'example.com/none': '0' },
    };
    expect(podRequests(spec({ containers: [{ name: 'c', resources }] }))).toEqual({
      milliCPU: 0,
      memory: 1073741824,
      ephemeralStorage: 1000000,
      scalar: new Map([['example.com/gpu', 2]]),
    });
  });

  it('is computed once for a spec', () => {
    const given = spec({ containers: [asks('1')] });
    expect(podRequests(given)).toBe(podRequests(given));
  });

  it('adds overhead only to limits that there are', () => {
    const resources = { limits: { cpu: '1' } };
    const given = spec({ containers: [{ name: 'c', resources }], overhead: { cpu: '250m', memory: '1Gi' } });
    expect(podLimits(given)).toMatchObject({ milliCPU: 1250, memory: 0 });
  });
});

describe('the QoS class', () => {
  const both = { cpu: '1', memory: '1Gi' };
  const container = (resources: object): object => ({ name: 'c', resources });
  it.each([
    ['BestEffort', { containers: [container({})] }],
    ['Guaranteed', { containers: [container({ limits: both, requests: both })] }],
    ['Burstable', { containers: [container({ requests: { cpu: '1' } })] }],
    ['Burstable', { containers: [container({ limits: both, requests: both }), container({})] }],
    [
      'Burstable',
      { containers: [container({ limits: both, requests: both })], initContainers: [container({})] },
    ],
    ['Burstable', { containers: [container({ limits: both, requests: { ...both, cpu: '500m' } })] }],
    ['BestEffort', { containers: [container({ requests: { 'example.com/gpu': '1' } })] }],
    ['Guaranteed', { containers: [container({})], resources: { limits: both, requests: both } }],
  ])('is %s for %j', (expected, given) => {
    expect(computeQosClass(spec(given))).toBe(expected);
  });
});

describe('what a pod counts for while it is resized', () => {
  /** component-helpers/resource/helpers_test.go TestPodRequests, UseStatusResources. */
  const counted = (wanted: string, allocated: string, actual: string, reason?: string): number => {
    const status = {
      containerStatuses: [
        { name: 'c', allocatedResources: { cpu: allocated }, resources: { requests: { cpu: actual } } },
      ],
      ...(reason === undefined ? {} : { conditions: [{ type: 'PodResizePending', status: 'True', reason }] }),
    };
    return podRequests(countedSpec({ spec: spec({ containers: [asks(wanted)] }), status } as unknown as Pod))
      .milliCPU;
  };

  it('is the most of what is wished for, allocated and in use', () => {
    expect(counted('3', '1', '1')).toBe(3000);
    expect(counted('1', '2', '1')).toBe(2000);
    expect(counted('1', '1', '2')).toBe(2000);
    expect(counted('3', '1', '1', 'Deferred')).toBe(3000);
  });

  it('leaves out a wish that the node can never fulfil', () => {
    expect(counted('3', '1', '1', 'Infeasible')).toBe(1000);
  });

  it('is its own spec while nothing differs', () => {
    const requests = { cpu: '1' };
    const same = {
      spec: spec({ containers: [asks('1')] }),
      status: { containerStatuses: [{ name: 'c', allocatedResources: requests, resources: { requests } }] },
    } as unknown as Pod;
    expect(countedSpec(same)).toBe(same.spec);
  });
});
