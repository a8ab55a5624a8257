import { pod } from '../../src/api/kinds/pod.ts';
import { kindByGVK } from '../../src/api/kinds/registry.ts';
import { type KubeObject, nameOf, namespaceOf } from '../../src/api/object.ts';
import type { Client, Result } from '../../src/client/client.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import type { Crashes } from './crashes.ts';
import { isActive } from './fit.ts';
import type { Action, Target } from './plan.ts';
import type { Telling } from './promises.ts';
import {
  type Asking,
  apply,
  denied,
  dryRun,
  evict,
  race,
  readBack,
  rebind,
  staleUpdate,
  wrongDoor,
} from './requests.ts';

/** What became of an action: `done`, `skipped` (its target is not there), or the refusal's reason. */
export type Outcome = 'done' | 'skipped' | (string & {});

/** What an action is done to. */
export interface Scene {
  readonly cluster: Cluster;
  readonly crashes: Crashes;
  readonly tell: Telling;
}

/** Does an action to a cluster, as the player from the laptop. Never throws for a refusal. */
export function perform(scene: Scene, action: Action): Outcome {
  const { cluster, crashes, tell } = scene;
  const client = cluster.client('kubectl');
  client.setCause({ component: 'kubectl', trigger: 0, input: action.do });
  if (action.do === 'fault') return cluster.inject(action.fault) ?? 'done';
  if (action.do === 'crash') {
    crashes.arm(action.component, action.writes);
    return 'done';
  }
  if (action.do === 'create') return create(scene, client, action.object, action.dryRun === true);
  if (action.do === 'drain') return drain(scene, client, action.node);
  if ('nth' in action) return onPod(scene, client, action);
  const { target } = action;
  const kind = kindByGVK(target.apiVersion, target.kind);
  if (kind === undefined) throw new Error(`drawn a kind that does not exist: ${target.kind}`);
  return onTarget(
    { cluster, client, tell, kind, namespace: target.namespace ?? '', name: target.name },
    action,
  );
}

type Targeted = Extract<Action, { readonly target: Target }>;

function onTarget(asking: Asking, action: Targeted): Outcome {
  const { client, kind, name, namespace } = asking;
  switch (action.do) {
    case 'scale':
      return written(
        asking,
        client.patch(kind, name, namespace, 'merge', { spec: { replicas: action.replicas } }),
      );
    case 'merge': {
      const send = (): Result<unknown> =>
        client.patch(kind, name, namespace, 'merge', action.patch, { dryRun: action.dryRun === true });
      return action.dryRun === true ? outcome(dryRun(asking, send)) : written(asking, send());
    }
    case 'delete': {
      const { propagation } = action;
      const send = (): Result<unknown> =>
        client.delete(kind, name, namespace, {
          ...(propagation === undefined ? {} : { propagationPolicy: propagation }),
          ...(action.dryRun === true ? { dryRun: true } : {}),
        });
      return outcome(action.dryRun === true ? dryRun(asking, send) : send());
    }
    case 'apply':
      return outcome(apply(asking, action));
    case 'staleUpdate':
      return outcome(staleUpdate(asking, action.ago));
    case 'race':
      return outcome(race(asking));
    case 'wrongDoor':
      return outcome(wrongDoor(asking));
    case 'denied':
      return outcome(denied(asking, action.verb));
  }
}

function written(asking: Asking, result: Result<unknown>): Outcome {
  readBack(asking, result);
  return outcome(result);
}

function create({ cluster, tell }: Scene, client: Client, object: KubeObject, dry: boolean): Outcome {
  const kind = kindByGVK(object.apiVersion, object.kind);
  if (kind === undefined) throw new Error(`drawn a kind that does not exist: ${object.kind}`);
  const asking = { cluster, client, tell, kind, namespace: namespaceOf(object), name: nameOf(object) };
  if (dry) return outcome(dryRun(asking, () => client.create(kind, object, { dryRun: true })));
  return written(asking, client.create(kind, object));
}

type OnPod = Extract<Action, { readonly nth: number }>;

/** Does something to one of the pods of a namespace. */
function onPod({ cluster, tell }: Scene, client: Client, action: OnPod): Outcome {
  const pods = cluster.objects(pod, action.namespace);
  const chosen = pods[action.nth % pods.length];
  if (chosen === undefined) return 'skipped';
  const [name, namespace] = [nameOf(chosen), namespaceOf(chosen)];
  switch (action.do) {
    case 'deletePod':
      return outcome(
        client.delete(pod, name, namespace, {
          ...(action.grace === undefined ? {} : { gracePeriodSeconds: action.grace }),
        }),
      );
    case 'evictPod':
      return outcome(evict({ cluster, client, tell, kind: pod, name, namespace }));
    case 'relabelPod':
      return outcome(
        client.patch(pod, name, namespace, 'merge', { metadata: { labels: { app: action.app } } }),
      );
    case 'rebind':
      return outcome(rebind({ cluster, client, tell, kind: pod, name, namespace }, action.node));
    case 'markPod':
      if (!isActive(chosen)) return 'skipped';
      return outcome(
        client.patch(
          pod,
          name,
          namespace,
          'merge',
          { status: { phase: 'Failed' } },
          { subresource: 'status' },
        ),
      );
  }
}

/** As `kubectl drain` does after the node was cordoned: what daemons own stays. */
function drain({ cluster, tell }: Scene, client: Client, node: string): Outcome {
  const leaving = cluster
    .objects(pod)
    .filter(
      ({ spec, metadata }) => spec.nodeName === node && metadata.ownerReferences?.[0]?.kind !== 'DaemonSet',
    );
  for (const each of leaving)
    evict({ cluster, client, tell, kind: pod, name: nameOf(each), namespace: namespaceOf(each) });
  return leaving.length === 0 ? 'skipped' : 'done';
}

function outcome(result: Result<unknown> | 'skipped'): Outcome {
  if (result === 'skipped') return result;
  return result.ok ? 'done' : (result.status.reason ?? 'refused');
}
