import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../src/api/generated/types.ts';
import { creation, Harness, podBody } from '../harness.ts';

function withLimits(...limits: object[]): Harness {
  const h = new Harness();
  h.create('limitranges', { metadata: { name: 'l', namespace: 'default' }, spec: { limits } });
  return h;
}

const web = (resources: object = {}) =>
  podBody('web', {}, { containers: [{ name: 'web', image: 'nginx', resources }] });
const container = (rest: object) => ({ type: 'Container', ...rest });

describe('LimitRanger', () => {
  it('gives containers what they do not say, and notes it', () => {
    const h = withLimits(
      container({ default: { cpu: '500m', memory: '128Mi' }, defaultRequest: { cpu: '250m' } }),
    );
    const pod = h.create('pods', web({ limits: { memory: '64Mi' } })) as Pod;
    expect(pod.spec.containers[0]?.resources).toEqual({
      limits: { cpu: '500m', memory: '64Mi' },
      requests: { cpu: '250m', memory: '64Mi' },
    });
    expect(pod.metadata.annotations?.['kubernetes.io/limit-ranger']).toBe(
      'LimitRanger plugin set: cpu request for container web; cpu limit for container web',
    );
  });

  it.each<[string, object, object, string]>([
    [
      'a limit above the maximum',
      container({ max: { cpu: '1' } }),
      { limits: { cpu: '2' } },
      'maximum cpu usage per Container is 1, but limit is 2',
    ],
    [
      'a request below the minimum',
      container({ min: { memory: '64Mi' } }),
      { requests: { memory: '32Mi' }, limits: { memory: '1Gi' } },
      'minimum memory usage per Container is 64Mi, but request is 32Mi',
    ],
    [
      'a ratio too large',
      container({ maxLimitRequestRatio: { cpu: '2' } }),
      { requests: { cpu: '1' }, limits: { cpu: '4' } },
      'cpu max limit to request ratio per Container is 2, but provided ratio is 4.000000',
    ],
    [
      'a pod without the limit that pods must have',
      { type: 'Pod', max: { cpu: '1' } },
      {},
      'maximum cpu usage per Pod is 1.  No limit is specified',
    ],
    [
      'a pod without the request that pods must have',
      { type: 'Pod', min: { cpu: '1' } },
      {},
      'minimum cpu usage per Pod is 1.  No request is specified',
    ],
    [
      'several things at once',
      container({ max: { cpu: '1', memory: '1Gi' } }),
      { limits: { cpu: '2', memory: '2Gi' } },
      '[maximum cpu usage per Container is 1, but limit is 2, maximum memory usage per Container is 1Gi, but limit is 2Gi]',
    ],
  ])('refuses %s', (_, item, resources, why) => {
    expect(withLimits(item).refusal(creation('pods', web(resources)))).toMatchObject({
      code: 403,
      message: `pods "web" is forbidden: ${why}`,
    });
  });
});
