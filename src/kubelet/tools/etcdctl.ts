import type { JsonObject } from '../../apimachinery/json.ts';
import type { Answer, Program, Wait } from '../../sim/program.ts';
import {
  callEtcd,
  decodeText,
  type EtcdFlags,
  encodeKey,
  framedTable,
  humanBytes,
  listOf,
  readEtcdFlags,
  retryWarning,
} from './etcdclient.ts';
import { saveSnapshot, snapshotStatus } from './etcdsnapshot.ts';
import type { Tool, ToolContext } from './tool.ts';

const WATCH_POLL_MS = 200;
const REGISTRY = '/registry/';
const NOTE = '(what Kubernetes stores here is protobuf; the simulation shows the object as JSON)';
const CLIENT_PORT = 2379;

type Command = (ctx: ToolContext, flags: EtcdFlags, words: readonly string[]) => Program;

/** Commands by their first word, or first two. */
const COMMANDS: Readonly<Record<string, Command>> = {
  'alarm disarm': alarm,
  'alarm list': alarm,
  compaction: compact,
  compact,
  defrag,
  del,
  'endpoint health': endpointHealth,
  'endpoint status': endpointStatus,
  get,
  'lease grant': leaseGrant,
  'lease list': leaseList,
  'lease revoke': leaseRevoke,
  'member list': memberList,
  'move-leader': moveLeader,
  put,
  'snapshot save': saveSnapshot,
  'snapshot status': snapshotStatus,
  version,
  watch,
};

/** The client of etcd, version 3.6. */
export const etcdctl: Tool = {
  name: 'etcdctl',
  *run(ctx, args): Program {
    const flags = readEtcdFlags(ctx, args);
    if ('error' in flags) {
      ctx.stdio.err(`Error: ${flags.error}\n`);
      return 1;
    }
    const [first = '', second = ''] = flags.words;
    const pair = COMMANDS[`${first} ${second}`];
    if (pair !== undefined) return yield* pair(ctx, flags, flags.words.slice(2));
    const single = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
    if (single !== undefined) return yield* single(ctx, flags, flags.words.slice(1));
    if (first === '' || flags.own.get('help') === 'true') {
      ctx.stdio.out(usage());
      return 0;
    }
    ctx.stdio.err(
      `Error: unknown command ${JSON.stringify(first)} for "etcdctl"\nRun 'etcdctl --help' for usage.\n`,
    );
    return 1;
  },
};

function usage(): string {
  const names = Object.keys(COMMANDS).map((name) => `\t${name}\n`);
  return `NAME:\n\tetcdctl - A simple command line client for etcd3.\n\nUSAGE:\n\tetcdctl [flags]\n\nVERSION:\n\t3.6.6\n\nAPI VERSION:\n\t3.6\n\nCOMMANDS:\n${names.join('')}`;
}

/** Calls the first endpoint that answers; prints the error and gives undefined when it refuses. */
function* call(
  ctx: ToolContext,
  flags: EtcdFlags,
  path: string,
  body: JsonObject,
): Generator<Wait, JsonObject | undefined, Answer> {
  let error = 'context deadline exceeded';
  const share = Math.max(1, Math.floor(flags.timeout / flags.endpoints.length));
  for (const endpoint of flags.endpoints) {
    const answer = yield* callEtcd(ctx, endpoint, path, body, share);
    if (answer.ok) return answer.value;
    error = answer.error;
    if (error !== 'context deadline exceeded') break;
  }
  if (error === 'context deadline exceeded') ctx.stdio.err(retryWarning(ctx, flags.endpoints[0] ?? ''));
  ctx.stdio.err(`Error: ${error}\n`);
  return undefined;
}

function* get(ctx: ToolContext, flags: EtcdFlags, words: readonly string[]): Program {
  const { own } = flags;
  const fromKey = own.get('from-key') === 'true';
  const key = words[0];
  if (key === undefined && !fromKey && own.get('prefix') !== 'true')
    return usageError(ctx, 'get command needs one argument as key and an optional argument as range_end');
  const prefix = own.get('prefix') === 'true' || fromKey;
  const answer = yield* call(ctx, flags, '/v3/kv/range', {
    key: encodeKey(fromKey ? '' : (key ?? '')),
    ...(prefix ? { range_end: 'prefix' } : {}),
    ...(own.get('keys-only') === 'true' ? { keys_only: true } : {}),
    ...(own.get('count-only') === 'true' ? { count_only: true } : {}),
    ...(own.get('consistency') === 's' ? { serializable: true } : {}),
    revision: own.get('rev') ?? '0',
    limit: fromKey ? '0' : (own.get('limit') ?? '0'),
  });
  if (answer === undefined) return 1;
  if (flags.output === 'json') return json(ctx, answer);
  if (own.get('count-only') === 'true' && flags.output === 'fields') {
    ctx.stdio.out(`"Count" : ${String(answer.count)}\n`);
    return 0;
  }
  let noted = false;
  for (const kv of listOf(answer.kvs)) {
    const name = decodeText(kv.key);
    if (fromKey && name < (key ?? '')) continue;
    const value = decodeText(kv.value);
    if (own.get('keys-only') === 'true') {
      ctx.stdio.out(`${name}\n\n`);
      continue;
    }
    if (own.get('print-value-only') !== 'true') ctx.stdio.out(`${name}\n`);
    ctx.stdio.out(`${value}\n`);
    noted ||= name.startsWith(REGISTRY);
  }
  if (noted) ctx.stdio.err(`${NOTE}\n`);
  return 0;
}

