import type { KindDefinition } from '../api/kind.ts';
import { kindByGVK } from '../api/kinds/registry.ts';
import { type KubeObject, keyOf } from '../api/object.ts';

/** One change of one object: what it was, and what it is; undefined where it did not or does not exist. */
export interface ObjectChange {
  readonly kind: KindDefinition;
  readonly key: string;
  readonly before: KubeObject | undefined;
  readonly after: KubeObject | undefined;
}

/** The part of a store's record that tells a change. */
export interface ChangeRecord {
  readonly value: KubeObject | undefined;
  readonly previous: { readonly value: KubeObject | undefined } | undefined;
}

/** Where the objects of a kind come from when the game first asks for them. */
export interface ObjectSource {
  objects(kind: KindDefinition): readonly KubeObject[];
}

interface KindObjects {
  readonly byKey: Map<string, KubeObject>;
  /** The objects in key order, and those that are not the system's; undefined since the last change. */
  sorted: readonly KubeObject[] | undefined;
  own: readonly KubeObject[] | undefined;
}

/** Whether an object is the cluster's own affair: kube-system, kube-public, kube-node-lease. */
export function isSystem(object: KubeObject): boolean {
  return object.metadata.namespace?.startsWith('kube-') === true;
}

/**
 * The objects of the kinds that goals look at, kept up to date commit by commit, so that a goal
 * never asks the cluster for a whole list because one object changed.
 */
export class Mirror {
  readonly #source: ObjectSource;
  readonly #kinds = new Map<KindDefinition, KindObjects>();
  readonly #listeners = new Map<KindDefinition, ((change: ObjectChange) => void)[]>();

  constructor(source: ObjectSource) {
    this.#source = source;
  }

  /** The objects of a kind, in key order. */
  objects(kind: KindDefinition): readonly KubeObject[] {
    const kept = this.#keep(kind);
    kept.sorted ??= [...kept.byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
    return kept.sorted;
  }

  /** The objects of a kind outside the system's namespaces, in key order: what expressions see. */
  ownObjects(kind: KindDefinition): readonly KubeObject[] {
    const kept = this.#keep(kind);
    kept.own ??= this.objects(kind).filter((object) => !isSystem(object));
    return kept.own;
  }

  get(kind: KindDefinition, key: string): KubeObject | undefined {
    return this.#keep(kind).byKey.get(key);
  }

  /** Calls `listener` for every change of a kind, inside the commit: it takes note and returns. */
  onChange(kind: KindDefinition, listener: (change: ObjectChange) => void): void {
    this.#keep(kind);
    const listeners = this.#listeners.get(kind) ?? [];
    listeners.push(listener);
    this.#listeners.set(kind, listeners);
  }

  /** Takes note of a commit. */
  commit(record: ChangeRecord): void {
    const before = record.previous?.value;
    const object = record.value ?? before;
    if (object === undefined) return;
    const kind = kindByGVK(object.apiVersion, object.kind);
    const kept = kind === undefined ? undefined : this.#kinds.get(kind);
    if (kind === undefined || kept === undefined) return;
    const key = keyOf(object);
    const known = kept.byKey.get(key);
    if (record.value === undefined) kept.byKey.delete(key);
    else kept.byKey.set(key, record.value);
    kept.sorted = undefined;
    kept.own = undefined;
    const change: ObjectChange = { kind, key, before: known, after: record.value };
    for (const listener of this.#listeners.get(kind) ?? []) listener(change);
  }

  #keep(kind: KindDefinition): KindObjects {
    let kept = this.#kinds.get(kind);
    if (kept === undefined) {
      const objects = this.#source.objects(kind);
      kept = {
        byKey: new Map(objects.map((object) => [keyOf(object), object])),
        sorted: undefined,
        own: undefined,
      };
      this.#kinds.set(kind, kept);
    }
    return kept;
  }
}
