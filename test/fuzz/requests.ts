import type { KindDefinition } from '../../src/api/kind.ts';
import { configMap } from '../../src/api/kinds/configmap.ts';
import { pod as podKind } from '../../src/api/kinds/pod.ts';
import { podDisruptionBudget } from '../../src/api/kinds/poddisruptionbudget.ts';
import { type KubeObject, nameOf, revisionOf } from '../../src/api/object.ts';
import { storageKey } from '../../src/apiserver/storagekey.ts';
import type { Client, Result } from '../../src/client/client.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import type { Action } from './plan.ts';
import type { Telling } from './promises.ts';

/** A request of the player's whose answer is judged, and what it is about. */
export interface Asking {
  readonly cluster: Cluster;
  readonly client: Client;
  readonly tell: Telling;
  readonly kind: KindDefinition;
  readonly namespace: string;
  readonly name: string;
}

type Answer = Result<unknown> | 'skipped';

/** An update of a state that has been replaced since: a conflict, or the optimistic lock is broken. */
export function staleUpdate(asking: Asking, ago: number): Answer {
  const { cluster, client, tell, kind, namespace, name } = asking;
  let record = cluster.history.get(storageKey(kind, namespace, name), cluster.revision);
  const latest = record;
  for (let i = 0; i < ago && record?.previous?.value !== undefined; i++) record = record.previous;
  if (record?.value === undefined || record === latest) return 'skipped';
  const result = client.update(kind, record.value);
  if (result.ok) tell.fail('stale', `an update from revision ${record.modRevision} of ${name} succeeded`);
  tell.saw('stale');
  return result;
}

/** Two clients that read the same and write different labels. */
export function race({ client, tell, kind, namespace, name }: Asking): Answer {
  const read = client.get(kind, name, namespace);
  if (!read.ok) return read;
  const labelled = (racer: string): KubeObject => ({
    ...read.value,
    metadata: { ...read.value.metadata, labels: { ...read.value.metadata.labels, racer } },
  });
  const first = client.update(kind, labelled(`first-${revisionOf(read.value)}`));
  const second = client.update(kind, labelled(`second-${revisionOf(read.value)}`));
  if (first.ok && second.ok) tell.fail('race', `${kind.plural} ${name}: both updates of one state succeeded`);
  if (first.ok) tell.saw('race');
  return first;
}

/** A write through the wrong door: of the spec with the status, of the status with the spec. */
export function wrongDoor({ client, tell, kind, namespace, name }: Asking): Answer {
  const read = client.get(kind, name, namespace);
  if (!read.ok) return read;
  const before = read.value as Stateful;
  if (before.spec === undefined || before.status === undefined) return 'skipped';
  // With another annotation there is something to write, whatever becomes of the rest.
  const annotations = {
    ...before.metadata.annotations,
    'example.com/door': `${before.metadata.resourceVersion}`,
  };
  const byStatus = client.updateStatus(kind, {
    ...before,
    metadata: { ...before.metadata, annotations },
    spec: { ...before.spec, paused: true, suspend: true },
  } as KubeObject);
  if (byStatus.ok) {
    if (JSON.stringify((byStatus.value as Stateful).spec) !== JSON.stringify(before.spec))
      tell.fail('doors', `${kind.plural} ${name}: a write of the status changed the spec`);
    tell.saw('doors');
  }
  const now = (byStatus.ok ? byStatus.value : before) as Stateful;
  const bySpec = client.update(kind, {
    ...now,
    status: { ...now.status, observedGeneration: 0, replicas: 77 },
  } as KubeObject);
  if (bySpec.ok && JSON.stringify((bySpec.value as Stateful).status) !== JSON.stringify(now.status))
    tell.fail('doors', `${kind.plural} ${name}: a write of the spec changed the status`);
  return bySpec;
}

