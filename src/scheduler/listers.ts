import type {
  PodDisruptionBudget,
  ReplicaSet,
  ReplicationController,
  Service,
  StatefulSet,
} from '../api/generated/types.ts';
import type { KindDefinition } from '../api/kind.ts';
import { namespace as namespaceKind } from '../api/kinds/namespace.ts';
import { kindByGVK } from '../api/kinds/registry.ts';
import { replicaSet as replicaSetKind } from '../api/kinds/replicaset.ts';
import { replicationController as controllerKind } from '../api/kinds/replicationcontroller.ts';
import { service as serviceKind } from '../api/kinds/service.ts';
import { type KubeObject, nameOf, namespaceOf } from '../api/object.ts';
import type { Labels } from '../apimachinery/labels.ts';
import type { Informer, InformerFactory } from '../client/informer.ts';

/** What plugins read besides nodes and pods. */
export interface Listers {
  /** Undefined for a namespace that is unknown. */
  namespaceLabels(name: string): Labels;
  namespaces(): readonly string[];
  services(namespace: string): readonly Service[];
  replicationController(namespace: string, name: string): ReplicationController | undefined;
  replicaSet(namespace: string, name: string): ReplicaSet | undefined;
  statefulSet(namespace: string, name: string): StatefulSet | undefined;
  budgets(namespace: string): readonly PodDisruptionBudget[];
}

/** In a cluster without any of it. */
export const NO_LISTERS: Listers = {
  namespaceLabels: () => undefined,
  namespaces: () => [],
  services: () => [],
  replicationController: () => undefined,
  replicaSet: () => undefined,
  statefulSet: () => undefined,
  budgets: () => [],
};

const BY_NAMESPACE = 'namespace';

/** Listers over informers; they know nothing before those have synced. */
export function listersOf(informers: InformerFactory): Listers {
  const namespaces = informers.informer(namespaceKind);
  const services = inNamespace(informers.informer(serviceKind));
  const controllers = informers.informer(controllerKind);
  const replicaSets = informers.informer(replicaSetKind);
  const statefulSets = optional<StatefulSet>(informers, 'apps/v1', 'StatefulSet');
  const budgets = optional<PodDisruptionBudget>(informers, 'policy/v1', 'PodDisruptionBudget');
  const budgetsOf = budgets === undefined ? undefined : inNamespace(budgets);
  return {
    namespaceLabels: (name) => namespaces.get(name)?.metadata.labels,
    namespaces: () => [...namespaces.list()].map(nameOf),
    services,
    replicationController: (namespace, name) => controllers.get(`${namespace}/${name}`),
    replicaSet: (namespace, name) => replicaSets.get(`${namespace}/${name}`),
    statefulSet: (namespace, name) => statefulSets?.get(`${namespace}/${name}`),
    budgets: (namespace) => budgetsOf?.(namespace) ?? [],
  };
}

/** The informer of a kind that this API server may not serve. */
function optional<T extends KubeObject>(
  informers: InformerFactory,
  apiVersion: string,
  kind: string,
): Informer<T> | undefined {
  const definition = kindByGVK(apiVersion, kind);
  // The name of a kind says which type its objects have.
  return definition === undefined
    ? undefined
    : informers.informer(definition as unknown as KindDefinition<T>);
}

function inNamespace<T extends KubeObject>(informer: Informer<T>): (namespace: string) => readonly T[] {
  informer.addIndex(BY_NAMESPACE, (object) => [namespaceOf(object)]);
  return (namespace) => informer.byIndex(BY_NAMESPACE, namespace);
}
