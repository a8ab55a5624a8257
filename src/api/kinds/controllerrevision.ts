import { type FieldError, invalid, required } from '../../apimachinery/fielderror.ts';
import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import type { ControllerRevision } from '../generated/types.ts';
import type { KindDefinition } from '../kind.ts';
import { controllerOf } from '../object.ts';
import { checkImmutable, IS_NEGATIVE } from '../validation/common.ts';

function validate({ data, revision }: ControllerRevision): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (data === undefined || data === null) errors.push(required('data', 'data is mandatory'));
  if ((revision ?? 0) < 0) errors.push(invalid('revision', revision, IS_NEGATIVE));
  return errors;
}

function validateUpdate(next: ControllerRevision, old: ControllerRevision): readonly FieldError[] {
  const errors: FieldError[] = [];
  checkImmutable(errors, 'data', next.data, old.data);
  return errors;
}

/** `statefulset.apps/web`, or `<none>`: who a revision is kept for (formatResourceName). */
function controllerCell(object: ControllerRevision): string {
  const owner = controllerOf(object);
  if (owner === undefined) return '<none>';
  const [group, version] = (owner.apiVersion ?? '').split('/');
  const suffix = version === undefined ? '' : `.${group}`;
  return `${owner.kind.toLowerCase()}${suffix}/${owner.name}`;
}

/** ControllerRevisions: former templates of StatefulSets and DaemonSets (pkg/registry/apps/controllerrevision/strategy.go). */
export const controllerRevision: KindDefinition<ControllerRevision> = {
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  singular: 'controllerrevision',
  shortNames: [],
  namespaced: true,
  schemaType: 'ControllerRevision',
  validateName: isDNS1123Subdomain,
  applyDefaults: (object) => object,
  validate,
  validateUpdate,
  statusSubresource: false,
  hasGeneration: false,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  columns: [
    nameColumn,
    { name: 'Controller', cell: controllerCell },
    { name: 'Revision', cell: ({ revision }) => revision ?? 0 },
    ageColumn,
  ],
};
