import type { ObjectMeta, OwnerReference } from '../api/generated/types.ts';
import type { KindDefinition } from '../api/kind.ts';
import { type FieldError, forbidden, index, invalid, required, tooLong } from '../apimachinery/fielderror.ts';
import { byteLength, isQualifiedName, isValidLabelValue } from '../apimachinery/validation.ts';

/** Bytes that all annotations of an object may take together, keys and values. */
const ANNOTATIONS_LIMIT = 256 * 1024;
const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);
/** Kinds that may not own anything (pkg/api/validation/objectmeta.go). */
const BANNED_OWNERS: ReadonlySet<string> = new Set(['v1/Event']);

/** Maps found valid before: label sets of a template are shared by all its pods, and never change. */
const validLabels = new WeakSet<object>();

/**
 * The generic rules of metadata (apimachinery pkg/api/validation/objectmeta.go ValidateObjectMeta).
 * Parts that are the very same as in `old` were found valid when that was stored.
 */
export function validateObjectMeta(kind: KindDefinition, meta: ObjectMeta, old?: ObjectMeta): FieldError[] {
  const errors: FieldError[] = [];
  if (old === undefined) validateNames(kind, meta, errors);
  if (meta.labels !== old?.labels) validateLabels(meta.labels, errors);
  if (meta.annotations !== old?.annotations) validateAnnotations(meta.annotations, errors);
  if (meta.ownerReferences !== old?.ownerReferences) validateOwnerReferences(meta.ownerReferences, errors);
  if (meta.finalizers !== old?.finalizers) {
    validateFinalizers(meta.finalizers, errors);
    if (old?.deletionTimestamp !== undefined) noNewFinalizers(meta.finalizers, old.finalizers, errors);
  }
  return errors;
}

function validateNames(kind: KindDefinition, meta: ObjectMeta, errors: FieldError[]): void {
  if (meta.generateName !== undefined && meta.generateName !== '') {
    // The prefix may end in a hyphen: something is going to follow it.
    const masked = meta.generateName.replace(/-$/, '') || 'a';
    for (const complaint of kind.validateName(masked)) {
      errors.push(invalid('metadata.generateName', meta.generateName, complaint));
    }
  }
  if (meta.name === undefined || meta.name === '') {
    errors.push(required('metadata.name', 'name or generateName is required'));
  } else {
    for (const complaint of kind.validateName(meta.name)) errors.push(invalid('metadata.name', meta.name, complaint));
  }
}

function validateLabels(labels: ObjectMeta['labels'], errors: FieldError[]): void {
  if (labels === undefined || validLabels.has(labels)) return;
  const before = errors.length;
  for (const key of Object.keys(labels)) {
    for (const complaint of isQualifiedName(key)) errors.push(invalid('metadata.labels', key, complaint));
    const value = labels[key] as string;
    for (const complaint of isValidLabelValue(value)) errors.push(invalid('metadata.labels', value, complaint));
  }
  if (errors.length === before && Object.isFrozen(labels)) validLabels.add(labels);
}

function validateAnnotations(annotations: ObjectMeta['annotations'], errors: FieldError[]): void {
  if (annotations === undefined) return;
  let size = 0;
  for (const key of Object.keys(annotations)) {
    const value = annotations[key] as string;
    size += byteLength(key) + byteLength(value);
    // Keys count as qualified names when put in lower case, for history's sake.
    for (const complaint of isQualifiedName(key.toLowerCase())) {
      errors.push(invalid('metadata.annotations', key, complaint));
    }
  }
  if (size > ANNOTATIONS_LIMIT) errors.push(tooLong('metadata.annotations', ANNOTATIONS_LIMIT));
}

function validateOwnerReferences(references: readonly OwnerReference[] | undefined, errors: FieldError[]): void {
  if (references === undefined) return;
  let controller: string | undefined;
  references.forEach((reference, i) => {
    validateOwnerReference(reference, index('metadata.ownerReferences', i), errors);
    if (reference.controller !== true) return;
    if (controller === undefined) {
      controller = reference.kind;
      return;
    }
    const detail = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${reference.kind}`;
    errors.push(invalid('metadata.ownerReferences', references, detail));
  });
}

function validateOwnerReference(reference: OwnerReference, path: string, errors: FieldError[]): void {
  const { apiVersion, kind, name, uid } = reference;
  const slash = apiVersion.indexOf('/');
  if (apiVersion.slice(slash + 1) === '') {
    errors.push(invalid(`${path}.apiVersion`, apiVersion, 'version must not be empty'));
  }
  if (kind === '') errors.push(invalid(`${path}.kind`, kind, 'must not be empty'));
  if (name === '') errors.push(invalid(`${path}.name`, name, 'must not be empty'));
  if (uid === '') errors.push(invalid(`${path}.uid`, uid, 'must not be empty'));
  if (BANNED_OWNERS.has(`${apiVersion}/${kind}`)) {
    const [group, version] = slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
    errors.push(invalid(path, reference, `${group}/${version}, Kind=${kind} is disallowed from being an owner`));
  }
}

function validateFinalizers(finalizers: readonly string[] | undefined, errors: FieldError[]): void {
  if (finalizers === undefined) return;
  for (const finalizer of finalizers) {
    for (const complaint of isQualifiedName(finalizer)) {
      errors.push(invalid('metadata.finalizers', finalizer, complaint));
    }
    if (!finalizer.includes('/') && !STANDARD_FINALIZERS.has(finalizer)) {
      const detail = 'name is neither a standard finalizer name nor is it fully qualified';
      errors.push(invalid('metadata.finalizers', finalizer, detail));
    }
  }
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    const detail = 'finalizer orphan and foregroundDeletion cannot be both set';
    errors.push(invalid('metadata.finalizers', finalizers, detail));
  }
}

function noNewFinalizers(
  next: readonly string[] | undefined,
  old: readonly string[] | undefined,
  errors: FieldError[],
): void {
  const extra = (next ?? []).filter((finalizer) => old === undefined || !old.includes(finalizer));
  if (extra.length === 0) return;
  const shown = `[]string{${extra.sort().map((f) => JSON.stringify(f)).join(', ')}}`;
  const detail = `no new finalizers can be added if the object is being deleted, found new finalizers ${shown}`;
  errors.push(forbidden('metadata.finalizers', detail));
}

