import type { Lease, ObjectMeta } from '../api/generated/types.ts';
import { lease as leaseKind } from '../api/kinds/lease.ts';
import { isAlreadyExists, isConflict, isNotFound } from '../apimachinery/status.ts';
import { formatMicroTime } from '../apimachinery/time.ts';
import type { Client, Result } from '../client/client.ts';
import type { Process } from '../sim/process.ts';
import type { Journal } from './journal.ts';

const NAMESPACE = 'kube-node-lease';
const DURATION_S = 40;
const RENEW_MS = 10_000;
const FIRST_RETRY_MS = 200;
const MAX_RETRY_MS = 7_000;

/**
 * The node's heartbeat: a Lease renewed every 10 s, a quarter of its duration
 * (component-helpers/apimachinery/lease/controller.go).
 */
export class NodeLease {
  readonly #process: Process;
  readonly #client: Client;
  readonly #journal: Journal;
  readonly #nodeName: string;
  readonly #nodeUID: () => string | undefined;
  #lease: Lease | undefined;
  #retryMs = FIRST_RETRY_MS;

  constructor(
    process: Process,
    client: Client,
    journal: Journal,
    nodeName: string,
    nodeUID: () => string | undefined,
  ) {
    this.#process = process;
    this.#client = client;
    this.#journal = journal;
    this.#nodeName = nodeName;
    this.#nodeUID = nodeUID;
  }

  start(): void {
    this.#renew();
    this.#process.every(RENEW_MS, () => {
      if (this.#retryMs === FIRST_RETRY_MS) this.#renew();
    });
  }

  #renew(): void {
    let result = this.#write();
    if (
      !result.ok &&
      (isConflict(result.status) || isAlreadyExists(result.status) || isNotFound(result.status))
    ) {
      // Somebody else wrote it, or it is gone: look once and try again.
      const found = this.#client.get(leaseKind, this.#nodeName, NAMESPACE);
      this.#lease = found.ok ? found.value : undefined;
      result = this.#write();
    }
    if (result.ok) {
      this.#lease = result.value;
      this.#retryMs = FIRST_RETRY_MS;
      return;
    }
    this.#journal.error(
      'controller.go',
      `"Failed to ensure lease exists, will retry" err=${JSON.stringify(result.status.message ?? '')} interval="${this.#retryMs}ms"`,
    );
    this.#process.after(this.#retryMs, () => this.#renew());
    this.#retryMs = Math.min(this.#retryMs * 2, MAX_RETRY_MS);
  }

  #write(): Result<Lease> {
    const renewTime = formatMicroTime(this.#process.wallTime());
    const spec = { holderIdentity: this.#nodeName, leaseDurationSeconds: DURATION_S, renewTime };
    const lease = this.#lease;
    if (lease === undefined)
      return this.#client.create(leaseKind, {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: this.#owned({ name: this.#nodeName, namespace: NAMESPACE }),
        spec,
      });
    return this.#client.update(leaseKind, {
      ...lease,
      metadata: this.#owned(lease.metadata),
      spec: { ...lease.spec, ...spec },
    });
  }

  /** With the node as owner, as soon as it is known: the first lease may be older than the Node object. */
  #owned(metadata: ObjectMeta): ObjectMeta {
    const uid = this.#nodeUID();
    if (uid === undefined || (metadata.ownerReferences?.length ?? 0) > 0) return metadata;
    const owner = { apiVersion: 'v1', kind: 'Node', name: this.#nodeName, uid };
    return { ...metadata, ownerReferences: [owner] };
  }
}
