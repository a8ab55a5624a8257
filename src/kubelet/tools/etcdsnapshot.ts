import type { Program } from '../../sim/program.ts';
import {
  callEtcd,
  type EtcdFlags,
  framedTable,
  humanBytes,
  readEtcdFlags,
  retryWarning,
} from './etcdclient.ts';
import { directoryOf, fileErrorText, makeDirectories, resolvePath } from './filetree.ts';
import type { Tool, ToolContext } from './tool.ts';

/** What a snapshot file says; the keys themselves stay in the simulation's records. */
interface Snapshot {
  readonly revision: string;
  readonly cluster: string;
  readonly keys: string;
  readonly size: string;
}

/** `snapshot save FILE`: writes what a member has at this moment. */
export function* saveSnapshot(ctx: ToolContext, flags: EtcdFlags, words: readonly string[]): Program {
  const [file] = words;
  if (words.length !== 1 || file === undefined) {
    ctx.stdio.err('Error: bad argument: snapshot save expects one argument\n');
    return 128;
  }
  const endpoint = flags.endpoints[0] ?? '';
  if (flags.endpoints.length > 1) {
    ctx.stdio.err(
      'Error: snapshot must be requested to one selected node, not multiple [' +
        flags.endpoints.join(' ') +
        ']\n',
    );
    return 128;
  }
  const answer = yield* callEtcd(ctx, endpoint, '/v3/maintenance/snapshot', {}, flags.timeout);
  if (!answer.ok) {
    ctx.stdio.err(retryWarning(ctx, endpoint));
    ctx.stdio.err(`Error: ${answer.error}\n`);
    return 5;
  }
  const { revision, cluster, keys, size } = answer.value;
  const text = `etcd database (simulated): all keys as of a revision\nrevision: ${String(revision)}\ncluster: ${String(cluster)}\nkeys: ${String(keys)}\nsize: ${String(size)}\n`;
  const path = resolvePath(ctx.directory, file);
  const written = ctx.files.write(path, text);
  if (!written.ok) {
    const why = fileErrorText(written.error).toLowerCase();
    ctx.stdio.err(`Error: could not open ${file}.part (open ${file}.part: ${why})\n`);
    return 5;
  }
  ctx.stdio.err(logLine(ctx, 'fetching snapshot', { endpoint }));
  ctx.stdio.err(
    logLine(ctx, 'fetched snapshot', {
      endpoint,
      size: humanBytes(Number(size)),
      took: '0s',
      'etcd-version': '3.6.0',
    }),
  );
  ctx.stdio.err(logLine(ctx, 'saved', { path: file }));
  ctx.stdio.out(`Snapshot saved at ${file}\nServer version 3.6.0\n`);
  return 0;
}

/** `snapshot status FILE`: hash, revision, keys and size; etcdctl 3.6 has handed it over to etcdutl. */
// biome-ignore lint/correctness/useYield: nothing to wait for.
export function* snapshotStatus(ctx: ToolContext, flags: EtcdFlags, words: readonly string[]): Program {
  const snapshot = readSnapshot(ctx, words[0]);
  if (snapshot === undefined) return 1;
  const hash = hashOf(snapshot.revision + snapshot.cluster);
  if (flags.output === 'json')
    ctx.stdio.out(
      `${JSON.stringify({ hash: Number.parseInt(hash, 16), revision: Number(snapshot.revision), totalKey: Number(snapshot.keys), totalSize: Number(snapshot.size), version: '3.6.0' })}\n`,
    );
  else {
    const row = [hash, snapshot.revision, snapshot.keys, humanBytes(Number(snapshot.size)), '3.6.0'];
    ctx.stdio.out(
      flags.output === 'table'
        ? framedTable(['HASH', 'REVISION', 'TOTAL KEYS', 'TOTAL SIZE', 'VERSION'], [row])
        : `${row.join(', ')}\n`,
    );
  }
  return 0;
}

