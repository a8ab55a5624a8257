import { base64ByteLength } from '../../apimachinery/base64.ts';
import { semanticEqual } from '../../apimachinery/equal.ts';
import {
  type FieldError,
  forbidden,
  invalid,
  key as keyPath,
  tooLong,
} from '../../apimachinery/fielderror.ts';
import { byteLength, isConfigMapKey, isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import type { ConfigMap } from '../generated/types.ts';
import type { KindDefinition } from '../kind.ts';

/** The most bytes that the values of a ConfigMap may have together. */
const MAX_SIZE = 1024 * 1024;
const IMMUTABLE = 'field is immutable when `immutable` is set';
const NOTHING: Readonly<Record<string, string>> = Object.freeze({});

/** pkg/apis/core/validation/validation.go ValidateConfigMap; `[]` is how upstream names the whole object. */
function validate(object: ConfigMap): readonly FieldError[] {
  const { data = NOTHING, binaryData = NOTHING } = object;
  const errors: FieldError[] = [];
  let size = 0;
  for (const key of Object.keys(data)) {
    const path = keyPath('data', key);
    for (const message of isConfigMapKey(key)) errors.push(invalid(path, key, message));
    if (Object.hasOwn(binaryData, key)) {
      errors.push(invalid(path, key, 'duplicate of key present in binaryData'));
    }
    size += byteLength(data[key] ?? '');
  }
  for (const key of Object.keys(binaryData)) {
    for (const message of isConfigMapKey(key)) errors.push(invalid(keyPath('binaryData', key), key, message));
    size += base64ByteLength(binaryData[key] ?? '');
  }
  if (size > MAX_SIZE) errors.push(tooLong('[]', MAX_SIZE));
  return errors;
}

function validateUpdate(next: ConfigMap, old: ConfigMap): readonly FieldError[] {
  if (old.immutable !== true) return [];
  const errors: FieldError[] = [];
  if (next.immutable !== true) errors.push(forbidden('immutable', IMMUTABLE));
  if (!semanticEqual(next.data, old.data)) errors.push(forbidden('data', IMMUTABLE));
  if (!semanticEqual(next.binaryData, old.binaryData)) errors.push(forbidden('binaryData', IMMUTABLE));
  return errors;
}

/** v1 ConfigMap: settings as keys and values. */
export const configMap: KindDefinition<ConfigMap> = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  singular: 'configmap',
  shortNames: ['cm'],
  namespaced: true,
  schemaType: 'ConfigMap',
  validateName: isDNS1123Subdomain,
  applyDefaults: (object) => object,
  validate,
  validateUpdate,
  updateRulesFirst: true,
  statusSubresource: false,
  hasGeneration: false,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  columns: [
    nameColumn,
    {
      name: 'Data',
      cell: (c) => Object.keys(c.data ?? NOTHING).length + Object.keys(c.binaryData ?? NOTHING).length,
    },
    ageColumn,
  ],
};
