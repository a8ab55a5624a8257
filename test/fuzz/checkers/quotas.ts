import type { PersistentVolumeClaim, Pod, ResourceQuota, Service } from '../../../src/api/generated/types.ts';
import { kinds } from '../../../src/api/kinds/registry.ts';
import { resourceQuota } from '../../../src/api/kinds/resourcequota.ts';
import { type KubeObject, keyOf } from '../../../src/api/object.ts';
import { milliOf, valueOf as unitsOf } from '../../../src/apimachinery/quantity.ts';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import type { Checker } from '../checker.ts';
import { asked, isActive } from '../fit.ts';

/** Invariant 13: what is admitted stays within its quota, and in the end a quota says what is used. */
export const quotas: Checker = {
  name: 'nothing is admitted beyond a quota',
  open({ cluster }, { fail, saw }) {
    return {
      commit({ key, value, previous, cause }) {
        if (value?.kind !== 'ResourceQuota' || cause.component === 'resourcequota-controller') return;
        // Written by the admission of something else: a charge.
        const [quota, old] = [value as ResourceQuota, previous?.value as ResourceQuota | undefined];
        for (const [name, used] of Object.entries(quota.status?.used ?? {})) {
          const [now, before] = [amount(name, used), amount(name, old?.status?.used?.[name])];
          const hard = amount(name, quota.status?.hard?.[name]);
          if (now > before && now > hard) fail(`${key}: ${name} went from ${before} to ${now} of ${hard}`);
          if (now !== before) saw();
        }
      },
      *unsettled() {
        for (const quota of cluster.objects(resourceQuota)) {
          for (const name of Object.keys(quota.spec?.hard ?? {})) {
            const [said, real] = [amount(name, quota.status?.used?.[name]), used(cluster, quota, name)];
            saw();
            if (said !== real) yield `quota ${keyOf(quota)} says ${said} ${name} are used, there are ${real}`;
          }
        }
      },
    };
  },
};

function amount(resource: string, text: string | undefined): number {
  return resource.endsWith('cpu') ? milliOf(text) : unitsOf(text);
}

/** Looked up one by one, by the names that plans draw. */
function used(cluster: Cluster, quota: ResourceQuota, resource: string): number {
  const of = <T extends KubeObject>(plural: string): readonly T[] => {
    const kind = kinds.find((each) => each.plural === plural && each.verbs === undefined);
    return kind === undefined ? [] : (cluster.objects(kind, quota.metadata.namespace) as readonly T[]);
  };
  if (resource === 'pods') return of<Pod>('pods').filter(isActive).length;
  if (resource === 'requests.cpu')
    return of<Pod>('pods')
      .filter(isActive)
      .reduce((sum, pod) => sum + asked(pod).cpu, 0);
  if (resource === 'services.nodeports')
    return of<Service>('services')
      .filter(({ spec }) => spec?.type === 'NodePort')
      .reduce((sum, { spec }) => sum + (spec?.ports?.length ?? 0), 0);
  if (resource === 'requests.storage')
    return of<PersistentVolumeClaim>('persistentvolumeclaims').reduce(
      (sum, { spec }) => sum + unitsOf(spec.resources?.requests?.storage),
      0,
    );
  return of(resource.replace(/^count\//, '').replace(/\..*$/, '')).length;
}