/** The tool for data directories and snapshot files: what needs no server. */
export const etcdutl: Tool = {
  name: 'etcdutl',
  *run(ctx, args): Program {
    const flags = readEtcdFlags(ctx, args);
    if ('error' in flags) {
      ctx.stdio.err(`Error: ${flags.error}\n`);
      return 1;
    }
    const [first, second] = flags.words;
    const rest = flags.words.slice(2);
    if (first === 'snapshot' && second === 'status') return yield* snapshotStatus(ctx, flags, rest);
    if (first === 'snapshot' && second === 'restore') return restore(ctx, flags, rest);
    if (first === 'version') {
      ctx.stdio.out('etcdutl version: 3.6.6\nAPI version: 3.6\n');
      return 0;
    }
    ctx.stdio.err(
      `Error: unknown command ${JSON.stringify(first ?? '')} for "etcdutl"\nRun 'etcdutl --help' for usage.\n`,
    );
    return 1;
  },
};

/** Makes a data directory of a snapshot: a new cluster begins with its keys. */
function restore(ctx: ToolContext, flags: EtcdFlags, words: readonly string[]): number {
  const [file] = words;
  const snapshot = readSnapshot(ctx, file);
  if (snapshot === undefined || file === undefined) return 1;
  const given = flags.own.get('data-dir') ?? `${flags.own.get('name') ?? 'default'}.etcd`;
  const directory = resolvePath(ctx.directory, given);
  const names = ctx.files.list(directory);
  if (names.ok && names.value.length > 0) {
    ctx.stdio.err(`Error: data-dir ${JSON.stringify(given)} not empty or could not be read\n`);
    return 1;
  }
  const database = `${directory}/member/snap/db`;
  makeDirectories(ctx.files, directoryOf(database));
  makeDirectories(ctx.files, `${directory}/member/wal`);
  // All members that are restored from one snapshot with the same flags belong together.
  const cluster = hashOf(
    `${snapshot.cluster}${flags.own.get('initial-cluster-token') ?? 'etcd-cluster'}restored${snapshot.revision}`,
  ).padStart(16, '1');
  const text = `etcd database (simulated): all keys as of a revision\nrevision: ${snapshot.revision}\ncluster: ${cluster}\n`;
  const written = ctx.files.write(database, text);
  if (!written.ok) {
    ctx.stdio.err(`Error: open ${given}/member/snap/db: ${fileErrorText(written.error).toLowerCase()}\n`);
    return 1;
  }
  const fields = {
    path: file,
    'wal-dir': `${given}/member/wal`,
    'data-dir': given,
    'snap-dir': `${given}/member/snap`,
  };
  ctx.stdio.err(logLine(ctx, 'restoring snapshot', fields));
  ctx.stdio.err(logLine(ctx, 'restored snapshot', fields));
  return 0;
}

function readSnapshot(ctx: ToolContext, file: string | undefined): Snapshot | undefined {
  if (file === undefined) {
    ctx.stdio.err('Error: snapshot status requires exactly one argument\n');
    return undefined;
  }
  const read = ctx.files.read(resolvePath(ctx.directory, file));
  if (!read.ok) {
    ctx.stdio.err(`Error: stat ${file}: ${fileErrorText(read.error).toLowerCase()}\n`);
    return undefined;
  }
  const of = (name: string): string | undefined =>
    new RegExp(`^${name}: ([0-9a-f]{1,16})$`, 'm').exec(read.value)?.[1];
  const [revision, cluster] = [of('revision'), of('cluster')];
  if (!read.value.startsWith('etcd database') || revision === undefined || cluster === undefined) {
    ctx.stdio.err('Error: invalid database\n');
    return undefined;
  }
  return { revision, cluster, keys: of('keys') ?? '0', size: of('size') ?? '20480' };
}

/** Eight hexadecimal digits that differ for different texts. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}

function logLine(ctx: ToolContext, msg: string, fields: Readonly<Record<string, string>>): string {
  const ts = new Date(ctx.now()).toISOString().replace(/\.\d+Z$/, 'Z');
  return `${JSON.stringify({ level: 'info', ts, msg, ...fields })}\n`;
}
