import type { KindDefinition } from '../../api/kind.ts';
import { type KubeObject, nameOf, namespaceOf } from '../../api/object.ts';
import { storagePrefix } from '../../apiserver/storagekey.ts';
import type { ClusterSource } from './harbour.ts';

/**
 * The objects of a kind in the order of their keys, the player's before those of the cluster itself. It
 * is read once and then follows the writes: a frame costs what has changed, not what there is.
 */
export class ObjectList {
  readonly #objects: KubeObject[] = [];
  readonly #keys: string[] = [];

  constructor(cluster: ClusterSource, kind: KindDefinition) {
    const prefix = storagePrefix(kind);
    for (const object of cluster.objects(kind)) {
      const namespace = namespaceOf(object);
      this.#put(placeOf(namespace === '' ? nameOf(object) : `${namespace}/${nameOf(object)}`), object);
    }
    cluster.onCommit(({ key, value }) => {
      if (!key.startsWith(prefix)) return;
      const place = placeOf(key.slice(prefix.length));
      if (value === undefined) this.#remove(place);
      else this.#put(place, value);
    });
  }

  /** The objects now; the list changes as they do. */
  get objects(): readonly KubeObject[] {
    return this.#objects;
  }

  #put(place: string, object: KubeObject): void {
    const at = this.#find(place);
    if (this.#keys[at] === place) {
      this.#objects[at] = object;
      return;
    }
    this.#keys.splice(at, 0, place);
    this.#objects.splice(at, 0, object);
  }

  #remove(place: string): void {
    const at = this.#find(place);
    if (this.#keys[at] !== place) return;
    this.#keys.splice(at, 1);
    this.#objects.splice(at, 1);
  }

  /** Where it is, or where it belongs. */
  #find(place: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#keys[middle] ?? '') < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** What the list is ordered by, from `namespace/name` or a name. */
function placeOf(key: string): string {
  return key.startsWith('kube-') && key.includes('/') ? `1${key}` : `0${key}`;
}
