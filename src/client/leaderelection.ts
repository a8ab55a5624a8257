import type { Lease } from '../api/generated/types.ts';
import { lease as leaseKind } from '../api/kinds/lease.ts';
import { isNotFound, type Status } from '../apimachinery/status.ts';
import { formatMicroTime, parseTime } from '../apimachinery/time.ts';
import type { Process, ProcessTimer } from '../sim/process.ts';
import type { Client } from './client.ts';
import type { EventRecorder } from './recorder.ts';

/** component-base/config/v1alpha1/defaults.go */
const LEASE_DURATION_MS = 15_000;
const RENEW_DEADLINE_MS = 10_000;
const RETRY_PERIOD_MS = 2_000;

export interface LeaderElectorOptions {
  readonly process: Process;
  readonly client: Client;
  /** The lock: a Lease in this namespace (kube-system) with this name (kube-scheduler). */
  readonly namespace: string;
  readonly name: string;
  /** Who we are: `<node>_<uid>`, different for each incarnation. */
  readonly identity: string;
  /** Tells of the beginning and the end of leadership, about the Lease. */
  readonly recorder?: EventRecorder;
  /** Called once when we become leader. */
  readonly onStarted: () => void;
  /** Called once when leadership is lost; upstream's components exit then. */
  readonly onStopped: () => void;
}

/**
 * Leader election by a Lease (client-go tools/leaderelection): whoever holds an unexpired lease
 * leads; others try every two seconds. Expiry is judged by when *we* last saw the lease change, so
 * that clocks need not agree.
 */
export class LeaderElector {
  readonly #options: LeaderElectorOptions;
  #observed: Lease | undefined;
  #observedAt = 0;
  #renewedAt = 0;
  #leading = false;
  #timer: ProcessTimer | undefined;

  constructor(options: LeaderElectorOptions) {
    this.#options = options;
  }

  get leading(): boolean {
    return this.#leading;
  }

  /** Begins to try, at once and then every retry period, until leadership was won and lost. */
  start(): void {
    this.#timer = this.#options.process.every(RETRY_PERIOD_MS, () => this.#tick(), 0);
  }

  #tick(): void {
    const { process } = this.#options;
    const held = this.#tryAcquireOrRenew();
    if (held) {
      this.#renewedAt = process.now();
      if (!this.#leading) {
        this.#leading = true;
        this.#tell('became leader');
        this.#options.onStarted();
      }
      return;
    }
    if (this.#leading && process.now() - this.#renewedAt >= RENEW_DEADLINE_MS) {
      this.#leading = false;
      this.#tell('stopped leading');
      // Whoever has led once does not try again: what it believed is not to be trusted.
      process.cancel(this.#timer);
      this.#options.onStopped();
    }
  }

  /** One attempt to hold the lease. False when somebody else does or the server does not answer. */
  #tryAcquireOrRenew(): boolean {
    const { client, process, namespace, name, identity } = this.#options;
    const now = process.now();
    const time = formatMicroTime(process.wallTime());
    // Like upstream, a leader first renews what it last wrote, and only reads when that conflicts.
    if (this.#leading && this.#observed !== undefined) {
      const spec = { ...this.#observed.spec, renewTime: time };
      const renewed = client.update(leaseKind, { ...this.#observed, spec });
      if (renewed.ok) return this.#observe(renewed.value);
    }
    const current = client.get(leaseKind, name, namespace);
    if (!current.ok) return this.#created(current.status, time);
    const lease = current.value;
    if (lease.metadata.resourceVersion !== this.#observed?.metadata.resourceVersion) this.#observe(lease);
    const holder = lease.spec.holderIdentity ?? '';
    const duration = (lease.spec.leaseDurationSeconds ?? LEASE_DURATION_MS / 1000) * 1000;
    if (holder !== '' && holder !== identity && this.#observedAt + duration > now) return false;
    const same = holder === identity;
    const spec = {
      holderIdentity: identity,
      leaseDurationSeconds: LEASE_DURATION_MS / 1000,
      acquireTime: same && lease.spec.acquireTime !== undefined ? lease.spec.acquireTime : time,
      renewTime: time,
      leaseTransitions: (lease.spec.leaseTransitions ?? 0) + (same ? 0 : 1),
    };
    const taken = client.update(leaseKind, { ...lease, spec });
    return taken.ok && this.#observe(taken.value);
  }

  #created(status: Status, time: string): boolean {
    if (!isNotFound(status)) return false;
    const { client, namespace, name, identity } = this.#options;
    const created = client.create(leaseKind, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace },
      spec: {
        holderIdentity: identity,
        leaseDurationSeconds: LEASE_DURATION_MS / 1000,
        acquireTime: time,
        renewTime: time,
        leaseTransitions: 0,
      },
    });
    return created.ok && this.#observe(created.value);
  }

  /** resourcelock.LeaseLock.RecordEvent */
  #tell(what: string): void {
    const { recorder, identity } = this.#options;
    if (this.#observed !== undefined)
      recorder?.event(this.#observed, 'Normal', 'LeaderElection', `${identity} ${what}`);
  }

  #observe(lease: Lease): true {
    this.#observed = lease;
    this.#observedAt = this.#options.process.now();
    return true;
  }
}

/** When a lease was last renewed, ms since the epoch; undefined when it never was. */
export function renewTimeOf(lease: Lease): number | undefined {
  return lease.spec.renewTime === undefined ? undefined : parseTime(lease.spec.renewTime);
}
