import { semanticEqual } from '../../apimachinery/equal.ts';
import { type FieldError, forbidden } from '../../apimachinery/fielderror.ts';
import { goQuote } from '../../apimachinery/gostring.ts';
import type { Pod } from '../generated/types.ts';
import { MIRROR_POD } from './podannotations.ts';

const PATH = 'spec.ephemeralContainers';

/** Ephemeral containers are only ever added (ValidatePodEphemeralContainersUpdate). */
export function validateEphemeralUpdate(next: Pod, old: Pod): readonly FieldError[] {
  if (next.metadata.annotations?.[MIRROR_POD] !== undefined)
    return [forbidden('', 'static pods do not support ephemeral containers')];
  const errors: FieldError[] = [];
  const added = next.spec.ephemeralContainers ?? [];
  for (const before of old.spec.ephemeralContainers ?? []) {
    const after = added.find(({ name }) => name === before.name);
    if (after !== undefined && semanticEqual(after, before)) continue;
    const what = after === undefined ? 'removed' : 'changed';
    errors.push(
      forbidden(PATH, `existing ephemeral containers ${goQuote(before.name)} may not be ${what}\n`),
    );
  }
  return errors;
}
