import type { Container, Pod } from '../api/generated/types.ts';
import { isRestartableInitContainer } from '../api/podstatus.ts';
import { goQuote } from '../apimachinery/gostring.ts';
import { amountsOf, restartsToResize, sameAmounts } from './amounts.ts';
import { resourcesOf } from './containerconfig.ts';
import { podRef } from './podtext.ts';
import type { RuntimeView } from './runtimeview.ts';
import type { PodServices } from './services.ts';

/** The containers of a pod whose resources may change while they run. */
function resizable({ spec }: Pod): readonly Container[] {
  const { containers, initContainers } = spec;
  return initContainers === undefined
    ? containers
    : [...initContainers.filter(isRestartableInitContainer), ...containers];
}

/** Whether all that runs of a pod has the resources that it has been allocated. */
export function isResized(pod: Pod, view: RuntimeView): boolean {
  return resizable(pod).every((container) => {
    const latest = view.latest(container.name);
    return latest?.state !== 'running' || sameAmounts(amountsOf(container), latest.config.resources);
  });
}

/**
 * In-place resize: what runs, and need not be restarted for it, gets the resources that it has been
 * allocated. Returns why it cannot have them now, or undefined.
 */
export function resizeContainers(pod: Pod, view: RuntimeView, services: PodServices): string | undefined {
  const { runtime, journal } = services;
  let problem: string | undefined;
  for (const container of resizable(pod)) {
    const latest = view.latest(container.name);
    if (latest?.state !== 'running') continue;
    const { resources } = latest.config;
    const wanted = amountsOf(container);
    if (sameAmounts(wanted, resources) || restartsToResize(container, resources)) continue;
    const used = runtime.containerStats(latest.id)?.memory ?? 0;
    const shrinks = wanted.memoryLimit > 0 && wanted.memoryLimit !== resources.memoryLimit;
    if (shrinks && wanted.memoryLimit < used) {
      problem ??= `attempting to set container ${goQuote(container.name)} memory limit (${wanted.memoryLimit}) below current usage (${used})`;
      continue;
    }
    const result = runtime.updateContainerResources(latest.id, resourcesOf(pod, container, services));
    if (result.ok) continue;
    problem ??= result.error;
    journal.error(
      'kuberuntime_manager.go',
      `"Failed to resize container" err=${goQuote(result.error)} pod="${podRef(pod)}" containerName="${container.name}"`,
    );
  }
  return problem;
}
