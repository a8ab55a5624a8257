import type { JsonObject } from '../apimachinery/json.ts';
import { isObject, own } from '../apimachinery/object.ts';
import { faults } from '../cluster/faults/registry.ts';
import { freeObject, join, oneOf, type Shape } from './shape.ts';

const kinds = faults.map(({ kind }) => kind);

/** A fault by its kind, with the fields that kind takes: `{kind: NodeDown, node: n1}`. */
export const faultShape: Shape<JsonObject> = {
  read(value, path, issues) {
    const fault = freeObject.read(value, path, issues);
    if (fault === undefined || !isObject(fault)) return undefined;
    const kind = oneOf(kinds).read(own(fault, 'kind') ?? null, join(path, 'kind'), issues);
    if (kind === undefined) return undefined;
    const fields = ['kind', ...(faults.find((known) => known.kind === kind)?.fields ?? [])];
    const unknown = Object.keys(fault).find((field) => !fields.includes(field));
    if (unknown === undefined) return fault;
    issues.add('UnknownField', join(path, unknown), `one of ${fields.join(', ')}`, unknown);
    return undefined;
  },
  schema: () => ({
    type: 'object',
    properties: { kind: { enum: [...kinds] } },
    required: ['kind'],
  }),
};