function* put(ctx: ToolContext, flags: EtcdFlags, words: readonly string[]): Program {
  const [key, value] = words;
  if (key === undefined || value === undefined)
    return usageError(ctx, 'put command needs 1 argument and input from stdin or 2 arguments');
  const lease = Number.parseInt(flags.own.get('lease') ?? '0', 16);
  const answer = yield* call(ctx, flags, '/v3/kv/put', {
    key: encodeKey(key),
    value: encodeKey(value),
    ...(lease > 0 ? { lease: String(lease) } : {}),
  });
  if (answer === undefined) return 1;
  if (flags.output === 'json') return json(ctx, answer);
  ctx.stdio.out('OK\n');
  return 0;
}

function* del(ctx: ToolContext, flags: EtcdFlags, words: readonly string[]): Program {
  const [key] = words;
  if (key === undefined)
    return usageError(ctx, 'del command needs one argument as key and an optional argument as range_end');
  const prefix = flags.own.get('prefix') === 'true';
  const body = { key: encodeKey(key), ...(prefix ? { range_end: 'prefix' } : {}) };
  const answer = yield* call(ctx, flags, '/v3/kv/deleterange', body);
  if (answer === undefined) return 1;
  if (flags.output === 'json') return json(ctx, answer);
  ctx.stdio.out(`${String(answer.deleted ?? '0')}\n`);
  return 0;
}

function* watch(ctx: ToolContext, flags: EtcdFlags, words: readonly string[]): Program {
  const [key] = words;
  if (key === undefined) return usageError(ctx, 'watch command needs arguments or the interactive mode');
  const prefix = flags.own.get('prefix') === 'true';
  const body = { key: encodeKey(key), ...(prefix ? { range_end: 'prefix' } : {}) };
  let from = Number(flags.own.get('rev') ?? 0);
  for (;;) {
    const answer = yield* call(ctx, flags, '/v3/watch', { ...body, start_revision: String(from) });
    if (answer === undefined) return 1;
    if (answer.compact_revision !== undefined) {
      ctx.stdio.err(
        `watch was canceled (etcdserver: mvcc: required revision has been compacted)\nError: watch is canceled by the server\n`,
      );
      return 1;
    }
    for (const event of listOf(answer.events)) {
      const kv = event.kv as JsonObject;
      ctx.stdio.out(
        `${String(event.type)}\n${decodeText(kv.key)}\n${event.type === 'PUT' ? decodeText(kv.value) : ''}\n`,
      );
    }
    from = Number((answer.header as JsonObject).revision) + 1;
    yield { type: 'sleep', ms: WATCH_POLL_MS };
  }
}

function* compact(ctx: ToolContext, flags: EtcdFlags, words: readonly string[]): Program {
  const [revision] = words;
  if (revision === undefined) return usageError(ctx, 'compaction command needs 1 argument');
  if (!/^\d+$/.test(revision)) {
    ctx.stdio.err(`Error: strconv.ParseInt: parsing ${JSON.stringify(revision)}: invalid syntax\n`);
    return 1;
  }
  const answer = yield* call(ctx, flags, '/v3/kv/compaction', { revision });
  if (answer === undefined) return 1;
  ctx.stdio.out(`compacted revision ${revision}\n`);
  return 0;
}

/** The endpoints meant: with --cluster those of all members. */
function* endpointsOf(ctx: ToolContext, flags: EtcdFlags): Generator<Wait, readonly string[], Answer> {
  if (flags.own.get('cluster') !== 'true') return flags.endpoints;
  const answer = yield* call(ctx, flags, '/v3/cluster/member/list', {});
  return listOf(answer?.members).map((member) => `https://${String(member.address)}:${CLIENT_PORT}`);
}

