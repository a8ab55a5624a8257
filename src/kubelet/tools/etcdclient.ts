import { base64DecodeText, base64EncodeText } from '../../apimachinery/base64.ts';
import type { Json, JsonObject } from '../../apimachinery/json.ts';
import { httpTarget } from '../../network/http.ts';
import type { Answer, Wait } from '../../sim/program.ts';
import { exchange } from './exchange.ts';
import { resolvePath } from './filetree.ts';
import type { ToolContext } from './tool.ts';

/** What etcdctl was told of how to reach etcd and how to print. */
export interface EtcdFlags {
  readonly endpoints: readonly string[];
  readonly output: 'simple' | 'json' | 'table' | 'fields';
  readonly hex: boolean;
  /** ms. */
  readonly timeout: number;
  /** The command's own flags by name; `true` for those without a value. */
  readonly own: ReadonlyMap<string, string>;
  readonly words: readonly string[];
}

const DEFAULT_ENDPOINT = '127.0.0.1:2379';
const DEFAULT_TIMEOUT_MS = 5_000;
/** Flags without a value. */
const SWITCHES: ReadonlySet<string> = new Set(
  'prefix keys-only count-only print-value-only from-key serializable cluster hex prev-kv physical debug insecure-skip-tls-verify insecure-transport help h rev-sort skip-hash-check mark-compacted with-value'.split(
    ' ',
  ),
);
const VALUES: ReadonlySet<string> = new Set(
  'endpoints cacert cert key write-out w command-timeout dial-timeout limit rev order sort-by consistency data-dir name initial-cluster initial-cluster-token initial-advertise-peer-urls bump-revision wal-dir lease cacert user password keepalive-time keepalive-timeout discovery-srv'.split(
    ' ',
  ),
);
const FILES = ['cacert', 'cert', 'key'] as const;

/** Reads the arguments, and the environment that stands in for flags (ETCDCTL_ENDPOINTS and so on). */
export function readEtcdFlags(
  ctx: ToolContext,
  args: readonly string[],
): EtcdFlags | { readonly error: string } {
  const own = new Map<string, string>();
  for (const [name, value] of ctx.env)
    if (/^ETCDCTL_(ENDPOINTS|CACERT|CERT|KEY|WRITE_OUT)$/.test(name))
      own.set(name.slice('ETCDCTL_'.length).toLowerCase().replace('_', '-'), value);
  const words: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i] as string;
    if (word === '--') {
      words.push(...args.slice(i + 1));
      break;
    }
    const match = /^--?([a-zA-Z][\w-]*)(?:=([\s\S]*))?$/.exec(word);
    if (match === null) {
      words.push(word);
      continue;
    }
    const name = match[1] as string;
    if (!SWITCHES.has(name) && !VALUES.has(name))
      return {
        error: word.startsWith('--')
          ? `unknown flag: --${name}`
          : `unknown shorthand flag: '${name.charAt(0)}' in ${word}`,
      };
    const value = match[2] ?? (SWITCHES.has(name) ? 'true' : args[++i]);
    if (value === undefined) return { error: `flag needs an argument: --${name}` };
    own.set(name === 'w' ? 'write-out' : name === 'h' ? 'help' : name, value);
  }
  for (const flag of FILES) {
    const path = own.get(flag);
    if (path !== undefined && ctx.files.stat(resolvePath(ctx.directory, path))?.type !== 'file')
      return { error: `open ${path}: no such file or directory` };
  }
  const output = own.get('write-out') ?? 'simple';
  if (output !== 'simple' && output !== 'json' && output !== 'table' && output !== 'fields')
    return { error: `unknown output format ${JSON.stringify(output)}` };
  const seconds = /^(\d+)s$/.exec(own.get('command-timeout') ?? '')?.[1];
  return {
    endpoints: (own.get('endpoints') ?? DEFAULT_ENDPOINT).split(',').map((each) => each.trim()),
    output,
    hex: own.get('hex') === 'true',
    timeout: seconds === undefined ? DEFAULT_TIMEOUT_MS : Number(seconds) * 1000,
    own,
    words,
  };
}

export type EtcdAnswer =
  | { readonly ok: true; readonly value: JsonObject }
  | { readonly ok: false; readonly error: string };

/** Calls etcd's gateway at one endpoint. `error` is what etcdctl prints behind `Error: `. */
export function* callEtcd(
  ctx: ToolContext,
  endpoint: string,
  path: string,
  body: JsonObject,
  timeoutMs: number,
): Generator<Wait, EtcdAnswer, Answer> {
  const target = httpTarget(endpoint.includes('://') ? endpoint : `http://${endpoint}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  if (!target.ok) return { ok: false, error: 'context deadline exceeded' };
  const { host, port, message } = target.target;
  const made = yield* exchange(ctx, { host, port, message: { ...message, path } }, { timeoutMs });
  const reply = made.reply?.type === 'http' ? made.reply : undefined;
  if (reply === undefined) {
    // A client of etcd tries again and again until its time is over.
    if (made.latencyMs < timeoutMs) yield { type: 'sleep', ms: timeoutMs - made.latencyMs };
    return { ok: false, error: 'context deadline exceeded' };
  }
  const value = objectOf(reply.body);
  if (reply.status === 200 && value !== undefined) return { ok: true, value };
  return {
    ok: false,
    error: typeof value?.message === 'string' ? value.message : 'context deadline exceeded',
  };
}

/** The warning that etcd's client logs in front of an error, when it could not reach anybody. */
export function retryWarning(ctx: ToolContext, endpoint: string): string {
  const ts = new Date(ctx.now()).toISOString().replace('Z', '000Z');
  return `${JSON.stringify({
    level: 'warn',
    ts,
    logger: 'etcd-client',
    caller: 'v3@v3.6.6/retry_interceptor.go:65',
    msg: 'retrying of unary invoker failed',
    target: `etcd-endpoints://0xc00002e000/${endpoint.replace(/^https?:\/\//, '')}`,
    attempt: 0,
    error: 'rpc error: code = DeadlineExceeded desc = context deadline exceeded',
  })}\n`;
}

export function encodeKey(key: string): string {
  return base64EncodeText(key);
}

export function decodeText(value: Json | undefined): string {
  return typeof value === 'string' ? (base64DecodeText(value) ?? '') : '';
}

/** The objects of a list in an answer. */
export function listOf(value: Json | undefined): readonly JsonObject[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (each): each is JsonObject => typeof each === 'object' && each !== null && !Array.isArray(each),
  );
}

/** Bytes as etcdctl prints them (dustin/go-humanize): `20 kB`, `3.1 MB`. */
export function humanBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** A table with a frame, columns as wide as they must be (olekukonko/tablewriter). */
export function framedTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)));
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
  const line = (cells: readonly string[], pad: (text: string, width: number) => string): string =>
    `|${widths.map((width, i) => ` ${pad(cells[i] ?? '', width)} `).join('|')}|`;
  const centred = (text: string, width: number): string => {
    const left = Math.floor((width - text.length) / 2);
    return (' '.repeat(left) + text).padEnd(width);
  };
  const right = (text: string, width: number): string =>
    /^-?[\d.]+%?$/.test(text) ? text.padStart(width) : text.padEnd(width);
  return `${[rule, line(head, centred), rule, ...rows.map((row) => line(row, right)), rule].join('\n')}\n`;
}

function objectOf(text: string): JsonObject | undefined {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    // Whoever answers there is no etcd.
    return undefined;
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}
