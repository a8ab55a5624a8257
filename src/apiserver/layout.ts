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
  const keys = Object.keys(object);
  if (keys.length !== OBJECT.length || !begins(keys, OBJECT)) return { ...object, metadata };
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
  const keys = Object.keys(given);
  if (keys.length === 2 && begins(keys, NAMED) && system.name === undefined && generation === undefined) {
    const { name, namespace } = given as Required<ObjectMeta>;
    return { name, namespace, uid, creationTimestamp };
  }
  if (keys.length === 4 && begins(keys, OWNED) && system.name !== undefined && generation !== undefined) {
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
  const keys = Object.keys(metadata);
  if (fits(keys, NAMED)) {
    const { name, namespace, uid, creationTimestamp } = metadata as Required<ObjectMeta>;
    return { name, namespace, uid, creationTimestamp, resourceVersion };
  }
  if (fits(keys, OWNED)) {
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

/** Whether the keys are those of a layout, with or without its last. */
function fits(keys: readonly string[], layout: readonly string[]): boolean {
  return (keys.length === layout.length || keys.length === layout.length - 1) && begins(keys, layout);
}

function begins(keys: readonly string[], layout: readonly string[]): boolean {
  for (let i = 0; i < keys.length; i++) if (keys[i] !== layout[i]) return false;
  return true;
}
