import type { Json, JsonObject } from '../../apimachinery/json.ts';
import { isObject, own } from '../../apimachinery/object.ts';
import type { ResId } from './resid.ts';

/** What a generated resource does to one of the same name that is there already. */
export type Behavior = '' | 'create' | 'merge' | 'replace';

/** One resource on its way through a build: its present value, and what it was called before. */
export class Resource {
  value: JsonObject;
  /** Earlier ids, the first one first. */
  readonly previous: ResId[] = [];
  /** Prefixes and suffixes its name was given, in order. */
  readonly prefixes: string[] = [];
  readonly suffixes: string[] = [];
  needsHash = false;
  /** The id of a value: it is asked for more often than it changes. */
  #id: { readonly of: JsonObject; readonly id: ResId } | undefined;
  behavior: Behavior = '';

  constructor(value: JsonObject) {
    this.value = value;
  }

  get id(): ResId {
    if (this.#id?.of !== this.value) this.#id = { of: this.value, id: this.#readId() };
    return this.#id.id;
  }

  #readId(): ResId {
    const apiVersion = text(own(this.value, 'apiVersion'));
    const slash = apiVersion.indexOf('/');
    return {
      group: slash < 0 ? '' : apiVersion.slice(0, slash),
      version: apiVersion.slice(slash + 1),
      kind: text(own(this.value, 'kind')),
      name: text(own(this.metadata, 'name')),
      namespace: text(own(this.metadata, 'namespace')),
    };
  }

  /** The id it was read with. */
  get originalId(): ResId {
    return this.previous[0] ?? this.id;
  }

  /** The ids it ever had, the present one last. */
  get allIds(): readonly ResId[] {
    return [...this.previous, this.id];
  }

  get metadata(): JsonObject {
    const metadata = own(this.value, 'metadata');
    return isObject(metadata) ? metadata : {};
  }

  /** True once a patch deleted it. */
  get isEmpty(): boolean {
    return Object.keys(this.value).length === 0;
  }

  /** To be called before its name, namespace or kind changes. */
  remember(): void {
    this.previous.push(this.id);
  }

  setName(name: string): void {
    this.setMetadata('name', name);
  }

  /** Sets a field of its metadata; undefined removes it. */
  setMetadata(key: string, value: Json | undefined): void {
    const { [key]: _, ...rest } = this.metadata;
    this.value = { ...this.value, metadata: value === undefined ? rest : { ...rest, [key]: value } };
  }

  /** Its labels or annotations. */
  map(key: 'labels' | 'annotations'): Readonly<Record<string, string>> {
    const map = own(this.metadata, key);
    if (!isObject(map)) return {};
    return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, text(value)]));
  }
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
