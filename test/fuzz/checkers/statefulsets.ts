import type { Pod, StatefulSet } from '../../../src/api/generated/types.ts';
import { pod as podKind } from '../../../src/api/kinds/pod.ts';
import { statefulSet } from '../../../src/api/kinds/statefulset.ts';
import { controllerOf } from '../../../src/api/object.ts';
import { storageKey } from '../../../src/apiserver/storagekey.ts';
import type { Checker } from '../checker.ts';

/** Invariant 25: one identity runs at most once, however the pods are called, and the first ones come first. */
export const statefulSets: Checker = {
  name: 'a stateful set runs each identity once, in order',
  open({ cluster, plan }, { fail, saw }) {
    /** Somebody said that a pod is gone without having seen to it: then two may run (force deletion). */
    const forced = plan.steps.some(({ action }) => action.do === 'deletePod' && action.grace === 0);
    return {
      commit({ key, value, previous, modRevision, cause }) {
        const object = value ?? previous?.value;
        if (object?.kind === 'PersistentVolumeClaim' && value === undefined) {
          if (/^statefulset|^generic-garbage/.test(cause.component))
            fail(`${key}: a claim was deleted by ${cause.component}`);
          return;
        }
        const owner = object?.kind === 'Pod' ? controllerOf(object) : undefined;
        if (owner?.kind !== 'StatefulSet') return;
        const pod = object as Pod;
        const running = [...cluster.machines.values()].filter(
          ({ powered, containerd }) =>
            powered &&
            containerd
              .listPodSandboxes()
              .some(
                (sandbox) =>
                  sandbox.pod.name === pod.metadata.name &&
                  sandbox.pod.namespace === pod.metadata.namespace &&
                  containerd.containersOf(sandbox.pod.uid).some(({ state }) => state === 'running'),
              ),
        );
        // Without a grace period every deletion is such a one (rest.CheckGracefulDelete): it is documented as unsafe.
        const graceless = pod.spec.terminationGracePeriodSeconds === 0;
        if (running.length > 1 && !forced && !graceless)
          fail(`${key}: runs on ${running.map(({ name }) => name).join(' and ')} at once`);
        if (value !== undefined && previous?.value === undefined && plan.calm)
          inOrder(pod, owner.name, modRevision);
        const leaves =
          pod.metadata.deletionTimestamp !== undefined &&
          previous?.value?.metadata.deletionTimestamp === undefined;
        if (leaves && plan.calm && cause.component === 'statefulset-controller')
          highestFirst(pod, owner.name, modRevision);
        saw();
      },
      *unsettled() {
        for (const set of cluster.objects(statefulSet)) {
          const pods = cluster
            .objects(podKind, set.metadata.namespace)
            .filter((pod) => controllerOf(pod)?.uid === set.metadata.uid);
          const wanted = set.spec?.replicas ?? 1;
          if (pods.length > wanted)
            yield `StatefulSet ${set.metadata.name} has ${pods.length} pods and wants ${wanted}`;
          if (set.status?.observedGeneration !== set.metadata.generation)
            yield `StatefulSet ${set.metadata.name} was not looked at`;
          // A pod that was relabelled is not the set's any more, and keeps its name from the next one.
          const taken = cluster
            .objects(podKind, set.metadata.namespace)
            .some((pod) => pod.metadata.name?.startsWith(`${set.metadata.name}-`) && !pods.includes(pod));
          if (taken) continue;
          // Where all that exist are ready, nothing keeps the next one from being made.
          if (pods.length < wanted && pods.every(isReady))
            yield `StatefulSet ${set.metadata.name} has ${pods.length} ready pods and wants ${wanted}`;
        }
      },
    };

    /** What is more than wanted goes from the top down, one after the other. */
    function highestFirst(pod: Pod, setName: string, revision: number): void {
      const namespace = pod.metadata.namespace ?? '';
      const set = cluster.history.get(storageKey(statefulSet, namespace, setName), revision)?.value as
        | StatefulSet
        | undefined;
      const ordinal = Number(pod.metadata.name?.split('-').at(-1));
      if (set?.spec?.podManagementPolicy === 'Parallel' || ordinal < (set?.spec?.replicas ?? 1)) return;
      if (cluster.get(podKind, namespace, `${setName}-${ordinal + 1}`) !== undefined)
        fail(`${pod.metadata.name}: taken away before the one above was gone`);
    }

    function inOrder(pod: Pod, setName: string, revision: number): void {
      const namespace = pod.metadata.namespace ?? '';
      const set = cluster.history.get(storageKey(statefulSet, namespace, setName), revision)?.value as
        | StatefulSet
        | undefined;
      if (set?.spec?.podManagementPolicy === 'Parallel') return;
      const ordinal = Number(pod.metadata.name?.split('-').at(-1));
      if (ordinal === 0) return;
      const before = cluster.get(podKind, namespace, `${setName}-${ordinal - 1}`);
      if (before === undefined || !isReady(before))
        fail(`${pod.metadata.name}: made before the one below was ready`);
    }
  },
};

function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
}
