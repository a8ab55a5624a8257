import type { RequestVerb } from '../api/request.ts';
import { type FieldError, forbidden, invalid, required, tooLong } from '../apimachinery/fielderror.ts';
import { invalid as invalidStatus, type Status } from '../apimachinery/status.ts';
import { byteLength } from '../apimachinery/validation.ts';
import type { RequestContext } from './context.ts';

const KINDS: Partial<Record<RequestVerb, string>> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
};
const MAX_MANAGER = 128;
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** What is wrong with the options of a write (apimachinery pkg/apis/meta/v1/validation). */
export function checkWriteOptions({ request, options }: RequestContext): Status | undefined {
  const kind = KINDS[request.verb];
  const { fieldManager = '', force } = options;
  if (kind === undefined || (fieldManager === '' && force === undefined && request.patchType !== 'apply'))
    return undefined;
  const errors: FieldError[] = [];
  if (request.verb === 'patch' && request.patchType !== 'apply' && force !== undefined)
    errors.push(forbidden('force', 'may not be specified for non-apply patch'));
  if (request.patchType === 'apply' && fieldManager === '')
    errors.push(required('fieldManager', 'is required for apply patch'));
  checkManager(errors, fieldManager);
  return errors.length === 0 ? undefined : invalidStatus({ group: 'meta.k8s.io', kind }, '', errors);
}

function checkManager(errors: FieldError[], manager: string): void {
  if (byteLength(manager) > MAX_MANAGER) errors.push(tooLong('fieldManager', MAX_MANAGER));
  let position = 0;
  for (const char of manager) {
    if (!PRINTABLE.test(char)) {
      const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      errors.push(invalid('fieldManager', manager, `invalid character U+${code} (at position ${position})`));
    }
    position += byteLength(char);
  }
}
