import type { Conversion, KindDefinition } from './kind.ts';
import type { KubeObject } from './object.ts';

/** A version of a kind beside the one its objects are stored in. */
export interface OtherVersion<T extends KubeObject, S extends KubeObject> {
  readonly version: string;
  /** The type's name in the schema. */
  readonly schemaType: string;
  applyDefaults(object: T): T;
  toStored(object: T): S;
  fromStored(object: S): T;
}

/**
 * The kind as it is served in another version: what is stored is the same, and so is what is true of it. Its rules
 * and columns look at the object as it is stored, as upstream's look at the internal type.
 */
export function inVersion<T extends KubeObject, S extends KubeObject>(
  stored: KindDefinition<S>,
  other: OtherVersion<T, S>,
): KindDefinition {
  const { version, schemaType, applyDefaults, toStored, fromStored } = other;
  const kind: KindDefinition<T> = {
    group: stored.group,
    version,
    kind: stored.kind,
    plural: stored.plural,
    singular: stored.singular,
    shortNames: stored.shortNames,
    ...(stored.categories === undefined ? {} : { categories: stored.categories }),
    namespaced: stored.namespaced,
    ...(stored.subresources === undefined ? {} : { subresources: stored.subresources }),
    schemaType,
    validateName: stored.validateName,
    applyDefaults,
    validate: (object) => stored.validate(toStored(object)),
    statusSubresource: stored.statusSubresource,
    hasGeneration: stored.hasGeneration,
    allowUnconditionalUpdate: stored.allowUnconditionalUpdate,
    defaultPropagation: stored.defaultPropagation,
    columns: stored.columns.map(({ cell, ...column }) => ({
      ...column,
      cell: (object, now) => cell(toStored(object), now),
    })),
    conversion: { toStored, fromStored } as unknown as Conversion,
  };
  return kind as unknown as KindDefinition;
}

/** A kind in each version in which it is served, the one to take first. */
export function servedVersions(kind: KindDefinition): readonly KindDefinition[] {
  return kind.versions === undefined ? [kind] : [kind, ...kind.versions];
}
