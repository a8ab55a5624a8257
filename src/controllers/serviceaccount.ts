import type { Namespace, ServiceAccount } from '../api/generated/types.ts';
import { namespace as namespaceKind } from '../api/kinds/namespace.ts';
import { serviceAccount as serviceAccountKind } from '../api/kinds/serviceaccount.ts';
import { makeKey, nameOf, namespaceOf, revisionOf } from '../api/object.ts';
import { isAlreadyExists } from '../apimachinery/status.ts';
import type { Client } from '../client/client.ts';
import { Controller, DONE, type ReconcileResult, retry } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import type { ControllerContext, ControllerDefinition } from './context.ts';
import { isNamespaceTerminating } from './podcontrol.ts';

const NAME = 'serviceaccount-controller';
const ACCOUNT = 'service-account-controller';

/** Every active namespace gets this account (pkg/controller/serviceaccount). */
const DEFAULT_ACCOUNT = 'default';

class ServiceAccountController {
  readonly #client: Client;
  readonly #namespaces: Informer<Namespace>;
  readonly #accounts: Informer<ServiceAccount>;

  constructor(context: ControllerContext) {
    this.#client = context.clientFor(ACCOUNT);
    this.#namespaces = context.informers.informer(namespaceKind);
    this.#accounts = context.informers.informer(serviceAccountKind);
    const loop = new Controller({
      process: context.process,
      client: this.#client,
      ready: () => this.#namespaces.synced && this.#accounts.synced,
      reconcile: (key) => this.#sync(key),
    });
    this.#namespaces.addHandler({
      add: (namespace) => loop.enqueue(namespace),
      update: (_, namespace) => loop.enqueue(namespace),
    });
    this.#accounts.addHandler({
      delete: (account) => {
        if (nameOf(account) === DEFAULT_ACCOUNT) loop.queue.add(namespaceOf(account), revisionOf(account));
      },
    });
  }

  #sync(name: string): ReconcileResult {
    const namespace = this.#namespaces.get(name);
    if (namespace === undefined || namespace.status?.phase !== 'Active') return DONE;
    if (this.#accounts.get(makeKey(name, DEFAULT_ACCOUNT)) !== undefined) return DONE;
    const result = this.#client.create(serviceAccountKind, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: DEFAULT_ACCOUNT, namespace: name },
    });
    if (result.ok || isAlreadyExists(result.status) || isNamespaceTerminating(result.status)) return DONE;
    return retry(result.status);
  }
}

export const serviceAccountController: ControllerDefinition = {
  name: NAME,
  start: (context) => void new ServiceAccountController(context),
};
