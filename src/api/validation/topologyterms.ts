import { deepEqual } from '../../apimachinery/equal.ts';
import { child, duplicate, type FieldError, index, required } from '../../apimachinery/fielderror.ts';
import { isQualifiedName } from '../../apimachinery/validation.ts';
import type { TopologySelectorLabelRequirement, TopologySelectorTerm } from '../generated/types.ts';
import { complain } from './common.ts';

/** Where volumes may be made (validateAllowedTopologies): no two terms may say the same. */
export function checkTopologyTerms(
  errors: FieldError[],
  path: string,
  terms: readonly TopologySelectorTerm[] | undefined,
): void {
  const seen: object[] = [];
  for (const [i, term] of (terms ?? []).entries()) {
    const list = child(index(path, i), 'matchLabelExpressions');
    const values: Record<string, readonly string[]> = {};
    for (const [j, requirement] of (term.matchLabelExpressions ?? []).entries()) {
      checkRequirement(errors, index(list, j), requirement);
      const { key = '' } = requirement;
      if (Object.hasOwn(values, key)) errors.push(duplicate(child(index(list, j), 'key'), key));
      values[key] = [...new Set(requirement.values)].sort();
    }
    if (seen.some((other) => deepEqual(other, values))) errors.push(duplicate(list, ''));
    seen.push(values);
  }
}

function checkRequirement(
  errors: FieldError[],
  path: string,
  { key = '', values = [] }: TopologySelectorLabelRequirement,
): void {
  const list = child(path, 'values');
  if (values.length === 0) errors.push(required(list));
  for (const [i, value] of values.entries())
    if (values.indexOf(value) < i) errors.push(duplicate(index(list, i), value));
  complain(errors, child(path, 'key'), key, isQualifiedName(key));
}
