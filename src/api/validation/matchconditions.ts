import {
  child,
  duplicate,
  type FieldError,
  index,
  invalid,
  required,
  tooMany,
} from '../../apimachinery/fielderror.ts';
import { isQualifiedName } from '../../apimachinery/validation.ts';
import { compileAdmission } from '../cel/admission.ts';
import type { MatchCondition } from '../generated/types.ts';
import { complain, isUnset } from './common.ts';

const MAX_CONDITIONS = 64;

/** Match conditions of webhooks and policies (validateMatchConditions); only those of policies may know `params`. */
export function validateMatchConditions(
  conditions: readonly MatchCondition[],
  path: string,
  params: boolean,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (conditions.length > MAX_CONDITIONS) errors.push(tooMany(path, conditions.length, MAX_CONDITIONS));
  const names = new Set<string>();
  for (const [i, { name, expression }] of conditions.entries()) {
    const at = index(path, i);
    const text = (expression ?? '').trim();
    if (text === '') errors.push(required(child(at, 'expression')));
    else {
      const compiled = compileAdmission(text, 'bool', { params });
      if ('error' in compiled) errors.push(invalid(child(at, 'expression'), text, compiled.error));
    }
    if (isUnset(name)) errors.push(required(child(at, 'name')));
    else complain(errors, child(at, 'name'), name, isQualifiedName(name));
    if (!isUnset(name) && names.has(name)) errors.push(duplicate(child(at, 'name'), name));
    names.add(name);
  }
  return errors;
}
