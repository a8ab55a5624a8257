import { apiVersionOf, type KindDefinition } from '../api/kind.ts';
import type { KindSet } from '../api/kindset.ts';
import type { Process } from '../sim/process.ts';
import type { Client } from './client.ts';

/** How often controllers that care for every kind ask which there are, ms (`30*time.Second` in each of them). */
const PERIOD_MS = 30_000;

/** What is to be done when kinds come or go. */
export interface KindChanges {
  added(kind: KindDefinition): void;
  removed(kind: KindDefinition): void;
}

/**
 * Keeps up with the kinds that the server has, by discovery: those of definitions come and go. Until
 * the server has answered, the kinds are those it was made with.
 */
export class KindFollower {
  readonly #client: Client;
  readonly #changes: KindChanges;
  #kinds: KindSet;

  constructor(process: Process, client: Client, first: KindSet, changes: KindChanges) {
    this.#client = client;
    this.#changes = changes;
    this.#kinds = first;
    for (const kind of first.preferred) changes.added(kind);
    this.#look();
    process.every(PERIOD_MS, () => this.#look());
  }

  /** The kinds as of the last look. */
  get kinds(): KindSet {
    return this.#kinds;
  }

  #look(): void {
    const found = this.#client.discover();
    if (!found.ok || found.value === this.#kinds) return;
    const [before, after] = [byName(this.#kinds), byName(found.value)];
    this.#kinds = found.value;
    for (const [name, kind] of before) if (!after.has(name)) this.#changes.removed(kind);
    for (const [name, kind] of after) if (!before.has(name)) this.#changes.added(kind);
  }
}

function byName(kinds: KindSet): ReadonlyMap<string, KindDefinition> {
  return new Map(kinds.preferred.map((kind) => [`${apiVersionOf(kind)} ${kind.plural}`, kind]));
}
