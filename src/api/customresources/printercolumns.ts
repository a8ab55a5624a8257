import type { Json } from '../../apimachinery/json.ts';
import { compileJsonPath } from '../../apimachinery/jsonpath.ts';
import { parseTime } from '../../apimachinery/time.ts';
import { ageColumn, ageSince, nameColumn } from '../columns.ts';
import type { CustomResourceColumnDefinition } from '../generated/types.ts';
import type { Column } from '../kind.ts';
import type { KubeObject } from '../object.ts';

/**
 * The columns of a custom kind: those of its definition after the name, or its age if it has none
 * (apiextensions-apiserver pkg/registry/customresource/tableconvertor). A column with a priority is wide.
 */
export function printerColumns(
  definitions: readonly CustomResourceColumnDefinition[] | undefined,
): readonly Column<KubeObject>[] {
  if (definitions === undefined || definitions.length === 0) return [nameColumn, ageColumn];
  return [nameColumn, ...definitions.map(columnOf)];
}

function columnOf(definition: CustomResourceColumnDefinition): Column<KubeObject> {
  const { name, jsonPath, type, priority = 0 } = definition;
  const path = compileJsonPath(`{${jsonPath}}`, true);
  const cell = (object: KubeObject, now: number): string | number => {
    if ('error' in path) return '';
    const found = path.find(object as unknown as Json);
    if ('error' in found) return '';
    const value = found[0]?.[0];
    if (value === undefined || value === null) return '';
    if (type !== 'string') return cellOf(type, value, now);
    const text = path.print(object as unknown as Json);
    return typeof text === 'string' ? text : '';
  };
  return priority > 0 ? { name, wide: true, cell } : { name, cell };
}

function cellOf(type: string, value: Json, now: number): string | number {
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : '';
    case 'number':
      return typeof value === 'number' ? value : '';
    case 'boolean':
      return typeof value === 'boolean' ? String(value) : '';
    case 'date':
      if (typeof value !== 'string') return '';
      return parseTime(value) === undefined ? '<invalid>' : ageSince(value, now);
    default:
      return '';
  }
}
