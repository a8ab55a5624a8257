import { type FieldError, invalid, key } from '../../apimachinery/fielderror.ts';
import type { PodSpec } from '../generated/types.ts';
import { NO_ERRORS } from './once.ts';

/** Marks the API object of a pod that a kubelet runs from a file. */
export const MIRROR_POD = 'kubernetes.io/config.mirror';
/** What it costs to delete the pod: a ReplicaSet that shrinks takes the cheapest first. */
export const POD_DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

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
  return errors;
}

function isInt32(text: string): boolean {
  return INT32.test(text) && Number(text) <= MAX_INT32 && Number(text) >= -MAX_INT32 - 1;
}
