import type { ManagedFieldsEntry } from '../api/generated/types.ts';
import { apiVersionOf } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';
import { type FieldSet, union } from '../apimachinery/fieldset.ts';
import { isConflict } from '../apimachinery/status.ts';
import type { KubectlContext } from './context.ts';
import { isFailed } from './errors.ts';
import { LAST_APPLIED } from './lastapplied.ts';
import { getObject, patchObject } from './requests.ts';
import type { ObjectInfo } from './resources.ts';

/**
 * From client-side apply to server-side apply (client-go util/csaupgrade, kubectl pkg/cmd/apply/apply.go): what
 * the one had applied becomes what the other has, so that what the file no longer says goes.
 */

const DEFAULT_MANAGER = 'kubectl';
/** Who owns the annotation of client-side apply from then on. */
const ANNOTATION_MANAGER = 'kubectl-last-applied';
const MAX_RETRIES = 5;

/**
 * Makes what client-side apply owns in an object server-side apply's, if there is such; true if it did, so
 * that the same is to be applied again. What fails here is tried again with the next apply.
 */
export function migrateToServerSide(
  context: KubectlContext,
  info: ObjectInfo,
  applied: KubeObject,
  manager: string,
): boolean {
  const kept = keepAnnotation(context, info, applied, manager);
  if (kept === undefined) return false;
  const names = new Set(annotationOwners(kept, 'Update').map((entry) => entry.manager ?? ''));
  let live = kept;
  for (let attempt = 0; attempt < MAX_RETRIES; attempt++) {
    const upgraded = upgrade(live.metadata.managedFields ?? [], names, manager);
    if (upgraded === undefined) return false;
    const patch = [
      { op: 'replace', path: '/metadata/managedFields', value: upgraded },
      { op: 'replace', path: '/metadata/resourceVersion', value: live.metadata.resourceVersion },
    ];
    const patched = patchObject(context, info.kind, info.namespace, info.name, 'json', patch, {});
    if (!isFailed(patched)) return true;
    if (typeof patched.failure === 'string' || !isConflict(patched.failure)) return false;
    const again = getObject(context, info.kind, info.namespace, info.name);
    if (isFailed(again)) return false;
    live = again.object;
  }
  return false;
}

/** The object in which somebody who applies owns the annotation, lest it goes with the migration. */
function keepAnnotation(
  context: KubectlContext,
  info: ObjectInfo,
  live: KubeObject,
  manager: string,
): KubeObject | undefined {
  const annotation = live.metadata.annotations?.[LAST_APPLIED];
  if (manager !== DEFAULT_MANAGER || annotation === undefined) return live;
  if (annotationOwners(live, 'Apply').length > 0) return live;
  const { name, namespace } = live.metadata;
  const body = {
    apiVersion: apiVersionOf(info.kind),
    kind: info.kind.kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      annotations: { [LAST_APPLIED]: annotation },
    },
  };
  const options = { fieldManager: ANNOTATION_MANAGER };
  const kept = patchObject(context, info.kind, info.namespace, info.name, 'apply', body, options);
  return isFailed(kept) ? undefined : kept.object;
}

/** An object with the owners of its fields, wherever the server finds them. */
export function withOwners(context: KubectlContext, info: ObjectInfo): ObjectInfo {
  if (info.object.metadata.managedFields !== undefined) return info;
  const { kind, namespace, name } = info;
  const response = context.client.raw({
    verb: 'get',
    group: kind.group,
    resource: kind.plural,
    name,
    ...(namespace === '' ? {} : { namespace }),
    options: { managedFields: true },
  });
  return response.kind === 'object' ? { ...info, object: response.object } : info;
}

function annotationOwners(object: KubeObject, operation: string): readonly ManagedFieldsEntry[] {
  return (object.metadata.managedFields ?? []).filter(
    (entry) => entry.operation === operation && ownsAnnotation(entry),
  );
}

function ownsAnnotation({ fieldsV1 }: ManagedFieldsEntry): boolean {
  const set = (fieldsV1 ?? {}) as FieldSet;
  return set['f:metadata']?.['f:annotations']?.[`f:${LAST_APPLIED}`] !== undefined;
}

/** The entries with those of client-side apply made one with that of server-side apply; undefined: all is well. */
function upgrade(
  entries: readonly ManagedFieldsEntry[],
  names: ReadonlySet<string>,
  manager: string,
): readonly ManagedFieldsEntry[] | undefined {
  const old = entries.filter(
    (entry) =>
      entry.operation === 'Update' && (entry.subresource ?? '') === '' && names.has(entry.manager ?? ''),
  );
  const [first] = old;
  if (first === undefined) return undefined;
  const known = entries.find(
    (entry) =>
      entry.operation === 'Apply' && entry.manager === manager && entry.apiVersion === first.apiVersion,
  );
  const base: ManagedFieldsEntry = known ?? { ...first, manager, operation: 'Apply' };
  const fields = old.reduce<FieldSet | undefined>(
    (all, { fieldsV1 }) => union(all, fieldsV1 as FieldSet | undefined),
    base.fieldsV1 as FieldSet | undefined,
  );
  const others = entries.filter((entry) => entry !== known && !old.includes(entry));
  return [{ ...base, fieldsV1: fields ?? {} }, ...others];
}
