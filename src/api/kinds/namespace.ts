import { type FieldError, invalid } from '../../apimachinery/fielderror.ts';
import { isDNS1123Label, isQualifiedName } from '../../apimachinery/validation.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import type { Namespace, NamespaceSpec, NamespaceStatus } from '../generated/types.ts';
import { type KindDefinition, withField } from '../kind.ts';
import { isTerminating, nameOf } from '../object.ts';

const NAME_LABEL = 'kubernetes.io/metadata.name';
const KUBERNETES_SPEC: NamespaceSpec = Object.freeze({ finalizers: Object.freeze(['kubernetes']) });
const ACTIVE: NamespaceStatus = Object.freeze({ phase: 'Active' });
const NO_SPEC: NamespaceSpec = Object.freeze({});
const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

/** pkg/apis/core/v1/defaults.go SetDefaults_Namespace: the label always says the name. */
function applyDefaults(object: Namespace): Namespace {
  let out = object;
  const name = nameOf(object);
  if (name !== '' && object.metadata.labels?.[NAME_LABEL] !== name) {
    out = {
      ...out,
      metadata: { ...object.metadata, labels: { ...object.metadata.labels, [NAME_LABEL]: name } },
    };
  }
  if (out.spec === undefined) out = { ...out, spec: NO_SPEC };
  if (out.status?.phase === undefined) out = { ...out, status: { ...out.status, ...ACTIVE } };
  return out;
}

/** A namespace starts Active and is held by `kubernetes` until its content is gone. */
function prepareForCreate(object: Namespace): Namespace {
  const finalizers = object.spec?.finalizers ?? [];
  const spec = finalizers.includes('kubernetes')
    ? object.spec
    : finalizers.length === 0
      ? KUBERNETES_SPEC
      : { finalizers: [...finalizers, 'kubernetes'] };
  return { ...object, spec, status: ACTIVE };
}

/** Finalizers change through the subresource `finalize` only. */
function prepareForUpdate(next: Namespace, old: Namespace): Namespace {
  return withField(next, 'spec', old.spec);
}

function validate(object: Namespace): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const finalizer of object.spec.finalizers ?? []) {
    for (const message of isQualifiedName(finalizer))
      errors.push(invalid('spec.finalizers', finalizer, message));
    if (!finalizer.includes('/') && !STANDARD_FINALIZERS.has(finalizer)) {
      const message = 'name is neither a standard finalizer name nor is it fully qualified';
      errors.push(invalid('spec.finalizers', finalizer, message));
    }
  }
  return errors;
}

/** ValidateNamespaceStatusUpdate; the path is upstream's. */
function validateUpdate(next: Namespace, old: Namespace): readonly FieldError[] {
  if (next.status === old.status) return [];
  const phase = next.status?.phase ?? '';
  if (isTerminating(next)) {
    if (phase === 'Terminating') return [];
    const message = "may only be 'Terminating' if `deletionTimestamp` is not empty";
    return [invalid('status.Phase', phase, message)];
  }
  if (phase === 'Active') return [];
  return [invalid('status.Phase', phase, "may only be 'Active' if `deletionTimestamp` is empty")];
}

/** v1 Namespace. */
export const namespace: KindDefinition<Namespace> = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  namespaced: false,
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  schemaType: 'Namespace',
  validateName: isDNS1123Label,
  applyDefaults,
  prepareForCreate,
  prepareForUpdate,
  validate,
  validateUpdate,
  statusSubresource: true,
  hasGeneration: false,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  selectableFields: { name: nameOf, 'status.phase': (ns) => ns.status?.phase ?? '' },
  subresources: ['finalize'],
  columns: [nameColumn, { name: 'Status', cell: (ns) => ns.status?.phase ?? '' }, ageColumn],
};
