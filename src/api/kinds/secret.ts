import {
  base64ByteLength,
  base64DecodeText,
  base64EncodeText,
  withoutLineBreaks,
} from '../../apimachinery/base64.ts';
import { semanticEqual } from '../../apimachinery/equal.ts';
import {
  type FieldError,
  forbidden,
  invalid,
  key as keyPath,
  required,
  tooLong,
} from '../../apimachinery/fielderror.ts';
import { isConfigMapKey, isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import type { Secret } from '../generated/types.ts';
import type { KindDefinition } from '../kind.ts';
import { checkImmutable } from '../validation/common.ts';

/** The most bytes that the values of a Secret may have together. */
const MAX_SIZE = 1024 * 1024;
const IMMUTABLE = 'field is immutable when `immutable` is set';
const ACCOUNT_NAME = 'kubernetes.io/service-account.name';
const NOTHING: Readonly<Record<string, string>> = Object.freeze({});

/**
 * `stringData` is written over `data` and never stored (core/v1 conversion.go); the type is Opaque
 * where none is given.
 */
function applyDefaults(object: Secret): Secret {
  let out = onOneLine(object);
  if (object.stringData !== undefined) {
    const { stringData = NOTHING, ...rest } = out;
    const encoded = Object.entries(stringData).map(([key, text]) => [key, base64EncodeText(text)] as const);
    const data = { ...out.data, ...Object.fromEntries(encoded) };
    out = encoded.length === 0 ? rest : { ...rest, data };
  }
  return (out.type ?? '') === '' ? { ...out, type: 'Opaque' } : out;
}

/** Values may be given in lines; they are bytes, and come back on one. */
function onOneLine(object: Secret): Secret {
  const { data = NOTHING } = object;
  if (!Object.values(data).some((value) => /[\r\n]/.test(value))) return object;
  const entries = Object.entries(data).map(([key, value]) => [key, withoutLineBreaks(value)] as const);
  return { ...object, data: Object.fromEntries(entries) };
}

/** pkg/apis/core/validation/validation.go ValidateSecret. */
function validate(object: Secret): readonly FieldError[] {
  const { data = NOTHING } = object;
  const errors: FieldError[] = [];
  let size = 0;
  for (const key of Object.keys(data)) {
    for (const message of isConfigMapKey(key)) errors.push(invalid(keyPath('data', key), key, message));
    size += base64ByteLength(data[key] ?? '');
  }
  if (size > MAX_SIZE) errors.push(tooLong('data', MAX_SIZE));
  errors.push(...validateType(object, data));
  return errors;
}

/** What a well-known type demands of the data; other types demand nothing. */
function validateType(object: Secret, data: Readonly<Record<string, string>>): readonly FieldError[] {
  const missing = (key: string): readonly FieldError[] =>
    Object.hasOwn(data, key) ? [] : [required(keyPath('data', key))];
  switch (object.type) {
    case 'kubernetes.io/service-account-token':
      if ((object.metadata.annotations?.[ACCOUNT_NAME] ?? '') !== '') return [];
      return [required(keyPath('metadata.annotations', ACCOUNT_NAME))];
    case 'kubernetes.io/dockercfg':
      return validateJson(data, '.dockercfg');
    case 'kubernetes.io/dockerconfigjson':
      return validateJson(data, '.dockerconfigjson');
    case 'kubernetes.io/basic-auth':
      if (Object.hasOwn(data, 'username') || Object.hasOwn(data, 'password')) return [];
      return [...missing('username'), ...missing('password')];
    case 'kubernetes.io/ssh-auth':
      return (data['ssh-privatekey'] ?? '') === '' ? [required(keyPath('data', 'ssh-privatekey'))] : [];
    case 'kubernetes.io/tls':
      return [...missing('tls.crt'), ...missing('tls.key')];
    default:
      return [];
  }
}

function validateJson(data: Readonly<Record<string, string>>, key: string): readonly FieldError[] {
  const path = keyPath('data', key);
  const content = data[key];
  if (content === undefined) return [required(path)];
  const problem = jsonObjectProblem(base64DecodeText(content) ?? '');
  return problem === undefined ? [] : [invalid(path, '<secret contents redacted>', problem)];
}

/** Why a text is no JSON object, as near to Go's words as can be told. */
function jsonObjectProblem(text: string): string | undefined {
  const start = text.trimStart().charAt(0);
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || (typeof value === 'object' && !Array.isArray(value))) return undefined;
    const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    return `json: cannot unmarshal ${found} into Go value of type map[string]interface {}`;
  } catch {
    if (start === '' || /[-[{"0-9tfn]/.test(start)) return 'unexpected end of JSON input';
    return `invalid character '${start}' looking for beginning of value`;
  }
}

function validateUpdate(next: Secret, old: Secret): readonly FieldError[] {
  const errors: FieldError[] = [];
  checkImmutable(errors, 'type', next.type, old.type);
  if (old.immutable !== true) return errors;
  if (next.immutable !== true) errors.push(forbidden('immutable', IMMUTABLE));
  if (!semanticEqual(next.data, old.data)) errors.push(forbidden('data', IMMUTABLE));
  return errors;
}

/** v1 Secret: keys and values in base64, kept out of sight. */
export const secret: KindDefinition<Secret> = {
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  singular: 'secret',
  shortNames: [],
  namespaced: true,
  schemaType: 'Secret',
  validateName: isDNS1123Subdomain,
  applyDefaults,
  validate,
  validateUpdate,
  updateRulesFirst: true,
  statusSubresource: false,
  hasGeneration: false,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  selectableFields: { type: (s) => s.type ?? '' },
  columns: [
    nameColumn,
    { name: 'Type', cell: (s) => s.type ?? '' },
    { name: 'Data', cell: (s) => Object.keys(s.data ?? NOTHING).length },
    ageColumn,
  ],
};
