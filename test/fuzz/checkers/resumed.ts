import type { KindDefinition } from '../../../src/api/kind.ts';
import { deployment } from '../../../src/api/kinds/deployment.ts';
import { node } from '../../../src/api/kinds/node.ts';
import { pod } from '../../../src/api/kinds/pod.ts';
import { replicaSet } from '../../../src/api/kinds/replicaset.ts';
import { service } from '../../../src/api/kinds/service.ts';
import { revisionOf } from '../../../src/api/object.ts';
import type { WatchEvent, WatchHandle } from '../../../src/api/request.ts';
import { isGone } from '../../../src/apimachinery/status.ts';
import { storagePrefix } from '../../../src/apiserver/storagekey.ts';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import type { Checker } from '../checker.ts';

/** How often somebody comes back to watch from the past, events of the simulation. */
const EVERY_EVENTS = 1_500;
const BACK = 400;
const WATCHED: readonly KindDefinition[] = [pod, node, replicaSet, deployment, service];

/** Invariant 7: who watches from a revision of the past hears of everything since, or that it is gone. */
export const resumed: Checker = {
  name: 'a watch from the past tells everything since, or says that it cannot',
  open({ cluster }, { fail, saw }) {
    let events = 0;
    let latest: Late | undefined;
    return {
      event() {
        if (++events % EVERY_EVENTS !== 0) return;
        latest?.stop();
        const kind = WATCHED[(events / EVERY_EVENTS) % WATCHED.length] as KindDefinition;
        latest = new Late(cluster, kind, Math.max(1, cluster.revision - ((events * 7) % BACK)), fail, saw);
      },
      *unsettled() {
        const missing = latest?.missing();
        if (missing !== undefined) yield missing;
      },
    };
  },
};

/** One watch from an old revision, compared event by event with what was committed since. */
class Late {
  readonly #cluster: Cluster;
  readonly #kind: KindDefinition;
  readonly #fail: (message: string) => void;
  readonly #saw: () => void;
  #last: number;
  #handle: WatchHandle | undefined;

  constructor(
    cluster: Cluster,
    kind: KindDefinition,
    from: number,
    fail: (message: string) => void,
    saw: () => void,
  ) {
    this.#cluster = cluster;
    this.#kind = kind;
    this.#fail = fail;
    this.#saw = saw;
    this.#last = from;
    const options = { resourceVersion: String(from), allowWatchBookmarks: true };
    const opened = cluster.client('fuzz').watch(
      kind,
      options,
      (event) => this.#event(event),
      () => this.stop(),
    );
    if (opened.ok) this.#handle = opened.value;
  }

  stop(): void {
    this.#handle?.stop();
    this.#handle = undefined;
  }

  /** What it should have heard by now; undefined when it has heard all, or has ended. */
  missing(): string | undefined {
    const next = this.#handle === undefined ? undefined : this.#next();
    return next === undefined
      ? undefined
      : `a watch of ${this.#kind.plural} was never told of revision ${next}`;
  }

  #event(event: WatchEvent): void {
    if (this.#handle === undefined) return;
    if (event.type === 'ERROR') {
      if (!isGone(event.status)) this.#fail(`${this.#kind.plural}: ended with ${event.status.code}`);
      this.#saw();
      this.stop();
      return;
    }
    const revision = revisionOf(event.object);
    const next = this.#next();
    if (event.type === 'BOOKMARK') {
      if (next !== undefined && next <= revision)
        this.#fail(`${this.#kind.plural}: a bookmark at ${revision}, and ${next} was not told`);
      return;
    }
    if (revision !== next)
      this.#fail(`${this.#kind.plural}: told of ${revision} after ${this.#last}, and not of ${next}`);
    this.#last = revision;
    this.#saw();
  }

  /** The first change of the kind after the last one it was told of. */
  #next(): number | undefined {
    const prefix = storagePrefix(this.#kind);
    for (const { key, modRevision } of this.#cluster.history.between(this.#last + 1, this.#cluster.revision))
      if (key.startsWith(prefix)) return modRevision;
    return undefined;
  }
}
