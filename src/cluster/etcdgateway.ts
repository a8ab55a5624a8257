import type { KubeObject } from '../api/object.ts';
import { base64DecodeText, base64EncodeText } from '../apimachinery/base64.ts';
import type { Json, JsonObject } from '../apimachinery/json.ts';
import { REGISTRY } from '../apiserver/storagekey.ts';
import { stamped } from '../apiserver/write.ts';
import type { EtcdCluster } from '../etcd/etcdcluster.ts';
import type { Member } from '../etcd/member.ts';
import type { KeyValue, StoreError } from '../etcd/store.ts';
import { httpReply } from '../network/http.ts';
import type { Handler, Reply } from '../network/types.ts';
import type { Cause } from '../sim/cause.ts';

const MAX_BODY = 1_572_864;
const VERSION = { etcdserver: '3.6.6', etcdcluster: '3.6.0', storage: '3.6.0' };
const CAUSE: Cause = Object.freeze({ component: 'etcdctl', trigger: 0, input: 'etcdctl' });

type Call = (gateway: Gateway, body: JsonObject) => JsonObject | StoreError | string;

interface Gateway {
  readonly cluster: EtcdCluster<KubeObject>;
  readonly member: Member<KubeObject>;
}

/**
 * The client port of a member: etcd's JSON gateway (`/v3/kv/range` and so on; keys and values in base64,
 * numbers as texts), as far as etcdctl needs it. What Kubernetes stores as protobuf is JSON here.
 */
export function etcdGateway(cluster: EtcdCluster<KubeObject>, member: Member<KubeObject>): Handler {
  return ({ message }): Reply => {
    if (message.protocol !== 'http') return { type: 'reset', latencyMs: 0 };
    if (message.path === '/version') return httpReply(200, JSON.stringify(VERSION));
    if (message.path === '/health')
      return member.get('health').ok
        ? httpReply(200, '{"health":"true","reason":""}')
        : httpReply(503, '{"health":"false","reason":"RAFT NO LEADER"}');
    const call = CALLS[message.path];
    if (call === undefined) return httpReply(404, '404 page not found\n');
    const body = parse(message.body);
    if (body === undefined) return failure('invalid request', 3);
    const answer = call({ cluster, member }, body);
    if (typeof answer === 'string') return failure(answer, 3);
    if (isStoreError(answer)) return failure(answer.message, 14, answer);
    const header = {
      cluster_id: cluster.dataId,
      member_id: member.id,
      revision: String(member.revision),
      raft_term: String(member.term),
    };
    return httpReply(200, JSON.stringify({ header, ...answer }), member.commitDelay);
  };
}

const CALLS: Readonly<Record<string, Call>> = {
  '/v3/kv/range': range,
  '/v3/kv/put': put,
  '/v3/kv/deleterange': deleteRange,
  '/v3/kv/compaction': ({ member }, body) => {
    const done = member.compact(number(body.revision));
    return done.ok ? {} : done.error;
  },
  '/v3/watch': watch,
  '/v3/lease/leases': ({ member }) => ({ leases: member.state.leases.map((id) => ({ ID: String(id) })) }),
  '/v3/lease/grant': ({ member }, body) => {
    const granted = member.grantLease(number(body.TTL) * 1000);
    return granted.ok ? { ID: String(granted.value), TTL: String(number(body.TTL)) } : granted.error;
  },
  '/v3/lease/revoke': ({ member }, body) => {
    const done = member.revokeLease(number(body.ID));
    return done.ok ? {} : done.error;
  },
  '/v3/cluster/member/list': ({ cluster }) => ({
    members: cluster.members.map(({ id, name, address }) => ({ ID: id, name, address })),
  }),
  '/v3/maintenance/status': status,
  '/v3/maintenance/defragment': ({ member }) => {
    member.state.space.defragment(member.name);
    return {};
  },
  '/v3/maintenance/alarm': alarm,
  '/v3/maintenance/transfer-leadership': ({ cluster }, body) => {
    const to = cluster.members.find(({ id }) => id === body.targetID);
    return to !== undefined && cluster.moveLeader(to) ? {} : 'etcdserver: bad leader transferee';
  },
  // What the real one streams page by page is told in three numbers.
  '/v3/maintenance/snapshot': ({ cluster, member }) => ({
    revision: String(member.revision),
    cluster: cluster.dataId,
    keys: String(member.state.size),
    size: String(member.state.space.sizeOf(member.name)),
  }),
};

function range({ member }: Gateway, body: JsonObject): JsonObject | StoreError {
  const key = text(body.key);
  const prefix = body.range_end !== undefined;
  const revision = number(body.revision);
  const limit = number(body.limit);
  if (!prefix) {
    const serializable = body.serializable === true;
    const read = serializable
      ? member.getSerializable(key)
      : member.get(key, revision === 0 ? undefined : revision);
    if (!read.ok) return read.error;
    const kvs = read.value === undefined ? [] : [shown(read.value, body)];
    return { kvs, count: String(kvs.length), more: false };
  }
  const read = member.range(key, {
    ...(revision === 0 ? {} : { revision }),
    ...(limit === 0 ? {} : { limit }),
  });
  if (!read.ok) return read.error;
  const { records, count, more } = read.value;
  const kvs = body.count_only === true ? [] : records.map((record) => shown(record, body));
  return { kvs, count: String(count), more };
}