function* defrag(ctx: ToolContext, flags: EtcdFlags): Program {
  let code = 0;
  for (const endpoint of yield* endpointsOf(ctx, flags)) {
    const answer = yield* callEtcd(ctx, endpoint, '/v3/maintenance/defragment', {}, flags.timeout);
    if (answer.ok) ctx.stdio.out(`Finished defragmenting etcd member[${endpoint}]. took 12.345678ms\n`);
    else {
      ctx.stdio.err(`Failed to defragment etcd member[${endpoint}]. took 5.0s. (${answer.error})\n`);
      code = 1;
    }
  }
  return code;
}

function* alarm(ctx: ToolContext, flags: EtcdFlags): Program {
  const action = flags.words[1] === 'disarm' ? 'DEACTIVATE' : 'GET';
  const answer = yield* call(ctx, flags, '/v3/maintenance/alarm', { action });
  if (answer === undefined) return 1;
  if (flags.output === 'json') return json(ctx, answer);
  for (const each of listOf(answer.alarms))
    ctx.stdio.out(`memberID:${decimal(String(each.memberID))} alarm:${String(each.alarm)} \n`);
  return 0;
}

function* memberList(ctx: ToolContext, flags: EtcdFlags): Program {
  const answer = yield* call(ctx, flags, '/v3/cluster/member/list', {});
  if (answer === undefined) return 1;
  if (flags.output === 'json') return json(ctx, answer);
  const rows = listOf(answer.members).map((member) => {
    const host = String(member.address);
    return [
      String(member.ID),
      'started',
      String(member.name),
      `https://${host}:2380`,
      `https://${host}:${CLIENT_PORT}`,
      'false',
    ];
  });
  ctx.stdio.out(
    flags.output === 'table'
      ? framedTable(['ID', 'STATUS', 'NAME', 'PEER ADDRS', 'CLIENT ADDRS', 'IS LEARNER'], rows)
      : rows.map((row) => `${row.join(', ')}\n`).join(''),
  );
  return 0;
}

const STATUS_HEAD = [
  'ENDPOINT',
  'ID',
  'VERSION',
  'STORAGE VERSION',
  'DB SIZE',
  'IN USE',
  'PERCENTAGE NOT IN USE',
  'QUOTA',
  'IS LEADER',
  'IS LEARNER',
  'RAFT TERM',
  'RAFT INDEX',
  'RAFT APPLIED INDEX',
  'ERRORS',
  'DOWNGRADE TARGET VERSION',
  'DOWNGRADE ENABLED',
];

function* endpointStatus(ctx: ToolContext, flags: EtcdFlags): Program {
  const rows: string[][] = [];
  const all: JsonObject[] = [];
  let failed = false;
  for (const endpoint of yield* endpointsOf(ctx, flags)) {
    const answer = yield* callEtcd(ctx, endpoint, '/v3/maintenance/status', {}, flags.timeout);
    if (!answer.ok) {
      ctx.stdio.err(retryWarning(ctx, endpoint));
      ctx.stdio.err(`Failed to get the status of endpoint ${endpoint} (${answer.error})\n`);
      failed = true;
      continue;
    }
    all.push({ Endpoint: endpoint, Status: answer.value });
    rows.push(statusRow(endpoint, answer.value));
  }
  if (flags.output === 'json') ctx.stdio.out(`${JSON.stringify(all)}\n`);
  else if (flags.output === 'table') ctx.stdio.out(framedTable(STATUS_HEAD, rows));
  else ctx.stdio.out(rows.map((row) => `${row.join(', ')}\n`).join(''));
  return failed ? 1 : 0;
}

function statusRow(endpoint: string, status: JsonObject): string[] {
  const size = Number(status.dbSize);
  const used = Number(status.dbSizeInUse);
  const id = String((status.header as JsonObject).member_id);
  const errors = Array.isArray(status.errors) ? status.errors.map(String) : [];
  return [
    endpoint,
    id,
    String(status.version),
    String(status.storageVersion),
    humanBytes(size),
    humanBytes(used),
    `${size === 0 ? 0 : Math.round((1 - used / size) * 100)}%`,
    humanBytes(Number(status.dbSizeQuota)),
    String(status.leader === id),
    'false',
    String(status.raftTerm),
    String(status.raftIndex),
    String(status.raftAppliedIndex),
    errors
      .map((error) => error.replace(/memberID:([0-9a-f]+)/, (_, hex: string) => `memberID:${decimal(hex)}`))
      .join(', '),
    '',
    'false',
  ];
}

