import { child, type FieldError, invalid, key } from '../../apimachinery/fielderror.ts';
import { goQuote } from '../../apimachinery/gostring.ts';
import type { PodSpec } from '../generated/types.ts';
import { checkLocalDescendingPath } from './common.ts';
import { NO_ERRORS } from './once.ts';

/** Marks the API object of a pod that a kubelet runs from a file. */
export const MIRROR_POD = 'kubernetes.io/config.mirror';
/** What it costs to delete the pod: a ReplicaSet that shrinks takes the cheapest first. */
export const POD_DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';
const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/';
const LOCALHOST = 'localhost/';
const INT32 = /^(0|-[1-9][0-9]*|[1-9][0-9]*)$/;
const MAX_INT32 = 2 ** 31 - 1;

type Annotations = Readonly<Record<string, string>>;

/** Annotations that mean something to pods (ValidatePodSpecificAnnotations). */
export function validatePodAnnotations(
  annotations: Annotations | undefined,
  spec: PodSpec,
  path: string,
): readonly FieldError[] {
  if (annotations === undefined) return NO_ERRORS;
  const errors: FieldError[] = [];
  const mirror = annotations[MIRROR_POD];
  if (mirror !== undefined && (spec.nodeName ?? '') === '') {
    errors.push(
      invalid(key(path, MIRROR_POD), mirror, 'must set spec.nodeName if mirror pod annotation is set'),
    );
  }
  const cost = annotations[POD_DELETION_COST];
  if (cost !== undefined && !isInt32(cost)) {
    errors.push(invalid(key(path, POD_DELETION_COST), cost, 'must be a 32bit integer'));
  }
  for (const name of Object.keys(annotations)) {
    const profile = annotations[name] ?? '';
    if (name === SECCOMP_POD || name.startsWith(SECCOMP_CONTAINER))
      checkSeccomp(errors, child(path, name), profile);
    else if (name.startsWith(APPARMOR)) checkAppArmor(errors, key(path, name), profile, name, spec);
  }
  return errors;
}

/** A profile as it was given before there was a field for it (ValidateSeccompProfile). */
function checkSeccomp(errors: FieldError[], path: string, profile: string): void {
  if (['runtime/default', 'docker/default', 'unconfined'].includes(profile)) return;
  if (profile.startsWith(LOCALHOST)) checkLocalDescendingPath(errors, path, profile.slice(LOCALHOST.length));
  else errors.push(invalid(path, profile, 'must be a valid seccomp profile'));
}

function checkAppArmor(
  errors: FieldError[],
  path: string,
  profile: string,
  annotation: string,
  spec: PodSpec,
): void {
  const name = annotation.slice(APPARMOR.length);
  const all = [spec.initContainers, spec.containers, spec.ephemeralContainers].flatMap((list) => list ?? []);
  if (!all.some((container) => container.name === name))
    errors.push(invalid(path, name, 'container not found'));
  if (['', 'runtime/default', 'unconfined'].includes(profile) || profile.startsWith(LOCALHOST)) return;
  errors.push(invalid(path, profile, `invalid AppArmor profile name: ${goQuote(profile)}`));
}

function isInt32(text: string): boolean {
  return INT32.test(text) && Number(text) <= MAX_INT32 && Number(text) >= -MAX_INT32 - 1;
}
