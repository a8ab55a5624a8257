import type { KindDefinition } from '../../api/kind.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Json, JsonObject } from '../../apimachinery/json.ts';
import { entriesOf, isList, isObject } from '../../apimachinery/object.ts';
import { asJson } from '../printers/value.ts';
import { compare, writeAnnotations, writeLabels } from './common.ts';
import type { DescribeWriter } from './writer.ts';

const SKIPPED: ReadonlySet<string> = new Set([
  '.metadata.managedFields',
  '.metadata.name',
  '.metadata.namespace',
  '.metadata.labels',
  '.metadata.annotations',
]);
const ACRONYMS: ReadonlySet<string> = new Set(['API', 'URL', 'UID', 'OSB', 'GUID']);

/** Kinds without a description of their own: every field, as upstream's generic describer. */
export function describeGeneric(w: DescribeWriter, object: KubeObject, _kind: KindDefinition): void {
  const { metadata } = object;
  w.field('Name', metadata.name ?? '');
  w.field('Namespace', metadata.namespace ?? '');
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  writeFields(w, asJson(object), '', 0);
}

function writeFields(w: DescribeWriter, content: JsonObject, path: string, level: number): void {
  for (const [field, value] of entriesOf(content).sort(([a], [b]) => compare(a, b))) {
    const inner = `${path}.${field}`;
    if (SKIPPED.has(inner)) continue;
    const label = labelOf(field);
    if (isObject(value)) {
      w.write(level, `${label}:\n`);
      writeFields(w, value, inner, level + 1);
    } else if (isList(value)) {
      w.write(level, `${label}:\n`);
      for (const item of value) {
        if (isObject(item)) writeFields(w, item, inner, level + 1);
        else w.write(level + 1, `${text(item)}\n`);
      }
    } else w.write(level, `${label}:\t${text(value)}\n`);
  }
}

function text(value: Json): string {
  if (value === null) return '<nil>';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** `creationTimestamp` as `Creation Timestamp`, `apiVersion` as `API Version`; names of more than letters as they are (`smartLabelFor`). */
function labelOf(field: string): string {
  if (/[^\p{L}-]/u.test(field)) return field;
  const words = field.match(/[A-Z]+(?![a-z])|[A-Z]?[^A-Z-]+|[A-Z]|-+/g) ?? [field];
  return words
    .map((word) =>
      ACRONYMS.has(word.toUpperCase()) ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1),
    )
    .join(' ');
}
