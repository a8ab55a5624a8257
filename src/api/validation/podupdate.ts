import { semanticEqual } from '../../apimachinery/equal.ts';
import {
  child,
  type FieldError,
  forbidden,
  index,
  invalid,
  key,
  required,
} from '../../apimachinery/fielderror.ts';
import { inclusiveRangeError } from '../../apimachinery/validation.ts';
import type { Container, ContainerStatus, NodeAffinity, Pod, PodSpec } from '../generated/types.ts';
import { checkImmutable, isUnset } from './common.ts';
import { diffText } from './diff.ts';
import { NO_ERRORS } from './once.ts';
import { MIRROR_POD } from './podannotations.ts';

const MAX_INT32 = 2 ** 31 - 1;

const UPDATABLE_FIELDS = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');

/**
 * What an update may not do to a pod (ValidatePodUpdate, ValidatePodStatusUpdate): nearly nothing of
 * its spec may change. The binding subresource, which sets `spec.nodeName`, goes another way.
 */
export function validatePodUpdate(next: Pod, old: Pod): readonly FieldError[] {
  const sameSpec = next.spec === old.spec;
  const sameStatus = next.status === old.status;
  const sameAnnotations = next.metadata.annotations === old.metadata.annotations;
  if (sameSpec && sameStatus && sameAnnotations) return NO_ERRORS;
  const errors: FieldError[] = [];
  if (!sameAnnotations) checkMirror(errors, next, old);
  if (!sameSpec) checkSpec(errors, next.spec, old.spec);
  if (!sameStatus) checkStatus(errors, next, old);
  return errors;
}

function checkMirror(errors: FieldError[], next: Pod, old: Pod): void {
  const [after, before] = [next.metadata.annotations?.[MIRROR_POD], old.metadata.annotations?.[MIRROR_POD]];
  if (after === before) return;
  const change = before === undefined ? 'add' : 'remove or update';
  errors.push(forbidden(key('metadata.annotations', MIRROR_POD), `may not ${change} mirror pod annotation`));
}

function checkSpec(errors: FieldError[], next: PodSpec, old: PodSpec): void {
  if (!checkContainers(errors, 'spec.containers', next.containers, old.containers)) return;
  if (!checkContainers(errors, 'spec.initContainers', next.initContainers, old.initContainers)) return;
  if (!checkDeadline(errors, next, old)) return;
  checkTolerations(errors, next, old);
  checkGates(errors, next, old);
  if (semanticEqual(next, old)) return;
  let munged = withUpdatableOf(next, old);
  if ((old.schedulingGates ?? []).length > 0) munged = withGatedUpdates(errors, munged, old);
  if (semanticEqual(munged, old)) return;
  const why = `pod updates may not change fields other than ${UPDATABLE_FIELDS}\n${diffText(old, munged)}`;
  errors.push(forbidden('spec', why));
}

/** False if a container came or went: then nothing else can be compared. */
function checkContainers(
  errors: FieldError[],
  path: string,
  next: readonly Container[] | undefined,
  old: readonly Container[] | undefined,
): boolean {
  const list = next ?? [];
  if (list.length !== (old ?? []).length) {
    errors.push(forbidden(path, 'pod updates may not add or remove containers'));
    return false;
  }
  for (const [i, { image = '' }] of list.entries()) {
    const entry = child(index(path, i), 'image');
    if (image === '') errors.push(required(entry));
    else if (image.trim() !== image) {
      errors.push(invalid(entry, image, 'must not have leading or trailing whitespace'));
    }
  }
  return true;
}

/** A deadline may be set, or come nearer. */
function checkDeadline(errors: FieldError[], next: PodSpec, old: PodSpec): boolean {
  const path = 'spec.activeDeadlineSeconds';
  const [after, before] = [next.activeDeadlineSeconds, old.activeDeadlineSeconds];
  if (after === undefined) {
    if (before === undefined) return true;
    errors.push(invalid(path, null, 'must not update from a positive integer to nil value'));
    return true;
  }
  if (after < 0 || after > MAX_INT32) {
    errors.push(invalid(path, after, inclusiveRangeError(0, MAX_INT32)));
    return false;
  }
  if (before !== undefined && before < after) {
    errors.push(invalid(path, after, 'must be less than or equal to previous value'));
    return false;
  }
  return true;
}

function checkTolerations(errors: FieldError[], next: PodSpec, old: PodSpec): void {
  if (next.tolerations === old.tolerations) return;
  for (const before of old.tolerations ?? []) {
    const kept = (next.tolerations ?? []).some((after) => {
      const { tolerationSeconds: _after, ...a } = after;
      const { tolerationSeconds: _before, ...b } = before;
      return semanticEqual(a, b);
    });
    if (kept) continue;
    const why = 'existing toleration can not be modified except its tolerationSeconds';
    errors.push(forbidden('spec.tolerations', why));
    return;
  }
}

