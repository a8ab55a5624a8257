import type { KubeObject } from '../api/object.ts';
import { stamped } from '../apiserver/write.ts';
import type { Member } from '../etcd/member.ts';
import type { AppContext } from '../kubelet/apps/app.ts';
import { httpReply } from '../network/http.ts';
import type { Handler } from '../network/types.ts';
import { etcdLog, type Flags, readFlags } from './componentflags.ts';
import { etcdGateway } from './etcdgateway.ts';
import { KNOWN_FLAGS } from './knownflags.ts';
import type { ClusterParts } from './parts.ts';

/** From its start until the member has read its data and, alone, elected itself, ms. */
const ETCD_STARTUP_MS = 1_000;
const DEFAULT_DATA_DIR = 'default.etcd';
const CLIENT_PORT = 2379;
const METRICS_PORT = 2381;
/** The file never grows, as the real one's pages are there beforehand: it can be written while the disk is full. */
const DATABASE_BYTES = 128;

/** The database in a data directory: what is in it is the state as of a revision, and whose state that is. */
export interface Database {
  readonly revision: number;
  readonly cluster: string;
}

/** The file of a database, in place of the bbolt pages of the real one. */
export function databaseText({ revision, cluster }: Database): string {
  const text = `etcd database (simulated): all keys as of a revision\nrevision: ${revision}\ncluster: ${cluster}\n`;
  return text.padEnd(DATABASE_BYTES, '\n');
}

/** The program of etcd on a machine; `listen` opens a port or ends the program. */
export function runEtcd(
  cluster: ClusterParts,
  machine: string,
  ctx: AppContext,
  listen: (port: number, handler: Handler) => boolean,
): void {
  const flags = readFlags('etcd', KNOWN_FLAGS.etcd, ctx);
  const member = cluster.etcdCluster.at(machine);
  if (flags === undefined || member === undefined) return;
  if (!listen(portOf(flags, 'listen-metrics-urls', METRICS_PORT), (request) => health(member, request)))
    return;
  etcdLog(ctx, 'info', 'starting an etcd server', {
    'etcd-version': '3.6.6',
    name: flags.get('name') ?? 'default',
  });
  ctx.process.after(ETCD_STARTUP_MS, () => {
    if (!openData(cluster, member, flags, ctx)) return;
    if (!listen(portOf(flags, 'listen-client-urls', CLIENT_PORT), etcdGateway(cluster.etcdCluster, member)))
      return;
    const quota = Number(flags.get('quota-backend-bytes') ?? 0);
    if (Number.isFinite(quota)) member.state.space.setQuota(quota);
    const { process } = ctx;
    member.setOnline(true, {
      get paused() {
        return process.paused;
      },
      log: (level, message, fields) => etcdLog(ctx, level, message, fields),
    });
    etcdLog(ctx, 'info', 'ready to serve client requests');
    process.onExit(() => {
      member.setOnline(false);
      // Notes how far the data goes, if the directory is still there.
      if (ctx.files.stat(fileOf(flags)) !== undefined) write(cluster, flags, ctx);
    });
  });
}

/** Its health port answers as long as the process does; readiness asks for the leader's word. */
function health(member: Member<KubeObject>, { message }: Parameters<Handler>[0]): ReturnType<Handler> {
  if (message.protocol !== 'http') return httpReply(400, '');
  const { path } = message;
  if (path.startsWith('/health')) {
    const read = member.get('health');
    if (read.ok) return httpReply(200, '{"health":"true","reason":""}');
    return httpReply(503, '{"health":"false","reason":"RAFT NO LEADER"}');
  }
  if (!path.startsWith('/readyz')) return httpReply(200, 'ok');
  const read = member.get('health');
  if (read.ok) return httpReply(200, 'ok');
  const why = member.online ? read.error.message : 'etcdserver: no leader';
  return httpReply(
    503,
    `[+]data_corruption ok\n[+]serializable_read ok\n[-]linearizable_read failed: ${why}\n`,
  );
}

/** The port of the first of several URLs. */
function portOf(flags: Flags, flag: string, otherwise: number): number {
  const port = /:(\d+)/.exec((flags.get(flag) ?? '').replace(/^https?:\/\//, ''))?.[1];
  return port === undefined ? otherwise : Number(port);
}

function fileOf(flags: Flags): string {
  return `${(flags.get('data-dir') ?? DEFAULT_DATA_DIR).replace(/\/+$/, '')}/member/snap/db`;
}

/** What a database file says; undefined when it is none. */
export function readDatabase(text: string): Database | undefined {
  const revision = /^revision: (\d{1,15})$/m.exec(text)?.[1];
  const cluster = /^cluster: ([0-9a-f]{1,16})$/m.exec(text)?.[1];
  if (!text.startsWith('etcd database') || revision === undefined || cluster === undefined) return undefined;
  return { revision: Number(revision), cluster };
}

/**
 * Reads the data directory. A member that comes back finds what it left; the first that finds a restored
 * snapshot, an older directory or an empty one makes that the state of all. False: it ended.
 */
function openData(cluster: ClusterParts, member: Member<KubeObject>, flags: Flags, ctx: AppContext): boolean {
  const { etcdCluster, etcd } = cluster;
  const read = ctx.files.read(fileOf(flags));
  const found = read.ok ? readDatabase(read.value) : undefined;
  if (read.ok && found === undefined) {
    etcdLog(ctx, 'fatal', 'failed to open database', { path: fileOf(flags), error: 'invalid database' });
    ctx.exit(2);
    return false;
  }
  const alone = etcdCluster.members.length === 1;
  const others = etcdCluster.members.some((other) => other !== member && other.online);
  const known =
    found === undefined
      ? etcd.revision === 1
      : found.cluster === etcdCluster.dataId && (!alone || found.revision === etcd.revision);
  if (known) return write(cluster, flags, ctx);
  if (others) {
    const error =
      found === undefined
        ? `member ${member.id} has already been bootstrapped`
        : `cluster ID mismatch: ${found.cluster} != ${etcdCluster.dataId}`;
    etcdLog(ctx, 'fatal', 'discovery failed', { error });
    ctx.exit(1);
    return false;
  }
  etcd.restore(found?.revision ?? 1, stamped);
  etcdCluster.adopt(found?.cluster);
  etcdLog(
    ctx,
    'info',
    found === undefined ? 'started with an empty data directory' : 'recovered a database',
    {
      revision: found?.revision ?? 1,
    },
  );
  return write(cluster, flags, ctx);
}

function write(cluster: ClusterParts, flags: Flags, ctx: AppContext): boolean {
  const file = fileOf(flags);
  const parts = file.split('/').slice(1, -1);
  for (let i = 1; i <= parts.length; i++) ctx.files.makeDirectory(`/${parts.slice(0, i).join('/')}`);
  const text = databaseText({ revision: cluster.etcd.revision, cluster: cluster.etcdCluster.dataId });
  const written = ctx.files.write(file, text);
  if (written.ok) return true;
  etcdLog(ctx, 'fatal', 'failed to create snapshot directory', { error: `mkdir ${file}: permission denied` });
  ctx.exit(1);
  return false;
}
