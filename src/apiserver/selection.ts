import type { KindDefinition } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';
import type { RequestOptions } from '../api/request.ts';
import { EVERY_FIELD, type FieldSelector, parseFieldSelector } from '../apimachinery/fields.ts';
import { goQuote } from '../apimachinery/gostring.ts';
import { parseSelector } from '../apimachinery/labelparser.ts';
import { EVERYTHING, type Selector } from '../apimachinery/labels.ts';
import { badRequest, isStatus, type Status } from '../apimachinery/status.ts';

/** Which objects of a resource a list or watch wants. */
export interface Selection {
  /** Empty: all namespaces. */
  readonly namespace: string;
  readonly labels: Selector;
  readonly fields: FieldSelector;
  /** The one name that `metadata.name=` demands. */
  readonly name: string | undefined;
  /** True when nothing but the namespace restricts it. */
  readonly everything: boolean;
  matches(object: KubeObject): boolean;
}

/** The value of a selectable field; undefined where the kind has no such field. */
export function fieldOfObject(kind: KindDefinition, object: KubeObject, field: string): string | undefined {
  if (field === 'metadata.name') return object.metadata.name;
  if (field === 'metadata.namespace') return object.metadata.namespace;
  const selectable = kind.selectableFields;
  return selectable !== undefined && Object.hasOwn(selectable, field)
    ? selectable[field]?.(object)
    : undefined;
}

function isSelectable(kind: KindDefinition, field: string): boolean {
  if (field === 'metadata.name' || field === 'metadata.namespace') return true;
  return kind.selectableFields !== undefined && Object.hasOwn(kind.selectableFields, field);
}

/**
 * Compiles the selectors of a list or watch. A selector that cannot be read, or a field that the
 * kind does not offer, is a 400 in upstream's words.
 */
export function selectionOf(
  kind: KindDefinition,
  namespace: string,
  name: string | undefined,
  options: RequestOptions,
): Selection | Status {
  const labels = readLabels(options.labelSelector);
  if (isStatus(labels)) return labels;
  const fields = readFields(kind, options.fieldSelector);
  if (isStatus(fields)) return fields;
  const wanted = fields.requiresExactMatch('metadata.name') ?? name;
  const matches = matcher(kind, labels, fields, name);
  const everything = labels === EVERYTHING && fields === EVERY_FIELD && name === undefined;
  return { namespace, labels, fields, name: wanted, everything, matches };
}

function matcher(
  kind: KindDefinition,
  labels: Selector,
  fields: FieldSelector,
  name: string | undefined,
): (object: KubeObject) => boolean {
  if (fields.isEmpty() && name === undefined) {
    if (labels.isEmpty() && labels === EVERYTHING) return () => true;
    return (object) => labels.matches(object.metadata.labels);
  }
  const ofFields = fieldMatcher(kind, fields);
  return (object) =>
    (name === undefined || object.metadata.name === name) &&
    labels.matches(object.metadata.labels) &&
    ofFields(object);
}

/** Every change of a pod is put to the field selectors of all who watch pods: each is compiled once. */
function fieldMatcher(kind: KindDefinition, fields: FieldSelector): (object: KubeObject) => boolean {
  const tests = fields.requirements.map(({ field, operator, value }) => {
    const get = kind.selectableFields?.[field] ?? ((object) => fieldOfObject(kind, object, field));
    return { get, equal: operator === '=', value };
  });
  return (object) => {
    for (let i = 0; i < tests.length; i++) {
      const test = tests[i] as (typeof tests)[number];
      if (((test.get(object) ?? '') === test.value) !== test.equal) return false;
    }
    return true;
  };
}

function readLabels(text: string | undefined): Selector | Status {
  if (text === undefined || text === '') return EVERYTHING;
  if (text !== lastText) {
    lastSelector = parseSelector(text);
    lastText = text;
  }
  return 'error' in lastSelector ? badRequest(lastSelector.error) : lastSelector;
}

/** What the text read last says: a thousand proxies watch the same objects. */
let lastText = '';
let lastSelector: ReturnType<typeof parseSelector> = EVERYTHING;

function readFields(kind: KindDefinition, text: string | undefined): FieldSelector | Status {
  if (text === undefined || text === '') return EVERY_FIELD;
  const selector = parseFieldSelector(text);
  if ('error' in selector) return badRequest(selector.error);
  for (const { field } of selector.requirements) {
    if (isSelectable(kind, field)) continue;
    return badRequest(
      kind.selectableFields === undefined && kind.custom === undefined
        ? `${goQuote(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`
        : `field label not supported: ${field}`,
    );
  }
  return selector;
}
