import {
  child,
  type FieldError,
  forbidden,
  index,
  invalid,
  required,
  tooLong,
} from '../../apimachinery/fielderror.ts';
import { byteLength, isQualifiedName, isValidLabelValue } from '../../apimachinery/validation.ts';
import type { LabelSelector, LabelSelectorRequirement } from '../generated/types.ts';
import { complain } from './common.ts';
import { checkedOnce, NO_ERRORS } from './once.ts';

/** All annotations of an object together, keys and values, in bytes. */
const MAX_ANNOTATIONS_BYTES = 256 * 1024;

type TextMap = Readonly<Record<string, string>>;

const validLabels = new WeakSet<TextMap>();
const validAnnotations = new WeakSet<TextMap>();

/** The key of a label (ValidateLabelName). */
export function checkLabelName(errors: FieldError[], path: string, name: string): void {
  complain(errors, path, name, isQualifiedName(name));
}

/** Keys and values of labels or of a node selector (ValidateLabels). */
export function validateLabels(labels: TextMap | undefined, path: string): readonly FieldError[] {
  if (labels === undefined) return NO_ERRORS;
  return checkedOnce(validLabels, labels, () => {
    const errors: FieldError[] = [];
    for (const [key, value] of Object.entries(labels)) {
      checkLabelName(errors, path, key);
      complain(errors, path, value, isValidLabelValue(value));
    }
    return errors;
  });
}

/** Keys and total size of annotations (ValidateAnnotations); the case of a key does not matter. */
export function validateAnnotations(annotations: TextMap | undefined, path: string): readonly FieldError[] {
  if (annotations === undefined) return NO_ERRORS;
  return checkedOnce(validAnnotations, annotations, () => {
    const errors: FieldError[] = [];
    let bytes = 0;
    for (const [key, value] of Object.entries(annotations)) {
      complain(errors, path, key, isQualifiedName(key.toLowerCase()));
      bytes += byteLength(key) + byteLength(value);
    }
    if (bytes > MAX_ANNOTATIONS_BYTES) errors.push(tooLong(path, MAX_ANNOTATIONS_BYTES));
    return errors;
  });
}

/** A label selector (ValidateLabelSelector); absent is fine. */
export function validateLabelSelector(
  selector: LabelSelector | undefined,
  path: string,
): readonly FieldError[] {
  if (selector === undefined) return NO_ERRORS;
  const errors = [...validateLabels(selector.matchLabels, child(path, 'matchLabels'))];
  for (const [i, expression] of (selector.matchExpressions ?? []).entries()) {
    checkRequirement(errors, index(child(path, 'matchExpressions'), i), expression);
  }
  return errors;
}

function checkRequirement(errors: FieldError[], path: string, requirement: LabelSelectorRequirement): void {
  const values = requirement.values ?? [];
  checkValueCount(errors, path, requirement.operator, values.length);
  checkLabelName(errors, child(path, 'key'), requirement.key ?? '');
  for (const [i, value] of values.entries()) {
    complain(errors, index(child(path, 'values'), i), value, isValidLabelValue(value));
  }
}

/** How many values an operator takes; label selectors and node selectors have these four in common. */
export function checkValueCount(errors: FieldError[], path: string, operator: string, count: number): void {
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (count === 0) {
        errors.push(required(child(path, 'values'), "must be specified when `operator` is 'In' or 'NotIn'"));
      }
      return;
    case 'Exists':
    case 'DoesNotExist':
      if (count > 0) {
        const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
        errors.push(forbidden(child(path, 'values'), why));
      }
      return;
    default:
      errors.push(invalid(child(path, 'operator'), operator ?? '', 'not a valid selector operator'));
  }
}