interface Stateful extends KubeObject {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** What somebody without rights hears: that he may not, and nothing about what there is. */
export function denied(asking: Asking, verb: (Action & { do: 'denied' })['verb']): Answer {
  const { cluster, tell, kind, namespace, name } = asking;
  const client = asking.client.impersonating({ user: 'mallory' });
  const key = storageKey(kind, namespace, name);
  const before = cluster.history.get(key, cluster.revision);
  const send = (): Result<unknown> => {
    switch (verb) {
      case 'get':
        return client.get(kind, name, namespace);
      case 'list':
        return client.list(kind, namespace === '' ? {} : { namespace });
      case 'create':
        return client.create(kind, {
          ...before?.value,
          apiVersion: before?.value?.apiVersion ?? 'v1',
          kind: kind.kind,
          metadata: { name: `${name}-more`, ...(namespace === '' ? {} : { namespace }) },
        });
      case 'patch':
        return client.patch(kind, name, namespace, 'merge', {
          metadata: { labels: { mallory: 'was-here' } },
        });
      case 'delete':
        return client.delete(kind, name, namespace);
    }
  };
  const result = send();
  const what = `${verb} ${kind.plural} ${name}`;
  if (result.ok) tell.fail('denied', `${what}: allowed`);
  else if (result.status.reason === 'Forbidden') tell.saw('denied');
  else if (result.status.reason === 'NotFound' || result.status.reason === 'Invalid')
    tell.fail('denied', `${what}: answered with ${result.status.reason}`);
  if (cluster.history.get(key, cluster.revision)?.modRevision !== before?.modRevision)
    tell.fail('denied', `${what}: changed it`);
  return result;
}

/** A write that must leave no trace. */
export function dryRun(
  { cluster, tell }: Pick<Asking, 'cluster' | 'tell'>,
  send: () => Result<unknown>,
): Result<unknown> {
  const before = cluster.revision;
  const result = send();
  if (cluster.revision !== before) tell.fail('dryRun', `it wrote revision ${cluster.revision}`);
  if (result.ok) tell.saw('dryRun');
  return result;
}

/** Reads what was just written. */
export function readBack({ client, tell, kind, namespace, name }: Asking, written: Result<unknown>): void {
  if (!written.ok) return;
  const read = client.get(kind, name, namespace);
  const revision = revisionOf(written.value as KubeObject);
  if (read.ok && revisionOf(read.value) < revision)
    tell.fail(
      'readYourWrite',
      `${kind.plural} ${name}: read at ${revisionOf(read.value)}, written at ${revision}`,
    );
  if (!read.ok && read.status.reason === 'NotFound')
    tell.fail('readYourWrite', `${kind.plural} ${name}: written at ${revision}, and not found`);
  if (read.ok) tell.saw('readYourWrite');
}

/** Binds a pod that has a node already. */
export function rebind({ cluster, client, tell, namespace, name }: Asking, node: string): Answer {
  const before = cluster.get(podKind, namespace, name)?.spec.nodeName ?? '';
  if (before === '' || before === node) return 'skipped';
  const target = { apiVersion: 'v1', kind: 'Node', name: node };
  const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace }, target };
  const result = client.createSubresource(podKind, name, namespace, 'binding', body as KubeObject);
  if (result.ok) tell.fail('rebind', `${namespace}/${name} went from ${before} to ${node}`);
  tell.saw('rebind');
  return result;
}

/** Who owns the keys of a ConfigMap's data, as the object itself says. */
function ownersOf(object: KubeObject | undefined): ReadonlyMap<string, ReadonlySet<string>> {
  const owners = new Map<string, Set<string>>();
  for (const { manager = '', operation, fieldsV1 } of object?.metadata.managedFields ?? []) {
    const fields = (fieldsV1 as Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined)?.[
      'f:data'
    ];
    for (const field of Object.keys(fields ?? {})) {
      const key = field.slice('f:'.length);
      owners.set(key, (owners.get(key) ?? new Set()).add(`${manager} ${operation}`));
    }
  }
  return owners;
}

