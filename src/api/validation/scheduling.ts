import {
  child,
  type FieldError,
  forbidden,
  index,
  invalid,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import { isDNS1123Label, isDNS1123Subdomain, isValidLabelValue } from '../../apimachinery/validation.ts';
import type {
  Affinity,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
  Toleration,
  TopologySpreadConstraint,
} from '../generated/types.ts';
import { complain, isUnset } from './common.ts';
import { checkLabelName, checkValueCount, validateLabelSelector } from './labels.ts';
import { checkedOnce } from './once.ts';

const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const;
const SCHEDULE_ACTIONS = ['DoNotSchedule', 'ScheduleAnyway'] as const;
const INCLUSION_POLICIES = ['Honor', 'Ignore'] as const;
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

const validTolerations = new WeakSet<readonly Toleration[]>();

/** Node and pod affinity (validateAffinity). */
export function checkAffinity(errors: FieldError[], path: string, affinity: Affinity | undefined): void {
  const node = affinity?.nodeAffinity;
  if (node !== undefined) {
    const nodePath = child(path, 'nodeAffinity');
    if (node[REQUIRED] !== undefined) checkNodeSelector(errors, child(nodePath, REQUIRED), node[REQUIRED]);
    for (const [i, term] of (node[PREFERRED] ?? []).entries()) {
      const entry = index(child(nodePath, PREFERRED), i);
      checkWeight(errors, child(entry, 'weight'), term.weight);
      checkTerm(errors, child(entry, 'preference'), term.preference, false);
    }
  }
  checkPodAffinity(errors, child(path, 'podAffinity'), affinity?.podAffinity);
  checkPodAffinity(errors, child(path, 'podAntiAffinity'), affinity?.podAntiAffinity);
}

function checkWeight(errors: FieldError[], path: string, weight: number | undefined): void {
  if (weight === undefined || weight <= 0 || weight > 100) {
    errors.push(invalid(path, weight ?? 0, 'must be in the range 1-100'));
  }
}

/** Terms of which a node must meet one (ValidateNodeSelector). */
export function checkNodeSelector(errors: FieldError[], path: string, selector: NodeSelector): void {
  const termsPath = child(path, 'nodeSelectorTerms');
  const terms = selector.nodeSelectorTerms ?? [];
  if (terms.length === 0) errors.push(required(termsPath, 'must have at least one node selector term'));
  for (const [i, term] of terms.entries()) checkTerm(errors, index(termsPath, i), term, true);
}

/** Preferences may name values no label can have: they only never match. */
function checkTerm(
  errors: FieldError[],
  path: string,
  term: NodeSelectorTerm | undefined,
  strict: boolean,
): void {
  for (const [i, requirement] of (term?.matchExpressions ?? []).entries()) {
    checkExpression(errors, index(child(path, 'matchExpressions'), i), requirement, strict);
  }
  for (const [i, requirement] of (term?.matchFields ?? []).entries()) {
    checkNodeField(errors, index(child(path, 'matchFields'), i), requirement);
  }
}

function checkExpression(
  errors: FieldError[],
  path: string,
  requirement: NodeSelectorRequirement,
  strict: boolean,
): void {
  const { operator, key, values = [] } = requirement;
  if (operator === 'Gt' || operator === 'Lt') {
    const why = "must be specified single value when `operator` is 'Lt' or 'Gt'";
    if (values.length !== 1) errors.push(required(child(path, 'values'), why));
  } else checkValueCount(errors, path, operator, values.length);
  checkLabelName(errors, child(path, 'key'), key ?? '');
  if (!strict) return;
  for (const [i, value] of values.entries()) {
    complain(errors, index(child(path, 'values'), i), value, isValidLabelValue(value));
  }
}

/** The one field of a node that can be matched is its name. */
function checkNodeField(errors: FieldError[], path: string, requirement: NodeSelectorRequirement): void {
  const { operator, key, values = [] } = requirement;
  if (operator !== 'In' && operator !== 'NotIn') {
    errors.push(invalid(child(path, 'operator'), operator ?? '', 'not a valid selector operator'));
  } else if (values.length !== 1) {
    const why = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    errors.push(required(child(path, 'values'), why));
  }
  if (key !== 'metadata.name') {
    errors.push(invalid(child(path, 'key'), key ?? '', 'not a valid field selector key'));
    return;
  }
  for (const [i, value] of values.entries()) {
    complain(errors, index(child(path, 'values'), i), value, isDNS1123Subdomain(value));
  }
}

function checkPodAffinity(errors: FieldError[], path: string, affinity: PodAffinity | undefined): void {
  for (const [i, term] of (affinity?.[REQUIRED] ?? []).entries()) {
    checkPodAffinityTerm(errors, index(child(path, REQUIRED), i), term);
  }
  for (const [i, weighted] of (affinity?.[PREFERRED] ?? []).entries()) {
    const entry = index(child(path, PREFERRED), i);
    checkWeight(errors, child(entry, 'weight'), weighted.weight);
    if (weighted.podAffinityTerm === undefined) errors.push(required(child(entry, 'podAffinityTerm')));
    else checkPodAffinityTerm(errors, child(entry, 'podAffinityTerm'), weighted.podAffinityTerm);
  }
}

function checkPodAffinityTerm(errors: FieldError[], path: string, term: PodAffinityTerm): void {
  errors.push(...validateLabelSelector(term.labelSelector, child(path, 'labelSelector')));
  errors.push(...validateLabelSelector(term.namespaceSelector, child(path, 'namespaceSelector')));
  for (const name of term.namespaces ?? [])
    complain(errors, child(path, 'namespace'), name, isDNS1123Label(name));
  checkAffinityLabelKeys(errors, path, term);
  if (isUnset(term.topologyKey)) errors.push(required(child(path, 'topologyKey'), 'can not be empty'));
  checkLabelName(errors, child(path, 'topologyKey'), term.topologyKey ?? '');
}

/**
 * `matchLabelKeys` and `mismatchLabelKeys`. A key that a player also put into the selector shows
 * because creation has by then added the key's own expression behind it.
 */
function checkAffinityLabelKeys(errors: FieldError[], path: string, term: PodAffinityTerm): void {
  const { matchLabelKeys = [], mismatchLabelKeys = [], labelSelector } = term;
  checkLabelKeys(errors, child(path, 'matchLabelKeys'), matchLabelKeys, labelSelector !== undefined);
  checkLabelKeys(errors, child(path, 'mismatchLabelKeys'), mismatchLabelKeys, labelSelector !== undefined);
  const seen = new Set(Object.keys(labelSelector?.matchLabels ?? {}));
  for (const { key } of labelSelector?.matchExpressions ?? []) {
    const at = matchLabelKeys.indexOf(key);
    if (at >= 0 && seen.has(key)) {
      errors.push(invalid(index(path, at), key, 'exists in both matchLabelKeys and labelSelector'));
    }
    seen.add(key);
  }
  for (const [i, key] of matchLabelKeys.entries()) {
    if (!mismatchLabelKeys.includes(key)) continue;
    const why = 'exists in both matchLabelKeys and mismatchLabelKeys';
    errors.push(invalid(index(child(path, 'matchLabelKeys'), i), key, why));
  }
}

function checkLabelKeys(
  errors: FieldError[],
  path: string,
  keys: readonly string[],
  hasSelector: boolean,
): void {
  if (keys.length === 0) return;
  if (!hasSelector) {
    errors.push(forbidden(path, 'must not be specified when labelSelector is not set'));
    return;
  }
  for (const [i, key] of keys.entries()) checkLabelName(errors, index(path, i), key);
}

/** Tolerations of taints (ValidateTolerations). */
export function checkTolerations(
  errors: FieldError[],
  path: string,
  tolerations: readonly Toleration[] | undefined,
): void {
  if (tolerations === undefined) return;
  const complaints = checkedOnce(validTolerations, tolerations, () => {
    const found: FieldError[] = [];
    for (const [i, toleration] of tolerations.entries()) checkToleration(found, index(path, i), toleration);
    return found;
  });
  errors.push(...complaints);
}

function checkToleration(errors: FieldError[], path: string, toleration: Toleration): void {
  const { key = '', operator = '', value = '', effect = '' } = toleration;
  const operatorPath = child(path, 'operator');
  if (key !== '') checkLabelName(errors, child(path, 'key'), key);
  if (key === '' && operator !== 'Exists') {
    const why = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    errors.push(invalid(operatorPath, operator, why));
  }
  if (toleration.tolerationSeconds !== undefined && effect !== 'NoExecute') {
    errors.push(
      invalid(child(path, 'effect'), effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"),
    );
  }
  if (operator === '' || operator === 'Equal') {
    const complaints = isValidLabelValue(value);
    if (complaints.length > 0) errors.push(invalid(operatorPath, value, complaints.join(';')));
  } else if (operator === 'Exists') {
    if (value !== '')
      errors.push(invalid(operatorPath, value, "value must be empty when `operator` is 'Exists'"));
  } else errors.push(notSupported(operatorPath, operator, ['Equal', 'Exists']));
  if (effect !== '') checkTaintEffect(errors, child(path, 'effect'), effect);
}

/** The effect of a taint or toleration (validateTaintEffect). */
export function checkTaintEffect(errors: FieldError[], path: string, effect: string | undefined): void {
  if (isUnset(effect)) errors.push(required(path));
  else if (!(TAINT_EFFECTS as readonly string[]).includes(effect))
    errors.push(notSupported(path, effect, TAINT_EFFECTS));
}

/** Topology spread constraints (validateTopologySpreadConstraints). */
export function checkTopologySpread(
  errors: FieldError[],
  path: string,
  constraints: readonly TopologySpreadConstraint[] | undefined,
): void {
  const list = constraints ?? [];
  for (const [i, constraint] of list.entries()) {
    const entry = index(path, i);
    const { maxSkew = 0, topologyKey = '', whenUnsatisfiable = '' } = constraint;
    if (maxSkew <= 0) errors.push(invalid(child(entry, 'maxSkew'), maxSkew, 'must be greater than zero'));
    if (topologyKey === '') errors.push(required(child(entry, 'topologyKey'), 'can not be empty'));
    if (!(SCHEDULE_ACTIONS as readonly string[]).includes(whenUnsatisfiable)) {
      errors.push(notSupported(child(entry, 'whenUnsatisfiable'), whenUnsatisfiable, SCHEDULE_ACTIONS));
    }
    const isSame = (other: TopologySpreadConstraint): boolean =>
      other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable;
    if (list.slice(i + 1).some(isSame)) {
      const field = child(entry, '{topologyKey, whenUnsatisfiable}');
      errors.push({
        type: 'FieldValueDuplicate',
        field,
        badValue: `{${topologyKey}, ${whenUnsatisfiable}}`,
        detail: '',
      });
    }
    checkMinDomains(errors, child(entry, 'minDomains'), constraint);
    for (const policy of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
      const value = constraint[policy];
      if (value !== undefined && !(INCLUSION_POLICIES as readonly string[]).includes(value)) {
        errors.push(notSupported(child(entry, policy), value, INCLUSION_POLICIES));
      }
    }
    checkLabelKeys(
      errors,
      child(entry, 'matchLabelKeys'),
      constraint.matchLabelKeys ?? [],
      constraint.labelSelector !== undefined,
    );
    errors.push(...validateLabelSelector(constraint.labelSelector, child(entry, 'labelSelector')));
  }
}

function checkMinDomains(errors: FieldError[], path: string, constraint: TopologySpreadConstraint): void {
  const { minDomains, whenUnsatisfiable } = constraint;
  if (minDomains === undefined) return;
  if (minDomains <= 0) errors.push(invalid(path, minDomains, 'must be greater than zero'));
  if (whenUnsatisfiable !== 'DoNotSchedule') {
    const why = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
    errors.push(invalid(path, minDomains, why));
  }
}