function checkGates(errors: FieldError[], next: PodSpec, old: PodSpec): void {
  if (next.schedulingGates === old.schedulingGates) return;
  const before = new Set((old.schedulingGates ?? []).map((gate) => gate.name));
  for (const [i, { name }] of (next.schedulingGates ?? []).entries()) {
    if (before.has(name)) continue;
    const why = `only deletion is allowed, but found new scheduling gate '${name}'`;
    errors.push(forbidden(child(index('spec.schedulingGates', i), 'name'), why));
  }
}

/** The new spec with all that may change as it was; what still differs may not. */
function withUpdatableOf(next: PodSpec, old: PodSpec): PodSpec {
  const images = (
    list: readonly Container[],
    before: readonly Container[] | undefined,
  ): readonly Container[] => list.map((container, i) => ({ ...container, image: before?.[i]?.image ?? '' }));
  const munged: { -readonly [K in keyof PodSpec]: PodSpec[K] } = { ...next };
  munged.containers = images(next.containers, old.containers);
  if (next.initContainers !== undefined)
    munged.initContainers = images(next.initContainers, old.initContainers);
  keep(munged, old, 'activeDeadlineSeconds');
  keep(munged, old, 'schedulingGates');
  keep(munged, old, 'tolerations');
  const negative = (old.terminationGracePeriodSeconds ?? 0) < 0;
  if (negative && next.terminationGracePeriodSeconds === 1)
    keep(munged, old, 'terminationGracePeriodSeconds');
  return munged;
}

function keep<K extends keyof PodSpec>(munged: Partial<Record<K, PodSpec[K]>>, old: PodSpec, field: K): void {
  if (old[field] === undefined) delete munged[field];
  else munged[field] = old[field];
}

/** A pod held back by scheduling gates may still be narrowed down to fewer nodes. */
function withGatedUpdates(errors: FieldError[], munged: PodSpec, old: PodSpec): PodSpec {
  const next: { -readonly [K in keyof PodSpec]: PodSpec[K] } = { ...munged };
  if (!semanticEqual(next.nodeSelector, old.nodeSelector)) {
    for (const [name, value] of Object.entries(old.nodeSelector ?? {})) {
      if (next.nodeSelector?.[name] === value) continue;
      const why = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
      errors.push(invalid('spec.nodeSelector', next.nodeSelector ?? null, why));
      break;
    }
    keep(next, old, 'nodeSelector');
  }
  const { nodeAffinity: after, ...others } = next.affinity ?? {};
  const { nodeAffinity: before, ...othersBefore } = old.affinity ?? {};
  if (semanticEqual(after, before) || !semanticEqual(others, othersBefore)) return next;
  checkAffinityNarrowed(errors, after, before);
  keep(next, old, 'affinity');
  return next;
}

/** Expressions may be added to required terms, which narrows them; preferences are free (validateNodeAffinityMutation). */
function checkAffinityNarrowed(
  errors: FieldError[],
  next: NodeAffinity | undefined,
  old: NodeAffinity | undefined,
): void {
  const path = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
  const before = old?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const after = next?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  if (before.length === 0) return;
  if (after.length !== before.length) {
    const why = 'no additions/deletions to non-empty NodeSelectorTerms list are allowed';
    errors.push(invalid(path, after, why));
    return;
  }
  for (const [i, term] of before.entries()) {
    const kept = (['matchExpressions', 'matchFields'] as const).every((list) =>
      (term[list] ?? []).every((requirement, j) => semanticEqual(requirement, after[i]?.[list]?.[j])),
    );
    if (!kept)
      errors.push(
        invalid(index(path, i), after[i], 'only additions are allowed (no mutations or deletions)'),
      );
  }
}

function checkStatus(errors: FieldError[], next: Pod, old: Pod): void {
  if (old.status?.qosClass !== undefined) {
    checkImmutable(errors, 'status.qosClass', next.status?.qosClass, old.status.qosClass);
  }
  const policy = old.spec.restartPolicy;
  if (policy === 'Always') return;
  for (const field of ['containerStatuses', 'initContainerStatuses'] as const) {
    checkTransitions(errors, child('status', field), next.status?.[field], old.status?.[field], old.spec);
  }
}

/** What ended and is not to be restarted stays ended (ValidateContainerStateTransition). */
function checkTransitions(
  errors: FieldError[],
  path: string,
  next: readonly ContainerStatus[] | undefined,
  old: readonly ContainerStatus[] | undefined,
  spec: PodSpec,
): void {
  for (const [i, before] of (old ?? []).entries()) {
    const ended = before.state?.terminated;
    if (ended === undefined || (ended.exitCode !== 0 && spec.restartPolicy === 'OnFailure')) continue;
    const containers = [...spec.containers, ...(spec.initContainers ?? [])];
    const own = containers.find((container) => container.name === before.name)?.restartPolicy;
    if (!isUnset(own)) continue;
    const after = next?.find((status) => status.name === before.name);
    if (after === undefined || after.state?.terminated !== undefined) continue;
    errors.push(forbidden(child(index(path, i), 'state'), 'may not be transitioned to non-terminated state'));
  }
}
