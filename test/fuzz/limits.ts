import type { KubeObject } from '../../src/api/object.ts';
import type { Drawing } from './drawing.ts';
import { type Fields, object } from './podtemplates.ts';

/** Quotas and limits for the namespaces of a run; whoever mends lifts the quotas far above any need. */
export function limits(drawing: Drawing): readonly KubeObject[] {
  const { random } = drawing;
  const hards: readonly Fields[] = [
    { pods: String(random.between(2, 8)) },
    { 'count/deployments.apps': '2', services: '3', configmaps: '4' },
    { 'requests.cpu': random.pick(['500m', '1']), pods: '10' },
    { 'count/jobs.batch': '1', 'count/replicasets.apps': '4', 'count/pods': '9' },
    { persistentvolumeclaims: '2', 'services.nodeports': '1', 'requests.storage': '3Gi' },
  ];
  const ranges: readonly Fields[] = [
    { type: 'Container', defaultRequest: { cpu: '50m' }, default: { cpu: '400m' } },
    { type: 'Container', min: { cpu: '60m' }, max: { cpu: '450m' }, defaultRequest: { cpu: '80m' } },
    { type: 'Pod', max: { memory: '600Mi' } },
  ];
  return random
    .shuffle(['default', 'team-a', 'team-b'])
    .slice(0, random.between(1, 3))
    .flatMap((namespace) => {
      const quota = object(drawing, 'v1', 'ResourceQuota', drawing.name('quota'), {
        hard: random.pick(hards),
      });
      const range = object(drawing, 'v1', 'LimitRange', drawing.name('range'), {
        limits: [random.pick(ranges)],
      });
      return [quota, range].map((each) => ({ ...each, metadata: { ...each.metadata, namespace } }));
    });
}
