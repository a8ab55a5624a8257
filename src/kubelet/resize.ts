import type { Pod } from '../api/generated/types.ts';
import { goQuote } from '../apimachinery/gostring.ts';
import { resourcesOf } from './containerconfig.ts';
import type { ContainerResources } from './cri.ts';
import { podRef } from './podtext.ts';
import type { RuntimeView } from './runtimeview.ts';
import type { PodServices } from './services.ts';

/** In-place resize: what runs gets the resources that its spec has now. */
export function resizeContainers(pod: Pod, view: RuntimeView, services: PodServices): void {
  const { runtime, journal } = services;
  for (const container of pod.spec.containers) {
    const latest = view.latest(container.name);
    if (latest?.state !== 'running') continue;
    const wanted = resourcesOf(pod, container, services);
    if (sameAmounts(wanted, latest.config.resources)) continue;
    const result = runtime.updateContainerResources(latest.id, wanted);
    if (!result.ok)
      journal.error(
        'kuberuntime_manager.go',
        `"Failed to resize container" err=${goQuote(result.error)} pod="${podRef(pod)}" containerName="${container.name}"`,
      );
  }
}

/** The score that decides who goes first when memory runs out is not changed by a resize. */
function sameAmounts(a: ContainerResources, b: ContainerResources): boolean {
  return (
    a.cpuRequest === b.cpuRequest &&
    a.cpuLimit === b.cpuLimit &&
    a.memoryRequest === b.memoryRequest &&
    a.memoryLimit === b.memoryLimit
  );
}
