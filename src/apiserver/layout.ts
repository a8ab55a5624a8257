import type { ObjectMeta } from '../api/generated/types.ts';
import type { KubeObject } from '../api/object.ts';

/**
 * Copies with one part replaced, with the layout of the most numerous objects spelled out. A copy made
 * with `...` of whatever kind comes along takes several times as long, and half as much room again for
 * good. The order of the fields stays as it is.
 */

const OBJECT = ['apiVersion', 'kind', 'metadata', 'spec', 'status'];
/** Metadata of what is made by name, such as events. */
const NAMED = ['name', 'namespace', 'uid', 'creationTimestamp', 'resourceVersion'];
/** Metadata of what a controller makes, such as pods. */
const OWNED = [
  'generateName',
  'namespace',
  'labels',
  'ownerReferences',
  'name',
  'uid',
  'creationTimestamp',
  'generation',
  'resourceVersion',
];

type Whole = Readonly<Record<string, never>>;

/** The object with other metadata. */
export function withMetadata(object: KubeObject, metadata: ObjectMeta): KubeObject {
  if (fieldsInOrder(object, OBJECT) !== OBJECT.length) return { ...object, metadata };
  const { apiVersion, kind, spec, status } = object as KubeObject & Whole;
  return { apiVersion, kind, metadata, spec, status } as KubeObject;
}

/** What the server says of a new object. */
export interface SystemFields {
  /** The name that was drawn, if it was left to the server. */
  readonly name: string | undefined;
  readonly uid: string;
  readonly creationTimestamp: string;
  /** Only kinds that have a spec to count have one. */
  readonly generation: number | undefined;
}

/** The metadata of a new object: what the client said, then what the server says. */
export function withSystemFields(given: ObjectMeta, system: SystemFields): ObjectMeta {
  const { uid, creationTimestamp, generation } = system;
  if (fieldsInOrder(given, NAMED) === 2 && system.name === undefined && generation === undefined) {
    const { name, namespace } = given as Required<ObjectMeta>;
    return { name, namespace, uid, creationTimestamp };
  }
  if (fieldsInOrder(given, OWNED) === 4 && system.name !== undefined && generation !== undefined) {
    const { generateName, namespace, labels, ownerReferences } = given as Required<ObjectMeta>;
    const { name } = system;
    return { generateName, namespace, labels, ownerReferences, name, uid, creationTimestamp, generation };
  }
  return {
    ...given,
    ...(system.name === undefined ? {} : { name: system.name }),
    uid,
    creationTimestamp,
    ...(generation === undefined ? {} : { generation }),
  };
}

/** The metadata with a resourceVersion, which comes last unless there was one. */
export function withVersion(metadata: ObjectMeta, resourceVersion: string): ObjectMeta {
  if (fits(metadata, NAMED)) {
    const { name, namespace, uid, creationTimestamp } = metadata as Required<ObjectMeta>;
    return { name, namespace, uid, creationTimestamp, resourceVersion };
  }
  if (fits(metadata, OWNED)) {
    const { generateName, namespace, labels, ownerReferences, name } = metadata as Required<ObjectMeta>;
    const { uid, creationTimestamp, generation } = metadata as Required<ObjectMeta>;
    return {
      generateName,
      namespace,
      labels,
      ownerReferences,
      name,
      uid,
      creationTimestamp,
      generation,
      resourceVersion,
    };
  }
  return { ...metadata, resourceVersion };
}

/** Whether the fields are those of a layout, with or without its last. */
function fits(object: object, layout: readonly string[]): boolean {
  const count = fieldsInOrder(object, layout);
  return count === layout.length || count === layout.length - 1;
}

/** How many fields an object has; -1 when they are not the first ones of a layout, in its order. */
function fieldsInOrder(object: object, layout: readonly string[]): number {
  let count = 0;
  for (const name in object) {
    if (name !== layout[count]) return -1;
    count++;
  }
  return count;
}
