import type { Pod } from '../../api/generated/types.ts';
import { controllerOf, keyOf } from '../../api/object.ts';
import { isPodTerminal } from '../../api/podstatus.ts';
import { isNotFound } from '../../apimachinery/status.ts';
import type { KubectlContext } from '../context.ts';
import { builtin } from '../discovery.ts';
import { isOverdue } from './drainpods.ts';

/** What the flags of `drain` allow. */
export interface DrainRules {
  readonly ignoreDaemonSets: boolean;
  readonly deleteEmptyDirData: boolean;
  readonly force: boolean;
  /** Seconds; pods that have been terminating for longer are not waited for. 0: all are. */
  readonly skipDeletedAfter: number;
}

/** Which pods a drain would evict, and what stands against it. */
export interface DrainPlan {
  readonly pods: readonly Pod[];
  readonly errors: readonly string[];
  readonly warnings: string;
}

const MIRROR = 'kubernetes.io/config.mirror';
const DAEMONSET_FATAL = 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)';
const DAEMONSET_WARNING = 'ignoring DaemonSet-managed Pods';
const STORAGE_FATAL = 'Pods with local storage (use --delete-emptydir-data to override)';
const STORAGE_WARNING = 'deleting Pods with local storage';
const UNMANAGED_FATAL = 'Pods that declare no controller (use --force to override)';
const UNMANAGED_WARNING = 'deleting Pods that declare no controller';

type Verdict =
  | { readonly type: 'evict'; readonly warning?: string }
  | { readonly type: 'skip'; readonly warning?: string }
  | { readonly type: 'error'; readonly message: string };

/** Passes every pod through upstream's filters (pkg/drain/filters.go), the first refusal wins. */
export function podsToEvict(context: KubectlContext, pods: readonly Pod[], rules: DrainRules): DrainPlan {
  const evicted: Pod[] = [];
  const fatal = new Map<string, string[]>();
  const warned = new Map<string, string[]>();
  const note = (map: Map<string, string[]>, message: string, pod: Pod): void => {
    map.set(message, [...(map.get(message) ?? []), keyOf(pod)]);
  };
  for (const pod of pods) {
    const verdict = judge(context, pod, rules);
    if (verdict.type === 'error') note(fatal, verdict.message, pod);
    else if (verdict.warning !== undefined) note(warned, verdict.warning, pod);
    if (verdict.type === 'evict') evicted.push(pod);
  }
  return {
    pods: evicted,
    errors: [...fatal].map(([message, names]) => `cannot delete ${message}: ${names.join(', ')}`),
    warnings: [...warned].map(([message, names]) => `${message}: ${names.join(', ')}`).join('; '),
  };
}

function judge(context: KubectlContext, pod: Pod, rules: DrainRules): Verdict {
  // Of warnings only the last filter's is kept, so that the one about local storage is lost, upstream too.
  let last = EVICT;
  for (const filter of [skipDeleted, daemonSet, mirror, localStorage, unmanaged]) {
    last = filter(context, pod, rules);
    if (last.type !== 'evict') return last;
  }
  return last;
}

const EVICT: Verdict = Object.freeze({ type: 'evict' });
const SKIP: Verdict = Object.freeze({ type: 'skip' });

function skipDeleted(context: KubectlContext, pod: Pod, rules: DrainRules): Verdict {
  return isOverdue(context, pod, rules.skipDeletedAfter) ? SKIP : EVICT;
}

function daemonSet(context: KubectlContext, pod: Pod, rules: DrainRules): Verdict {
  const owner = controllerOf(pod);
  if (owner?.kind !== 'DaemonSet' || isPodTerminal(pod)) return EVICT;
  const found = context.client.get(builtin('daemonsets'), owner.name, pod.metadata.namespace);
  if (!found.ok) {
    if (isNotFound(found.status) && rules.force) return EVICT;
    return { type: 'error', message: found.status.message ?? '' };
  }
  return rules.ignoreDaemonSets
    ? { type: 'skip', warning: DAEMONSET_WARNING }
    : { type: 'error', message: DAEMONSET_FATAL };
}

function mirror(_: KubectlContext, pod: Pod): Verdict {
  return pod.metadata.annotations?.[MIRROR] === undefined ? EVICT : SKIP;
}

function localStorage(_: KubectlContext, pod: Pod, rules: DrainRules): Verdict {
  if (!(pod.spec.volumes ?? []).some((volume) => volume.emptyDir !== undefined) || isPodTerminal(pod))
    return EVICT;
  return rules.deleteEmptyDirData
    ? { type: 'evict', warning: STORAGE_WARNING }
    : { type: 'error', message: STORAGE_FATAL };
}

function unmanaged(_: KubectlContext, pod: Pod, rules: DrainRules): Verdict {
  if (isPodTerminal(pod) || controllerOf(pod) !== undefined) return EVICT;
  return rules.force
    ? { type: 'evict', warning: UNMANAGED_WARNING }
    : { type: 'error', message: UNMANAGED_FATAL };
}
