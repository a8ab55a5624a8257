import type { Deployment, Pod, ReplicaSet } from '../../../src/api/generated/types.ts';
import { deployment as deploymentKind } from '../../../src/api/kinds/deployment.ts';
import { replicaSet } from '../../../src/api/kinds/replicaset.ts';
import { controllerOf } from '../../../src/api/object.ts';
import { storageKey } from '../../../src/apiserver/storagekey.ts';
import type { Checker } from '../checker.ts';

/** Invariant 24: a rolling update without faults keeps enough pods and makes not too many. */
export const rollout: Checker = {
  name: 'a rolling update keeps within maxSurge and maxUnavailable',
  open({ cluster, plan }, { fail, saw }) {
    if (!plan.calm || plan.steps.some(({ action }) => DISTURBING.has(action.do))) return {};
    const podsOf = new Map<string, Map<string, boolean>>();
    const ownerOf = new Map<string, string>();
    /** Deployments that were whole once and whose size was not changed since: key -> the size. */
    const armed = new Map<string, number>();
    /** The sets' sizes by Deployment: what counts is what is asked for (deploymentutil.NewRSNewReplicas). */
    const sizesOf = new Map<string, Map<string, number>>();
    const checkTotal = (key: string): void => {
      const size = armed.get(key);
      const owner = cluster.history.get(key, cluster.revision)?.value as Deployment | undefined;
      if (size === undefined || owner?.spec?.strategy?.type !== 'RollingUpdate') return;
      const surge = resolve(owner.spec.strategy.rollingUpdate?.maxSurge, size, Math.ceil);
      const total = [...(sizesOf.get(key)?.values() ?? [])].reduce((sum, each) => sum + each, 0);
      if (total > size + surge) fail(`${key}: asks its sets for ${total}, more than ${size} + ${surge}`);
      saw();
    };
    const check = (key: string): void => {
      const size = armed.get(key);
      const owner = cluster.history.get(key, cluster.revision)?.value as Deployment | undefined;
      if (size === undefined || owner?.metadata.uid === undefined) return;
      const { strategy } = owner.spec ?? {};
      if (strategy?.type !== 'RollingUpdate') return;
      const pods = [...(podsOf.get(key)?.values() ?? [])];
      const surge = resolve(strategy.rollingUpdate?.maxSurge, size, Math.ceil);
      let unavailable = resolve(strategy.rollingUpdate?.maxUnavailable, size, Math.floor);
      if (surge === 0 && unavailable === 0) unavailable = 1;
      saw();
      const ready = pods.filter(Boolean).length;
      if (ready < size - unavailable)
        fail(`${key}: ${ready} ready pods, fewer than ${size} - ${unavailable}`);
    };
    return {
      commit({ key, value, previous }) {
        const object = value ?? previous?.value;
        if (object?.kind === 'ReplicaSet') {
          const owner = controllerOf(object);
          if (owner === undefined) return;
          const of = storageKey(deploymentKind, object.metadata.namespace ?? '', owner.name);
          const sizes = sizesOf.get(of) ?? new Map<string, number>();
          sizesOf.set(of, sizes.set(key, (value as ReplicaSet | undefined)?.spec?.replicas ?? 0));
          checkTotal(of);
        } else if (object?.kind === 'Deployment') {
          arm(armed, key, value as Deployment | undefined);
        } else if (object?.kind === 'Pod') {
          const set = controllerOf(object);
          if (set?.kind !== 'ReplicaSet') return;
          const owner = ownerKey(set.name, object.metadata.namespace ?? '');
          if (owner === undefined) return;
          const pods = podsOf.get(owner) ?? new Map<string, boolean>();
          podsOf.set(owner, pods);
          const pod = value as Pod | undefined;
          if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) pods.delete(key);
          else pods.set(key, isReady(pod));
          check(owner);
        }
      },
    };

    function ownerKey(set: string, namespace: string): string | undefined {
      const key = `${namespace}/${set}`;
      const known = ownerOf.get(key);
      if (known !== undefined) return known;
      const owner = cluster.get(replicaSet, namespace, set);
      const name = owner === undefined ? undefined : controllerOf(owner)?.name;
      if (name === undefined) return undefined;
      const found = storageKey(deploymentKind, namespace, name);
      ownerOf.set(key, found);
      return found;
    }
  },
};

/** What takes pods away from a Deployment beside its own rollout. */
const DISTURBING: ReadonlySet<string> = new Set(['deletePod', 'evictPod', 'relabelPod', 'fault', 'delete']);

function arm(armed: Map<string, number>, key: string, owner: Deployment | undefined): void {
  const size = owner?.spec?.replicas;
  if (
    owner === undefined ||
    size === undefined ||
    (owner.spec?.minReadySeconds !== 0 && owner.spec?.minReadySeconds !== undefined)
  ) {
    armed.delete(key);
    return;
  }
  if (armed.has(key) && armed.get(key) !== size) armed.delete(key);
  const { updatedReplicas, availableReplicas, replicas, observedGeneration } = owner.status ?? {};
  const whole = updatedReplicas === size && availableReplicas === size && replicas === size;
  if (whole && observedGeneration === owner.metadata.generation) armed.set(key, size);
}

function resolve(value: number | string | undefined, size: number, round: (n: number) => number): number {
  if (typeof value === 'number') return value;
  return value === undefined ? 0 : round((Number.parseInt(value, 10) / 100) * size);
}

function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
}
