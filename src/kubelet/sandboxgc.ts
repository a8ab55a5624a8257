import type { ContainerRuntime } from './cri.ts';
import type { RuntimeView } from './runtimeview.ts';

/** Removes a pod's sandboxes from before a reboot, once no container is left of them. */
export function removeOldSandboxes(view: RuntimeView, runtime: ContainerRuntime): void {
  if (view.sandboxes.length < 2) return;
  for (const { id, state } of view.sandboxes) {
    const empty = !view.containers.some(({ sandboxId }) => sandboxId === id);
    if (id !== view.sandbox?.id && state === 'notReady' && empty) runtime.removePodSandbox(id);
  }
}