function* endpointHealth(ctx: ToolContext, flags: EtcdFlags): Program {
  const rows: { endpoint: string; ok: boolean; error: string }[] = [];
  for (const endpoint of yield* endpointsOf(ctx, flags)) {
    // A health check is a read that a majority confirms.
    const answer = yield* callEtcd(
      ctx,
      endpoint,
      '/v3/kv/range',
      { key: encodeKey('health') },
      flags.timeout,
    );
    let error = answer.ok ? '' : answer.error;
    if (answer.ok) {
      const alarms = yield* callEtcd(
        ctx,
        endpoint,
        '/v3/maintenance/alarm',
        { action: 'GET' },
        flags.timeout,
      );
      if (alarms.ok && listOf(alarms.value.alarms).length > 0) error = 'Active Alarm(s): NOSPACE ';
    }
    rows.push({ endpoint, ok: error === '', error });
  }
  const took = '9.876543ms';
  if (flags.output === 'json')
    ctx.stdio.out(
      `${JSON.stringify(rows.map(({ endpoint, ok, error }) => ({ endpoint, health: ok, took, ...(error === '' ? {} : { error }) })))}\n`,
    );
  else if (flags.output === 'table')
    ctx.stdio.out(
      framedTable(
        ['ENDPOINT', 'HEALTH', 'TOOK', 'ERROR'],
        rows.map(({ endpoint, ok, error }) => [endpoint, String(ok), took, error]),
      ),
    );
  else
    for (const { endpoint, ok, error } of rows) {
      if (ok) ctx.stdio.out(`${endpoint} is healthy: successfully committed proposal: took = ${took}\n`);
      else ctx.stdio.err(`${endpoint} is unhealthy: failed to commit proposal: ${error}\n`);
    }
  if (rows.every(({ ok }) => ok)) return 0;
  ctx.stdio.err('Error: unhealthy cluster\n');
  return 1;
}

function* leaseList(ctx: ToolContext, flags: EtcdFlags): Program {
  const answer = yield* call(ctx, flags, '/v3/lease/leases', {});
  if (answer === undefined) return 1;
  const leases = listOf(answer.leases).map((lease) => Number(lease.ID).toString(16).padStart(16, '0'));
  ctx.stdio.out(`found ${leases.length} leases\n${leases.map((id) => `${id}\n`).join('')}`);
  return 0;
}

function* leaseGrant(ctx: ToolContext, flags: EtcdFlags, words: readonly string[]): Program {
  const ttl = words[0] ?? '';
  if (!/^\d+$/.test(ttl)) return usageError(ctx, 'lease grant command needs TTL argument');
  const answer = yield* call(ctx, flags, '/v3/lease/grant', { TTL: ttl });
  if (answer === undefined) return 1;
  ctx.stdio.out(`lease ${Number(answer.ID).toString(16).padStart(16, '0')} granted with TTL(${ttl}s)\n`);
  return 0;
}

function* leaseRevoke(ctx: ToolContext, flags: EtcdFlags, words: readonly string[]): Program {
  const id = words[0] ?? '';
  if (!/^[0-9a-f]+$/i.test(id)) return usageError(ctx, 'lease revoke command needs 1 argument');
  const answer = yield* call(ctx, flags, '/v3/lease/revoke', { ID: String(Number.parseInt(id, 16)) });
  if (answer === undefined) return 1;
  ctx.stdio.out(`lease ${id} revoked\n`);
  return 0;
}

function* moveLeader(ctx: ToolContext, flags: EtcdFlags, words: readonly string[]): Program {
  const target = words[0];
  if (target === undefined) return usageError(ctx, 'move-leader command needs 1 argument');
  const status = yield* call(ctx, flags, '/v3/maintenance/status', {});
  if (status === undefined) return 1;
  const answer = yield* call(ctx, flags, '/v3/maintenance/transfer-leadership', { targetID: target });
  if (answer === undefined) return 1;
  ctx.stdio.out(`Leadership transferred from ${String(status.leader)} to ${target}\n`);
  return 0;
}

// biome-ignore lint/correctness/useYield: nothing to wait for.
function* version(ctx: ToolContext): Program {
  ctx.stdio.out('etcdctl version: 3.6.6\nAPI version: 3.6\n');
  return 0;
}

function json(ctx: ToolContext, answer: JsonObject): number {
  ctx.stdio.out(`${JSON.stringify(answer)}\n`);
  return 0;
}

function usageError(ctx: ToolContext, message: string): number {
  ctx.stdio.err(`Error: bad argument: ${message}\n`);
  return 128;
}

/** Ids of members are hexadecimal in lists and decimal in alarms. */
function decimal(hex: string): string {
  return BigInt(`0x${hex}`).toString();
}
