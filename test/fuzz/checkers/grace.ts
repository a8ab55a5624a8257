import type { Pod } from '../../../src/api/generated/types.ts';
import type { Checker } from '../checker.ts';

/** Invariant 34: a pod that was let go gracefully leaves the API only when its containers have stopped. */
export const grace: Checker = {
  name: 'a pod leaves only after its containers have stopped',
  open({ cluster }, { fail, saw }) {
    return {
      commit({ key, value, previous, cause }) {
        const pod = previous?.value as Pod | undefined;
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
