import type { KubeObject } from '../api/object.ts';
import type { Store, StoreResult } from '../etcd/store.ts';
import type { Clock } from '../sim/clock.ts';

/** Objects written within this time share a lease, as upstream (storage/etcd3/lease_manager.go), in ms. */
const REUSE_MS = 60_000;
/** At most this many objects hang on one lease. */
const MAX_OBJECTS = 1000;

/** A lease that is still being filled. */
interface Open {
  readonly id: number;
  readonly until: number;
  objects: number;
}

/** Hands out leases for objects that expire by themselves, one lease for many of them. */
export class Leases {
  readonly #clock: Clock;
  readonly #store: Store<KubeObject>;
  readonly #open = new Map<number, Open>();

  constructor(clock: Clock, store: Store<KubeObject>) {
    this.#clock = clock;
    this.#store = store;
  }

  /** A lease that lasts at least `ttl` ms from now. */
  leaseFor(ttl: number): StoreResult<number> {
    const open = this.#open.get(ttl);
    if (open !== undefined && this.#clock.now() < open.until && open.objects < MAX_OBJECTS) {
      open.objects++;
      return { ok: true, value: open.id };
    }
    const granted = this.#store.grantLease(ttl + REUSE_MS);
    if (granted.ok)
      this.#open.set(ttl, { id: granted.value, until: this.#clock.now() + REUSE_MS, objects: 1 });
    return granted;
  }

  /** Forgets the leases still being filled: one of them is gone. */
  forget(): void {
    this.#open.clear();
  }
}
