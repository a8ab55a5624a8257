import type { ConfigMap, Namespace } from '../api/generated/types.ts';
import { configMap as configMapKind } from '../api/kinds/configmap.ts';
import { namespace as namespaceKind } from '../api/kinds/namespace.ts';
import { makeKey, nameOf, namespaceOf, revisionOf } from '../api/object.ts';
import { isAlreadyExists } from '../apimachinery/status.ts';
import type { Client } from '../client/client.ts';
import { Controller, DONE, type ReconcileResult, retry } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import type { ControllerContext, ControllerDefinition } from './context.ts';
import { isNamespaceTerminating } from './podcontrol.ts';

const NAME = 'root-ca-certificate-publisher-controller';
const ACCOUNT = 'root-ca-cert-publisher';
const CONFIG_MAP = 'kube-root-ca.crt';

/** No cryptography takes place here; the text says so instead of pretending to be a certificate. */
const DATA = Object.freeze({
  'ca.crt':
    '-----BEGIN CERTIFICATE-----\nc2ltdWxhdGVkIGNsdXN0ZXIsIG5vIHJlYWwgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n',
});

/** Keeps the ConfigMap that every pod's API access volume projects (pkg/controller/certificates/rootcacertpublisher). */
class RootCACertificatePublisher {
  readonly #client: Client;
  readonly #namespaces: Informer<Namespace>;
  readonly #configMaps: Informer<ConfigMap>;

  constructor(context: ControllerContext) {
    this.#client = context.clientFor(ACCOUNT);
    this.#namespaces = context.informers.informer(namespaceKind);
    this.#configMaps = context.informers.informer(configMapKind);
    const loop = new Controller({
      process: context.process,
      client: this.#client,
      ready: () => this.#namespaces.synced && this.#configMaps.synced,
      reconcile: (key) => this.#sync(key),
    });
    this.#namespaces.addHandler({
      add: (namespace) => loop.enqueue(namespace),
      update: (_, namespace) => loop.enqueue(namespace),
    });
    const changed = (configMap: ConfigMap): void => {
      if (nameOf(configMap) === CONFIG_MAP) loop.queue.add(namespaceOf(configMap), revisionOf(configMap));
    };
    this.#configMaps.addHandler({ update: (_, configMap) => changed(configMap), delete: changed });
  }

  #sync(name: string): ReconcileResult {
    const namespace = this.#namespaces.get(name);
    if (namespace === undefined || namespace.status?.phase !== 'Active') return DONE;
    const current = this.#configMaps.get(makeKey(name, CONFIG_MAP));
    if (current !== undefined && current.data?.['ca.crt'] === DATA['ca.crt']) return DONE;
    const result =
      current === undefined
        ? this.#client.create(configMapKind, {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name: CONFIG_MAP, namespace: name },
            data: DATA,
          })
        : this.#client.update(configMapKind, { ...current, data: DATA });
    if (result.ok || isAlreadyExists(result.status) || isNamespaceTerminating(result.status)) return DONE;
    return retry(result.status);
  }
}

export const rootCACertificatePublisher: ControllerDefinition = {
  name: NAME,
  start: (context) => void new RootCACertificatePublisher(context),
};