function shown(record: KeyValue<KubeObject>, { keys_only: keysOnly }: JsonObject): JsonObject {
  return {
    key: base64EncodeText(record.key),
    create_revision: String(record.createRevision),
    mod_revision: String(record.modRevision),
    version: String(record.version),
    ...(record.lease === 0 ? {} : { lease: String(record.lease) }),
    ...(keysOnly === true || record.value === undefined
      ? {}
      : { value: base64EncodeText(valueText(record.value)) }),
  };
}

/** A value as etcdctl sees it: what it put itself, or an object as JSON. */
function valueText(value: KubeObject): string {
  const raw = (value as { readonly raw?: unknown }).raw;
  return value.kind === '' && typeof raw === 'string' ? raw : JSON.stringify(value);
}

function put({ member }: Gateway, body: JsonObject): JsonObject | StoreError | string {
  const key = text(body.key);
  const value = text(body.value);
  if (key === '') return 'etcdserver: key is not provided';
  let object: KubeObject = Object.freeze({ apiVersion: '', kind: '', metadata: {}, raw: value });
  if (key.startsWith(REGISTRY)) {
    const parsed = parse(value);
    if (
      typeof parsed?.kind !== 'string' ||
      typeof parsed.apiVersion !== 'string' ||
      typeof parsed.metadata !== 'object'
    )
      return `a key below ${REGISTRY} takes an object of Kubernetes as JSON`;
    object = parsed as unknown as KubeObject;
  }
  const stored = (revision: number): KubeObject => (object.kind === '' ? object : stamped(object, revision));
  const lease = number(body.lease);
  const operation = { type: 'put', key, value: stored, ...(lease === 0 ? {} : { lease }) } as const;
  const done = member.txn([], [operation], [], CAUSE);
  return done.ok ? {} : done.error;
}

function deleteRange({ member }: Gateway, body: JsonObject): JsonObject | StoreError {
  const key = text(body.key);
  const prefix = body.range_end !== undefined;
  const found = prefix ? member.range(key) : member.get(key);
  if (!found.ok) return found.error;
  const count = prefix ? (found.value as { count: number }).count : found.value === undefined ? 0 : 1;
  const operation = prefix
    ? ({ type: 'deletePrefix', prefix: key } as const)
    : ({ type: 'delete', key } as const);
  const done = member.txn([], [operation], [], CAUSE);
  return done.ok ? { deleted: String(count) } : done.error;
}

/** The changes from a revision on that there are by now; who watches asks again. */
function watch({ member }: Gateway, body: JsonObject): JsonObject | StoreError {
  const key = text(body.key);
  const from = number(body.start_revision);
  if (from !== 0 && from < member.compactRevision)
    return { compact_revision: String(member.compactRevision), events: [] };
  const events: JsonObject[] = [];
  if (from !== 0)
    for (const record of member.state.history.between(from, member.revision)) {
      if (body.range_end === undefined ? record.key !== key : !record.key.startsWith(key)) continue;
      events.push({ type: record.value === undefined ? 'DELETE' : 'PUT', kv: shown(record, {}) });
    }
  return { events };
}

function status({ cluster, member }: Gateway): JsonObject {
  const { space } = member.state;
  return {
    version: VERSION.etcdserver,
    storageVersion: VERSION.storage,
    dbSize: String(space.sizeOf(member.name)),
    dbSizeInUse: String(space.inUse),
    dbSizeQuota: String(space.quota),
    leader: member.leader?.id ?? '0',
    raftIndex: String(member.revision + cluster.members.length + 1),
    raftAppliedIndex: String(member.revision + cluster.members.length + 1),
    raftTerm: String(member.term),
    isLearner: false,
    errors: [
      ...[...space.alarms].map((name) => `memberID:${idOf(cluster, name)} alarm:NOSPACE`),
      ...(member.leader === undefined ? ['etcdserver: no leader'] : []),
    ],
  };
}

function alarm({ cluster, member }: Gateway, body: JsonObject): JsonObject | StoreError {
  const { space } = member.state;
  const alarms = [...space.alarms].map((name) => ({ memberID: idOf(cluster, name), alarm: 'NOSPACE' }));
  if (body.action !== 'DEACTIVATE') return { alarms };
  // To end an alarm is agreed upon like a write.
  const reached = member.get('health');
  if (!reached.ok) return reached.error;
  space.alarms.clear();
  return { alarms };
}

function idOf(cluster: EtcdCluster<KubeObject>, name: string): string {
  return cluster.members.find((member) => member.name === name)?.id ?? '0';
}

function isStoreError(answer: JsonObject | StoreError): answer is StoreError {
  return (
    typeof (answer as StoreError).code === 'string' && typeof (answer as StoreError).message === 'string'
  );
}

function failure(message: string, code: number, error?: StoreError): Reply {
  // A request that times out takes that long; the client has given up before.
  const hang = error?.code === 'timeout';
  return hang
    ? { type: 'hang' }
    : httpReply(code === 14 ? 503 : 400, JSON.stringify({ error: message, code, message }));
}

function parse(body: string): JsonObject | undefined {
  if (body.length > MAX_BODY) return undefined;
  if (body === '') return {};
  let value: Json;
  try {
    value = JSON.parse(body) as Json;
  } catch {
    // JSON.parse has no other way to say that a text is no JSON.
    return undefined;
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? (base64DecodeText(value) ?? '') : '';
}

function number(value: Json | undefined): number {
  const read = Number(value ?? 0);
  return Number.isSafeInteger(read) && read >= 0 ? read : 0;
}
