import type { Json, JsonObject } from '../../apimachinery/json.ts';
import { isList, isObject, own } from '../../apimachinery/object.ts';
import { changeAt, changeField, type FieldSpec } from './fieldspec.ts';
import {
  ANNOTATION_FIELDS,
  NAMESPACE_FIELDS,
  REPLICA_FIELDS,
  SELECTOR_LABEL_FIELDS,
  TEMPLATE_LABEL_FIELDS,
  UNPREFIXED,
} from './fieldspecs.ts';
import type { LabelRule } from './kustomization.ts';
import { gvkText, idText, isClusterScoped, isSelected, sameId } from './resid.ts';
import type { ResMap } from './resmap.ts';
import type { Resource } from './resource.ts';

/** kustomize's simple transformers (api/internal/builtins). Each changes the resources in place; a text says what is wrong. */

export function setNamespace(map: ResMap, namespace: string): string | undefined {
  for (const resource of map.resources) {
    resource.remember();
    const { id } = resource;
    if (!isClusterScoped(id)) resource.setMetadata('namespace', namespace);
    let { value } = resource;
    for (const spec of NAMESPACE_FIELDS)
      if (isSelected(id, spec)) value = changeField(value, spec, () => namespace);
    if (id.kind === 'RoleBinding' || id.kind === 'ClusterRoleBinding')
      value = changeAt(value, ['subjects'], false, (subjects) =>
        defaultAccounts(subjects, namespace),
      ) as JsonObject;
    resource.value = value;
    const same = map.resources.filter((other) => sameId(other.id, resource.id));
    if (same.length > 1)
      return `namespace transformation produces ID conflict: [${same.map((other) => idText(other.id)).join(' ')}]`;
  }
  return undefined;
}

/** The subjects with the namespace set for the service account `default`; others are found by their name later. */
function defaultAccounts(subjects: Json | undefined, namespace: string): Json | undefined {
  if (!isList(subjects)) return subjects;
  return subjects.map((subject) =>
    isObject(subject) && own(subject, 'kind') === 'ServiceAccount' && own(subject, 'name') === 'default'
      ? { ...subject, namespace }
      : subject,
  );
}

export function addNamePrefix(map: ResMap, prefix: string): void {
  for (const resource of map.resources) {
    if (prefix === '' || keepsName(resource)) continue;
    resource.remember();
    resource.prefixes.push(prefix);
    resource.setName(prefix + resource.id.name);
  }
}

export function addNameSuffix(map: ResMap, suffix: string): void {
  for (const resource of map.resources) {
    if (suffix === '' || keepsName(resource)) continue;
    resource.remember();
    resource.suffixes.push(suffix);
    resource.setName(resource.id.name + suffix);
  }
}

function keepsName(resource: Resource): boolean {
  return UNPREFIXED.some((pattern) => isSelected(resource.originalId, pattern));
}

/** Labels of an entry of `labels`: on the objects, and as far as it says in templates and selectors. */
export function addLabels(map: ResMap, rule: LabelRule): void {
  const builtIn =
    rule.includeSelectors === true
      ? SELECTOR_LABEL_FIELDS
      : rule.includeTemplates === true
        ? TEMPLATE_LABEL_FIELDS
        : [{ path: 'metadata/labels', create: true }];
  setEntries(map, rule.pairs ?? {}, [...(rule.fields ?? []), ...builtIn]);
}

export function addCommonLabels(map: ResMap, labels: Readonly<Record<string, string>>): void {
  setEntries(map, labels, SELECTOR_LABEL_FIELDS);
}

export function addAnnotations(map: ResMap, annotations: Readonly<Record<string, string>>): void {
  setEntries(map, annotations, ANNOTATION_FIELDS);
}

function setEntries(
  map: ResMap,
  entries: Readonly<Record<string, string>>,
  specs: readonly FieldSpec[],
): void {
  if (Object.keys(entries).length === 0) return;
  for (const resource of map.resources)
    for (const spec of specs)
      if (isSelected(resource.id, spec))
        resource.value = changeField(resource.value, spec, (field) =>
          field === undefined || isObject(field) ? { ...field, ...entries } : field,
        );
}

export function setReplicas(map: ResMap, name: string, count: number): string | undefined {
  let found = false;
  for (const spec of REPLICA_FIELDS) {
    for (const resource of map.resources) {
      if (!resource.allIds.some((id) => id.name === name && isSelected(id, spec))) continue;
      found = true;
      resource.value = changeField(resource.value, spec, () => count);
    }
  }
  if (found) return undefined;
  const types = REPLICA_FIELDS.map((spec) => gvkText(spec)).join(' ');
  return `resource with name ${name} does not match a config with the following GVK [${types}]`;
}
