import type { Pod } from '../../../src/api/generated/types.ts';
import type { Checker } from '../checker.ts';
import { isActive } from '../fit.ts';

/** Invariant 34: a pod that was let go gracefully leaves the API only when its containers have stopped. */
export const grace: Checker = {
  name: 'a pod leaves only after its containers have stopped',
  open({ cluster, plan }, { fail, saw }) {
    // A clock that was set, or power that was cut, keeps no appointments.
    const timeless = plan.steps.some(
      ({ action }) => action.do === 'fault' && /ClockSkew|NodeDown|NodeLoad/.test(String(action.fault.kind)),
    );
    /** What was killed before its time, by the pod's key: why is known once the pod is over. */
    const early = new Map<string, string>();
    return {
      commit({ key, value, previous, cause }) {
        const pod = previous?.value as Pod | undefined;
        if (value?.kind === 'Pod' && cause.component === 'kubelet' && !timeless) {
          const killed = killedEarly(value as Pod, pod);
          if (killed !== undefined) early.set(key, killed);
        }
        const killed = early.get(key);
        if (killed !== undefined && (value === undefined || !isActive(value as Pod))) {
          early.delete(key);
          // A node in need waits for nobody: a hard eviction has a grace period of its own, of a second.
          if ((value as Pod | undefined)?.status?.reason !== EVICTED) fail(`${key}: ${killed}`);
        }
        if (value !== undefined || pod?.kind !== 'Pod' || cause.component !== 'kubelet') return;
        const machine = cluster.machines.get(pod.spec?.nodeName ?? '');
        // Without a machine that runs there is nobody to ask; a mirror pod may go before its containers.
        if (
          machine?.powered !== true ||
          pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined
        )
          return;
        const running = machine.containerd
          .containersOf(pod.metadata.uid ?? '')
          .filter(({ state }) => state === 'running');
        if (running.length > 0) fail(`${key}: gone while ${running.length} of its containers run`);
        saw();
      },
      *unsettled() {
        const alive = new Set<string>();
        for (const { key, value } of cluster.history.range('/registry/pods/', cluster.revision)) {
          const pod = value as Pod;
          alive
            .add(pod.metadata.uid ?? '')
            .add(pod.metadata.annotations?.['kubernetes.io/config.hash'] ?? '');
          if (pod.metadata.deletionTimestamp !== undefined) yield `${key} is still terminating`;
          if (isActive(pod)) continue;
          const left = cluster.machines
            .get(pod.spec.nodeName ?? '')
            ?.containerd.containersOf(pod.metadata.uid ?? '')
            .find(({ state }) => state === 'running');
          if (left !== undefined) yield `${key} has ended, and its container ${left.config.name} runs`;
        }
        for (const machine of cluster.machines.values())
          for (const { state, sandboxId } of machine.containerd.listContainers()) {
            if (state !== 'running') continue;
            const sandbox = machine.containerd.listPodSandboxes().find(({ id }) => id === sandboxId);
            if (sandbox !== undefined && !alive.has(sandbox.pod.uid))
              yield `${machine.name} still runs ${sandbox.pod.namespace}/${sandbox.pod.name}, which is gone`;
          }
      },
    };
  },
};

/** Times in a status are whole seconds. */
const ROUNDING_MS = 1_000;
const SIGKILLED = 137;
const EVICTED = 'Evicted';

/** A container of a pod on its way out that was killed before its time; what a probe or the kernel kills is not meant. */
function killedEarly(pod: Pod, old: Pod | undefined): string | undefined {
  const { deletionTimestamp } = pod.metadata;
  if (deletionTimestamp === undefined || old?.metadata.deletionTimestamp === undefined) return undefined;
  for (const { name, state } of pod.status?.containerStatuses ?? []) {
    const before = old.status?.containerStatuses?.find((each) => each.name === name)?.state;
    const { exitCode, reason, finishedAt = '' } = state?.terminated ?? {};
    if (before?.running === undefined || exitCode !== SIGKILLED || reason !== 'Error') continue;
    const early = Date.parse(deletionTimestamp) - Date.parse(finishedAt);
    if (early > ROUNDING_MS && pod.spec.containers.every(({ livenessProbe }) => livenessProbe === undefined))
      return `${name} was killed ${early} ms before its grace period was over`;
  }
  return undefined;
}
