import {
  child,
  type FieldError,
  forbidden,
  index,
  invalid,
  required,
} from '../../apimachinery/fielderror.ts';
import { goQuote } from '../../apimachinery/gostring.ts';
import { isDNS1123Label, isQualifiedName } from '../../apimachinery/validation.ts';
import type { ObjectMeta, OwnerReference } from '../generated/types.ts';
import { checkImmutable, checkNonNegative, complain, isUnset } from './common.ts';
import { validateAnnotations, validateLabels } from './labels.ts';

/** What an object's kind says about its metadata. */
export interface MetadataRules {
  readonly namespaced: boolean;
  /** Complaints about a name. */
  validateName(name: string): readonly string[];
}

const PATH = 'metadata';
const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

/**
 * The metadata of an object to be stored (ValidateObjectMeta). Kinds do not call this in their own
 * `validate`: the API server runs it for every kind, ahead of the kind's rules.
 */
export function validateObjectMeta(meta: ObjectMeta, rules: MetadataRules): readonly FieldError[] {
  const { labels, annotations, ownerReferences, finalizers } = meta;
  const errors: FieldError[] = [];
  checkNames(errors, meta, rules);
  checkNonNegative(errors, 'metadata.generation', meta.generation);
  if (labels !== undefined) errors.push(...validateLabels(labels, 'metadata.labels'));
  if (annotations !== undefined) errors.push(...validateAnnotations(annotations, 'metadata.annotations'));
  if (ownerReferences !== undefined) checkOwnerReferences(errors, ownerReferences);
  if (finalizers !== undefined) checkFinalizers(errors, finalizers);
  return errors;
}

function checkNames(errors: FieldError[], meta: ObjectMeta, rules: MetadataRules): void {
  const { name, generateName, namespace } = meta;
  if (!isUnset(generateName)) {
    complain(
      errors,
      'metadata.generateName',
      generateName,
      rules.validateName(maskTrailingDash(generateName)),
    );
  }
  if (isUnset(name)) errors.push(required('metadata.name', 'name or generateName is required'));
  else complain(errors, 'metadata.name', name, rules.validateName(name));
  const namespacePath = 'metadata.namespace';
  if (!rules.namespaced) {
    if (!isUnset(namespace)) errors.push(forbidden(namespacePath, 'not allowed on this type'));
  } else if (isUnset(namespace)) errors.push(required(namespacePath));
  else complain(errors, namespacePath, namespace, isDNS1123Label(namespace));
}

/** A prefix may end in a hyphen, because a suffix follows. */
function maskTrailingDash(name: string): string {
  return name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name;
}

function checkOwnerReferences(errors: FieldError[], references: readonly OwnerReference[]): void {
  const path = child(PATH, 'ownerReferences');
  let controller = '';
  for (const reference of references) {
    checkOwnerReference(errors, path, reference);
    if (reference.controller !== true) continue;
    const name = `${reference.kind}/${reference.name}`;
    if (controller !== '') {
      const why = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${name}`;
      errors.push(invalid(path, references, why));
    } else controller = name;
  }
}

function checkOwnerReference(errors: FieldError[], path: string, reference: OwnerReference): void {
  const { apiVersion, kind, name, uid } = reference;
  if (isUnset(apiVersion)) errors.push(invalid(child(path, 'apiVersion'), '', 'version must not be empty'));
  if (isUnset(kind)) errors.push(invalid(child(path, 'kind'), '', 'must not be empty'));
  if (isUnset(name)) errors.push(invalid(child(path, 'name'), '', 'must not be empty'));
  if (isUnset(uid)) errors.push(invalid(child(path, 'uid'), '', 'must not be empty'));
  if (apiVersion === 'v1' && kind === 'Event') {
    errors.push(invalid(path, reference, '/v1, Kind=Event is disallowed from being an owner'));
  }
}

function checkFinalizers(errors: FieldError[], finalizers: readonly string[]): void {
  const path = child(PATH, 'finalizers');
  for (const finalizer of finalizers) complain(errors, path, finalizer, isQualifiedName(finalizer));
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(invalid(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
  for (const [i, finalizer] of finalizers.entries()) {
    if (finalizer.includes('/') || STANDARD_FINALIZERS.has(finalizer)) continue;
    const why = 'name is neither a standard finalizer name nor is it fully qualified';
    errors.push(invalid(index(path, i), finalizer, why));
  }
}

/**
 * What an update may not do to metadata (ValidateObjectMetaUpdate), for every kind. `next` is as it
 * would be stored; the formats of labels and the like are validateObjectMeta's.
 */
export function validateObjectMetaUpdate(next: ObjectMeta, old: ObjectMeta): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (old.deletionTimestamp !== undefined && next.finalizers !== old.finalizers) {
    const added = (next.finalizers ?? []).filter((finalizer) => !(old.finalizers ?? []).includes(finalizer));
    if (added.length > 0) {
      const list = `[]string{${[...new Set(added)].sort().map(goQuote).join(', ')}}`;
      const why = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`;
      errors.push(forbidden(child(PATH, 'finalizers'), why));
    }
  }
  if ((next.generation ?? 0) < (old.generation ?? 0)) {
    errors.push(invalid(child(PATH, 'generation'), next.generation ?? 0, 'must not be decremented'));
  }
  const fixed = [
    'name',
    'namespace',
    'uid',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
  ] as const;
  for (const key of fixed) checkImmutable(errors, child(PATH, key), next[key], old[key]);
  return errors;
}
