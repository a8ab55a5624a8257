import type { KindDefinition } from '../../src/api/kind.ts';
import { pod } from '../../src/api/kinds/pod.ts';
import { kindByGVK } from '../../src/api/kinds/registry.ts';
import { type KubeObject, nameOf, namespaceOf } from '../../src/api/object.ts';
import { storageKey } from '../../src/apiserver/storagekey.ts';
import type { Client, Result } from '../../src/client/client.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import type { Action, Target } from './plan.ts';

/** What became of an action: `done`, `skipped` (its target is not there), or the refusal's reason. */
export type Outcome = 'done' | 'skipped' | (string & {});

/** Does an action to a cluster, as the player from the laptop. Never throws for a refusal. */
export function perform(cluster: Cluster, action: Action): Outcome {
  const client = cluster.client('kubectl');
  client.setCause({ component: 'kubectl', trigger: 0, input: action.do });
  switch (action.do) {
    case 'create':
      return create(cluster, client, action.object, action.dryRun === true);
    case 'scale':
      return onTarget(action.target, (kind, name, namespace) =>
        outcome(client.patch(kind, name, namespace, 'merge', { spec: { replicas: action.replicas } })),
      );
    case 'merge':
      return onTarget(action.target, (kind, name, namespace) =>
        outcome(client.patch(kind, name, namespace, 'merge', action.patch)),
      );
    case 'delete': {
      const { propagation } = action;
      return onTarget(action.target, (kind, name, namespace) =>
        outcome(
          client.delete(kind, name, namespace, {
            ...(propagation === undefined ? {} : { propagationPolicy: propagation }),
          }),
        ),
      );
    }
    case 'deletePod':
      return onPod(cluster, action, (name, namespace) =>
        outcome(
          client.delete(pod, name, namespace, {
            ...(action.grace === undefined ? {} : { gracePeriodSeconds: action.grace }),
          }),
        ),
      );
    case 'evictPod':
      return onPod(cluster, action, (name, namespace) => {
        const metadata = { name, namespace };
        const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata };
        return outcome(client.createSubresource(pod, name, namespace, 'eviction', body));
      });
    case 'relabelPod':
      return onPod(cluster, action, (name, namespace) =>
        outcome(client.patch(pod, name, namespace, 'merge', { metadata: { labels: { app: action.app } } })),
      );
    case 'staleUpdate':
      return onTarget(action.target, (kind, name, namespace) =>
        staleUpdate(cluster, client, kind, namespace, name, action.ago),
      );
    case 'fault': {
      const refused = cluster.inject(action.fault);
      return refused === undefined ? 'done' : refused;
    }
  }
}

function create(cluster: Cluster, client: Client, object: KubeObject, dryRun: boolean): Outcome {
  const kind = kindByGVK(object.apiVersion, object.kind);
  if (kind === undefined) throw new Error(`drawn a kind that does not exist: ${object.kind}`);
  const before = cluster.revision;
  const result = client.create(kind, object, dryRun ? { dryRun } : {});
  if (dryRun && cluster.revision !== before) throw new Error('a dry run wrote something');
  return outcome(result);
}

/** An update of a state that has been replaced since: a conflict, or the optimistic lock is broken. */
function staleUpdate(
  cluster: Cluster,
  client: Client,
  kind: KindDefinition,
  namespace: string,
  name: string,
  ago: number,
): Outcome {
  let record = cluster.history.get(storageKey(kind, namespace, name), cluster.revision);
  const latest = record;
  for (let i = 0; i < ago && record?.previous?.value !== undefined; i++) record = record.previous;
  if (record?.value === undefined || record === latest) return 'skipped';
  const result = client.update(kind, record.value);
  if (result.ok) throw new Error(`an update from revision ${record.modRevision} of ${name} succeeded`);
  return outcome(result);
}

function onTarget(
  { apiVersion, kind: name, ...target }: Target,
  act: (kind: KindDefinition, name: string, namespace: string) => Outcome,
): Outcome {
  const kind = kindByGVK(apiVersion, name);
  if (kind === undefined) throw new Error(`drawn a kind that does not exist: ${apiVersion} ${name}`);
  return act(kind, target.name, target.namespace ?? '');
}

function onPod(
  cluster: Cluster,
  { namespace, nth }: { readonly namespace: string; readonly nth: number },
  act: (name: string, namespace: string) => Outcome,
): Outcome {
  const pods = cluster.objects(pod, namespace);
  const chosen = pods[nth % pods.length];
  return chosen === undefined ? 'skipped' : act(nameOf(chosen), namespaceOf(chosen));
}

function outcome(result: Result<unknown>): Outcome {
  return result.ok ? 'done' : (result.status.reason ?? 'refused');
}
