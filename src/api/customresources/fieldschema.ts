import type { Schema, SchemaField, SchemaType } from '../../apimachinery/schema.ts';
import { schema as builtin } from '../schema.ts';
import { additionalSchema, type Structural } from './structural.ts';

/** The types of a custom kind's objects, and what its definition says of them. */
export interface FieldSchema {
  readonly schema: Schema;
  /** The text about a field of a type; about the type itself when the field is empty. */
  describe(typeName: string, field: string): string | undefined;
}

const OBJECT_TYPE: Readonly<Record<string, SchemaField>> = {
  apiVersion: { type: 'string' },
  kind: { type: 'string' },
  metadata: { type: 'ref', ref: 'ObjectMeta' },
};

/**
 * The schema as types by name, as the built-in kinds have them: who owns which field and `kubectl
 * explain` then work the same for both. The root type has the name of the kind, the types below have
 * their path: `CronTab.spec`.
 */
export function fieldSchemaOf(root: Structural, kind: string): FieldSchema {
  const types: Record<string, SchemaType> = {};
  const texts = new Map<string, string>();
  const builder = new Builder(types, texts);
  builder.struct({ ...root, embedded: true }, kind);
  return {
    schema: { ...builtin, ...types },
    describe: (typeName, field) => texts.get(`${typeName} ${field}`),
  };
}

class Builder {
  readonly #types: Record<string, SchemaType>;
  readonly #texts: Map<string, string>;

  constructor(types: Record<string, SchemaType>, texts: Map<string, string>) {
    this.#types = types;
    this.#texts = texts;
  }

  /** Adds the type of an object with these properties. */
  struct(schema: Structural, name: string): void {
    const required = new Set(schema.props.required ?? []);
    const fields: Record<string, SchemaField> = schema.embedded ? { ...OBJECT_TYPE } : {};
    for (const [key, property] of schema.properties) {
      if (schema.embedded && Object.hasOwn(OBJECT_TYPE, key)) continue;
      const field = this.#field(property, `${name}.${key}`);
      fields[key] = required.has(key) ? { ...field, required: true } : field;
      this.#describe(`${name} ${key}`, property);
    }
    this.#describe(`${name} `, schema);
    this.#types[name] = { fields };
  }

  #describe(place: string, { props }: Structural): void {
    if (props.description !== undefined && props.description !== '')
      this.#texts.set(place, props.description);
  }

  #field(schema: Structural, name: string): SchemaField {
    if (schema.intOrString) return { type: 'intOrString' };
    switch (schema.type) {
      case 'object':
        return this.#object(schema, name);
      case 'array':
        return this.#list(schema, name);
      case 'string':
      case 'boolean':
      case 'integer':
      case 'number':
        return { type: schema.type };
      default:
        return { type: 'any' };
    }
  }

  #object(schema: Structural, name: string): SchemaField {
    const atomic = schema.mapType === 'atomic' ? ({ mapType: 'atomic' } as const) : {};
    if (schema.properties.size > 0 || schema.embedded) {
      this.struct(schema, name);
      return { type: 'ref', ref: name, ...atomic };
    }
    const values = additionalSchema(schema);
    if (values !== undefined) return { type: 'map', items: this.#field(values, name), ...atomic };
    return schema.additional === true ? { type: 'map', ...atomic } : { type: 'any' };
  }

  #list(schema: Structural, name: string): SchemaField {
    const items = schema.items === undefined ? undefined : this.#field(schema.items, name);
    const listType = schema.listType === 'set' || schema.listType === 'map' ? schema.listType : 'atomic';
    return {
      type: 'list',
      ...(items === undefined ? {} : { items }),
      listType,
      ...(listType === 'map' ? { listMapKeys: schema.listMapKeys } : {}),
    };
  }
}
