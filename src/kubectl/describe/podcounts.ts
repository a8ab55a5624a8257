import type { Pod } from '../../api/generated/types.ts';
import { controllerOf, type KubeObject } from '../../api/object.ts';
import type { Selector } from '../../apimachinery/labels.ts';
import type { KubectlContext } from '../context.ts';
import { builtin } from '../discovery.ts';

/** `3 Running / 0 Waiting / 0 Succeeded / 0 Failed`: the pods a controller owns, by phase. */
export function podCounts(
  context: KubectlContext,
  owner: KubeObject,
  selector: Selector | undefined,
): string {
  const counts = { Running: 0, Pending: 0, Succeeded: 0, Failed: 0 };
  const text = selector?.toString() ?? '';
  const list = context.client.list<KubeObject>(builtin('pods'), {
    ...(owner.metadata.namespace === undefined ? {} : { namespace: owner.metadata.namespace }),
    ...(text === '' ? {} : { labelSelector: text }),
  });
  if (!list.ok) return `error in fetching pods: ${list.status.message ?? ''}`;
  for (const pod of list.value.items as unknown as readonly Pod[]) {
    if (controllerOf(pod)?.uid !== owner.metadata.uid) continue;
    const phase = pod.status?.phase as keyof typeof counts | undefined;
    if (phase !== undefined && Object.hasOwn(counts, phase)) counts[phase]++;
  }
  return `${counts.Running} Running / ${counts.Pending} Waiting / ${counts.Succeeded} Succeeded / ${counts.Failed} Failed`;
}
