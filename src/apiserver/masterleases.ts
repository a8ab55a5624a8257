import type { Endpoints } from '../api/generated/types.ts';
import type { KubeObject } from '../api/object.ts';
import type { UserInfo } from '../api/request.ts';
import { deepFreeze } from '../apimachinery/freeze.ts';
import type { Cause } from '../sim/cause.ts';
import { endpointsOf } from './bootstrap.ts';
import type { Backend } from './context.ts';
import { REGISTRY } from './storagekey.ts';

/** The endpoints of the Service `kubernetes` are looked after so often, in ms (pkg/controlplane/instance.go). */
const PERIOD_MS = 10_000;
/** An API server that has not shown itself for so long is taken out, in ms. */
const LEASE_MS = 15_000;
const PREFIX = `${REGISTRY}masterleases/`;
const CAUSE: Cause = Object.freeze({ component: 'kube-apiserver', trigger: 0, input: 'endpoint reconciler' });
const LOOPBACK: UserInfo = Object.freeze({
  name: 'system:apiserver',
  groups: Object.freeze(['system:masters']),
});

/**
 * Keeps the addresses of all API servers that live in the endpoints of the Service `kubernetes`
 * (pkg/controlplane/reconcilers/lease.go): each keeps a lease of its own in etcd, and whoever looks takes
 * out whose lease has ended.
 */
export class MasterLeases {
  readonly #server: Backend;
  readonly #ip: string;
  readonly #port: number;
  #lease = 0;

  constructor(server: Backend, ip: string, port: number) {
    this.#server = server;
    this.#ip = ip;
    this.#port = port;
    server.process.every(PERIOD_MS, () => this.reconcile());
    server.process.onExit(() => {
      if (this.#lease !== 0) server.store.revokeLease(this.#lease);
    });
  }

  /** Shows that this server lives, and puts the endpoints right. What etcd refuses is tried again later. */
  reconcile(): void {
    if (!this.#renew()) return;
    const { store } = this.#server;
    const read = store.range(PREFIX);
    if (!read.ok) return;
    const ips = read.value.records.map(({ key }) => key.slice(PREFIX.length)).sort();
    const known = this.#server.resource('', 'endpoints')?.cache.get('default', 'kubernetes') as
      | Endpoints
      | undefined;
    const now = (known?.subsets?.[0]?.addresses ?? []).map(({ ip }) => ip);
    if (known !== undefined && now.join() === ips.join()) return;
    for (const { group, resource, object } of endpointsOf(ips, this.#port)) {
      const cached = this.#server.resource(group, resource)?.cache.get('default', 'kubernetes');
      this.#server.handle({
        verb: cached === undefined ? 'create' : 'update',
        group,
        resource,
        namespace: 'default',
        ...(cached === undefined ? {} : { name: 'kubernetes' }),
        user: LOOPBACK,
        cause: CAUSE,
        body: object,
        decoded: true,
      });
    }
  }

  #renew(): boolean {
    const { store } = this.#server;
    if (this.#lease !== 0 && store.keepAlive(this.#lease).ok) return true;
    const granted = store.grantLease(LEASE_MS);
    if (!granted.ok) return false;
    this.#lease = granted.value;
    const value: KubeObject = { apiVersion: 'v1', kind: 'Endpoints', metadata: {} };
    return store.txn(
      [],
      [
        {
          type: 'put',
          key: PREFIX + this.#ip,
          value: (revision: number) =>
            deepFreeze({ ...value, metadata: { resourceVersion: String(revision) } }),
          lease: granted.value,
        },
      ],
      [],
      CAUSE,
    ).ok;
  }
}
