import type { FieldError } from '../../apimachinery/fielderror.ts';

/** No complaints; shared by all that have none. */
export const NO_ERRORS: readonly FieldError[] = Object.freeze([]);

/**
 * Checks a value that is part of many objects or of many states of one, such as the spec of a pod
 * whose status changes: what was found valid once is not looked at again. That is sound because
 * values never change; what was invalid is checked anew each time.
 */
export function checkedOnce<T extends object>(
  valid: WeakSet<T>,
  value: T,
  check: (value: T) => readonly FieldError[],
): readonly FieldError[] {
  if (valid.has(value)) return NO_ERRORS;
  const errors = check(value);
  if (errors.length > 0) return errors;
  valid.add(value);
  return NO_ERRORS;
}