/** Applies data and compares what came of it with what it should: who wins, who owns, and what goes. */
export function apply(asking: Asking, { data, manager, force }: Action & { do: 'apply' }): Answer {
  const { cluster, client, tell, namespace, name } = asking;
  const before = cluster.get(configMap, namespace, name);
  const owners = ownersOf(before);
  const me = `${manager} Apply`;
  const old: Readonly<Record<string, string>> = before?.data ?? {};
  const contested = Object.entries(data).filter(
    ([key, value]) =>
      old[key] !== undefined &&
      old[key] !== value &&
      [...(owners.get(key) ?? [])].some((each) => each !== me),
  );
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
  const result = client.patch(configMap, name, namespace, 'apply', body, { fieldManager: manager, force });
  const after = cluster.get(configMap, namespace, name);
  const fail = (message: string): void => tell.fail('apply', `${namespace}/${name}: ${manager} ${message}`);
  if (!result.ok) {
    if (
      result.status.reason === 'Conflict' &&
      result.status.details?.causes !== undefined &&
      (force || contested.length === 0)
    )
      fail(`met a conflict about nothing: ${result.status.message}`);
    return result;
  }
  tell.saw('apply');
  if (contested.length > 0 && !force) fail(`took ${contested[0]?.[0]} from others without force`);
  const now = ownersOf(after);
  for (const [key, value] of Object.entries(data)) {
    if (after?.data?.[key] !== value) fail(`applied ${key}=${value}, it is ${after?.data?.[key]}`);
    if (now.get(key)?.has(me) !== true) fail(`applied ${key} and does not own it`);
    if (old[key] !== value && (now.get(key)?.size ?? 0) > 1) fail(`changed ${key}, which others still own`);
  }
  for (const [key, value] of Object.entries(old)) {
    if (data[key] !== undefined) continue;
    const others = [...(owners.get(key) ?? [])].filter((each) => each !== me);
    const mine = owners.get(key)?.has(me) === true;
    const kept = after?.data?.[key] === value;
    if (mine && others.length === 0 && kept)
      fail(`dropped ${key}, which nobody else owns, and it is still there`);
    if ((!mine || others.length > 0) && !kept)
      fail(`did not name ${key}, which is not its own, and it is gone`);
  }
  return result;
}

/** Evicts a pod by the eviction API, and looks what that cost the budgets it counts for. */
export function evict({ cluster, client, tell, namespace, name }: Asking): Answer {
  const pod = cluster.get(podKind, namespace, name);
  const budgets = cluster.objects(podDisruptionBudget, namespace).filter((budget) => {
    const labels = Object.entries(budget.spec?.selector?.matchLabels ?? {});
    return labels.length > 0 && labels.every(([label, wanted]) => pod?.metadata.labels?.[label] === wanted);
  });
  const metadata = { name, namespace };
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata };
  const result = client.createSubresource(podKind, name, namespace, 'eviction', body);
  const ready =
    pod?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
  const counts = ready && pod.metadata.deletionTimestamp === undefined && pod.status?.phase === 'Running';
  if (!result.ok || !counts) return result;
  for (const budget of budgets) {
    const after = cluster.get(podDisruptionBudget, namespace, nameOf(budget))?.status;
    const allowed = budget.status?.disruptionsAllowed ?? 0;
    if (allowed < 1)
      tell.fail('eviction', `${name} was evicted though ${nameOf(budget)} allows no disruption`);
    if ((after?.disruptionsAllowed ?? 0) !== allowed - 1)
      tell.fail(
        'eviction',
        `${name} was evicted, and ${nameOf(budget)} went from ${allowed} to ${after?.disruptionsAllowed}`,
      );
    if (after?.disruptedPods?.[name] === undefined)
      tell.fail('eviction', `${name} was evicted, and ${nameOf(budget)} does not remember it`);
    tell.saw('eviction');
  }
  return result;
}
