import type { KindDefinition } from '../../../src/api/kind.ts';
import { kinds } from '../../../src/api/kinds/registry.ts';
import { type KubeObject, keyOf, revisionOf } from '../../../src/api/object.ts';
import type { WatchEvent, WatchHandle } from '../../../src/api/request.ts';
import { isGone } from '../../../src/apimachinery/status.ts';
import type { Client } from '../../../src/client/client.ts';
import type { Checker } from '../checker.ts';

/** How often a watch that broke is tried again, events of the simulation. */
const RETRY_EVENTS = 200;

/** Invariants 6 and 7: a watch replayed over the list it began with is the list as it is now. */
export const watches: Checker = {
  name: 'a watch is ordered, unique, without gaps, and resumes',
  open({ cluster }, { fail, saw }) {
    const client = cluster.client('fuzz');
    const followers = kinds
      .filter(({ plural, verbs }) => plural !== 'events' && plural !== 'leases' && verbs === undefined)
      .map((kind) => new Follower(client, kind, fail, saw));
    let events = 0;
    return {
      event() {
        if (events++ % RETRY_EVENTS === 0) for (const each of followers) each.ensure();
      },
      *unsettled() {
        for (const each of followers) {
          const missing = each.difference(cluster.objects(each.kind));
          if (missing !== undefined) yield missing;
        }
      },
    };
  },
};

/** One watch of one kind by somebody outside, with the list that it keeps up to date. */
class Follower {
  readonly kind: KindDefinition;
  readonly #client: Client;
  readonly #fail: (message: string) => void;
  readonly #saw: () => void;
  readonly #held = new Map<string, KubeObject>();
  #revision = 0;
  #watch: WatchHandle | undefined;

  constructor(client: Client, kind: KindDefinition, fail: (message: string) => void, saw: () => void) {
    this.#client = client;
    this.kind = kind;
    this.#fail = fail;
    this.#saw = saw;
  }

  /** Lists if nothing is known yet, and watches on if no watch is open. */
  ensure(): void {
    if (this.#watch !== undefined) return;
    if (this.#revision === 0 && !this.#list()) return;
    const opened = this.#client.watch(
      this.kind,
      { resourceVersion: String(this.#revision) },
      (event) => this.#event(event),
      () => {
        this.#watch = undefined;
      },
    );
    if (opened.ok) this.#watch = opened.value;
    else if (isGone(opened.status)) this.#revision = 0;
  }

  /** How what was watched differs from what is there; undefined when it does not. */
  difference(objects: readonly KubeObject[]): string | undefined {
    if (this.#watch === undefined) return `the watch of ${this.kind.plural} does not open`;
    if (objects.length !== this.#held.size)
      return `${objects.length} ${this.kind.plural} exist, the watch knows ${this.#held.size}`;
    for (const object of objects) {
      const held = this.#held.get(keyOf(object));
      if (held === undefined || revisionOf(held) !== revisionOf(object))
        return `${this.kind.plural} ${keyOf(object)} is at ${revisionOf(object)}, the watch saw ${held === undefined ? 'none' : revisionOf(held)}`;
    }
    return undefined;
  }

  #list(): boolean {
    const listed = this.#client.list(this.kind);
    if (!listed.ok) return false;
    this.#held.clear();
    for (const item of listed.value.items) this.#held.set(keyOf(item), item);
    this.#revision = Number(listed.value.resourceVersion);
    return true;
  }

  #event(event: WatchEvent): void {
    if (event.type === 'BOOKMARK') return;
    if (event.type === 'ERROR') {
      this.#watch?.stop();
      this.#watch = undefined;
      if (isGone(event.status)) this.#revision = 0;
      return;
    }
    const { object } = event;
    const revision = revisionOf(object);
    const key = keyOf(object);
    const held = this.#held.get(key);
    const what = `${this.kind.plural} ${key}: ${event.type} at ${revision}`;
    if (revision <= this.#revision) this.#fail(`${what} after ${this.#revision}`);
    if (event.type === 'ADDED' && held !== undefined) this.#fail(`${what}, but it was there already`);
    if (event.type !== 'ADDED' && held === undefined) this.#fail(`${what}, but it was never added`);
    this.#revision = revision;
    if (event.type === 'DELETED') this.#held.delete(key);
    else this.#held.set(key, object);
    this.#saw();
  }
}
