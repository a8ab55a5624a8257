import type { Pod, TopologySpreadConstraint } from '../api/generated/types.ts';
import { type RequiredAffinity, requiredAffinity } from '../api/nodeselector.ts';
import { controllerOf, namespaceOf } from '../api/object.ts';
import { allTolerated, tolerationsOf } from '../api/tolerations.ts';
import {
  compiledSelector,
  EVERYTHING,
  type Labels,
  newSelector,
  type Requirement,
  type Selector,
  selectorFromSet,
} from '../apimachinery/labels.ts';
import { type Eligibility, labelOf } from './domaincounts.ts';
import type { Listers } from './listers.ts';

export const HOSTNAME = 'kubernetes.io/hostname';

/** One rule of how evenly pods are to be spread, compiled. */
export interface SpreadConstraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  /** With fewer domains than this the smallest counts as empty. */
  readonly minDomains: number;
  /** The pods that are counted, of the pod's own namespace. */
  readonly selector: Selector;
  /** The nodes that are counted. */
  readonly nodes: Eligibility;
}

type Action = 'DoNotSchedule' | 'ScheduleAnyway';

/** What pods of a service or a set are spread by when they say nothing (podtopologyspread systemDefaultConstraints). */
const DEFAULTS: readonly TopologySpreadConstraint[] = [
  { topologyKey: HOSTNAME, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 5 },
];

const NONE: readonly SpreadConstraint[] = Object.freeze([]);

/** The pod's own constraints of that kind. */
export function ownConstraints(pod: Pod, action: Action): readonly SpreadConstraint[] {
  const given = pod.spec.topologySpreadConstraints?.filter(
    ({ whenUnsatisfiable }) => whenUnsatisfiable === action,
  );
  if (given === undefined || given.length === 0) return NONE;
  const nodes = eligibilities(
    pod,
    given.map(({ topologyKey }) => topologyKey),
  );
  return given.map((constraint) => compile(constraint, compiledSelector(constraint.labelSelector), nodes));
}

/**
 * The default constraints for a pod that has none of its own and belongs to a service or a set. A
 * node counts there though it has no zone.
 */
export function defaultConstraints(pod: Pod, listers: Listers): readonly SpreadConstraint[] {
  if ((pod.spec.topologySpreadConstraints?.length ?? 0) > 0) return NONE;
  const selector = defaultSelector(pod, listers);
  if (selector.isEmpty()) return NONE;
  const nodes = eligibilities(pod, []);
  return DEFAULTS.map((constraint) => compile(constraint, selector, nodes));
}

type Eligibilities = (constraint: TopologySpreadConstraint) => Eligibility;

function compile(
  constraint: TopologySpreadConstraint,
  selector: Selector,
  nodes: Eligibilities,
): SpreadConstraint {
  const { topologyKey, maxSkew, minDomains = 1 } = constraint;
  return { topologyKey, maxSkew, minDomains, selector, nodes: nodes(constraint) };
}

/** Which nodes count for the constraints of a pod: those that have all keys, and that its policies include. */
function eligibilities(pod: Pod, keys: readonly string[]): Eligibilities {
  let affinity: RequiredAffinity | undefined;
  let affinityKey: string | undefined;
  return ({ nodeAffinityPolicy = 'Honor', nodeTaintsPolicy = 'Ignore' }) => {
    affinity ??= requiredAffinity(pod);
    affinityKey ??= affinity === undefined ? '' : affinityText(pod);
    const required = nodeAffinityPolicy === 'Honor' ? affinity : undefined;
    const tolerations = nodeTaintsPolicy === 'Honor' ? tolerationsOf(pod) : undefined;
    return {
      key: JSON.stringify([keys, required === undefined ? '' : affinityKey, tolerations]),
      includes: (node) =>
        node.node !== undefined &&
        keys.every((key) => labelOf(node, key) !== undefined) &&
        (required === undefined || required.matches(node.node)) &&
        (tolerations === undefined || allTolerated(tolerations, node.taints)),
    };
  };
}

function affinityText({ spec }: Pod): string {
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return JSON.stringify([spec.nodeSelector, required]);
}

/** What the services and the set of a pod select by; of nothing: everything (plugins/helper/spread.go DefaultSelector). */
function defaultSelector(pod: Pod, listers: Listers): Selector {
  const namespace = namespaceOf(pod);
  const requirements: Requirement[] = [];
  const require = (labels: Labels): void => void requirements.push(...selectorFromSet(labels).requirements);
  for (const { spec } of listers.services(namespace)) {
    const { selector } = spec ?? {};
    if (selector !== undefined && selectorFromSet(selector).matches(pod.metadata.labels)) require(selector);
  }
  const owner = controllerOf(pod);
  if (owner?.apiVersion === 'v1' && owner.kind === 'ReplicationController')
    require(listers.replicationController(namespace, owner.name)?.spec?.selector);
  if (owner?.apiVersion === 'apps/v1') requirements.push(...ofSet(owner, namespace, listers));
  return requirements.length === 0 ? EVERYTHING : newSelector(distinct(requirements));
}

function ofSet(
  { kind, name }: { readonly kind: string; readonly name: string },
  namespace: string,
  listers: Listers,
): readonly Requirement[] {
  const set =
    kind === 'ReplicaSet'
      ? listers.replicaSet(namespace, name)
      : kind === 'StatefulSet'
        ? listers.statefulSet(namespace, name)
        : undefined;
  return set === undefined ? [] : compiledSelector(set.spec?.selector).requirements;
}

/** Services and sets select by the same labels as a rule. */
function distinct(requirements: readonly Requirement[]): Requirement[] {
  const out = new Map<string, Requirement>();
  for (const requirement of requirements) {
    const { key, operator, values } = requirement;
    out.set(`${key} ${operator} ${values.join()}`, requirement);
  }
  return [...out.values()];
}
