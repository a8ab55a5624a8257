import { formatTime } from '../apimachinery/time.ts';
import type { AppContext } from '../kubelet/apps/app.ts';

/** The flags of a program by name, without dashes. */
export type Flags = ReadonlyMap<string, string>;

/** How a program of Kubernetes ends that cannot go on. */
const EXIT = 1;

/**
 * Flags that name files which must be there, and what the program says in front of the operating system's
 * words when they are not.
 */
const FILES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'kube-apiserver': {
    'client-ca-file': 'unable to load client CA provider: ',
    'etcd-cafile': '',
    'etcd-certfile': '',
    'etcd-keyfile': '',
    'kubelet-client-certificate': '',
    'kubelet-client-key': '',
    'proxy-client-cert-file': '',
    'proxy-client-key-file': '',
    'requestheader-client-ca-file': '',
    'service-account-key-file': '',
    'service-account-signing-key-file': 'failed to parse service-account-issuer-key-file: ',
    'tls-cert-file': '',
    'tls-private-key-file': '',
    'encryption-provider-config':
      'failed to read encryption provider config: error opening encryption provider configuration file: ',
    'audit-policy-file': 'loading audit policy file: failed to read file path: ',
    'admission-control-config-file':
      'failed to read plugin config: unable to read admission control configuration: ',
  },
  'kube-controller-manager': {
    'client-ca-file': 'unable to load client CA provider: ',
    'cluster-signing-cert-file': '',
    'cluster-signing-key-file': '',
    'requestheader-client-ca-file': '',
    'root-ca-file': 'error reading root-ca-file at ',
    'service-account-private-key-file': 'error reading key for service account token controller: ',
  },
  'kube-scheduler': { config: '' },
  etcd: {
    'cert-file': '',
    'key-file': '',
    'trusted-ca-file': '',
    'peer-cert-file': '',
    'peer-key-file': '',
    'peer-trusted-ca-file': '',
  },
};

/** Flags that may stand without a value. */
const BOOLEAN =
  /^(?:allow-privileged|allocate-node-cidrs|anonymous-auth|client-cert-auth|peer-client-cert-auth|contention-profiling|enable-.*|leader-elect|profiling|use-service-account-credentials|version|help|auto-compaction|auto-tls|peer-auto-tls|pre-vote|force-new-cluster|configure-cloud-routes|logging-can-split-stream|strict-transport-security|goaway)$/;

/**
 * Reads a program's command line against the flags that it knows. When it is wrong the program ends as the
 * real one does, after telling why; then undefined.
 */
export function readFlags(component: string, known: ReadonlySet<string>, ctx: AppContext): Flags | undefined {
  const flags = new Map<string, string>();
  const etcd = component === 'etcd';
  const args = ctx.argv.slice(1);
  for (let i = 0; i < args.length; i++) {
    const word = args[i] as string;
    const match = /^--?([A-Za-z][\w.-]*)(?:=([\s\S]*))?$/.exec(word);
    if (match === null) return refuse(ctx, component, unexpected(component, word));
    const name = match[1] as string;
    if (!known.has(name)) {
      const message = etcd ? `flag provided but not defined: -${name}` : `unknown flag: --${name}`;
      return refuse(ctx, component, message);
    }
    let value = match[2];
    if (value === undefined && BOOLEAN.test(name)) value = 'true';
    value ??= args[++i];
    if (value === undefined) {
      const message = etcd ? `flag needs an argument: -${name}` : `flag needs an argument: --${name}`;
      return refuse(ctx, component, message);
    }
    const wrong = wrongValue(component, name, value);
    if (wrong !== undefined) return refuse(ctx, component, wrong);
    flags.set(name, value);
  }
  return filesThere(component, flags, ctx) ? flags : undefined;
}

function unexpected(component: string, word: string): string {
  if (component === 'etcd') return `'${word}' is not a valid flag`;
  return `"${component}" does not take any arguments, got ["${word}"]`;
}

/** Numbers and switches as pflag and Go's strconv refuse them. */
function wrongValue(component: string, name: string, value: string): string | undefined {
  const flag = component === 'etcd' ? `-${name}` : `--${name}`;
  if (/(?:^|-)port$|^snapshot-count$/.test(name) && !/^-?\d+$/.test(value))
    return `invalid argument "${value}" for "${flag}" flag: strconv.ParseInt: parsing "${value}": invalid syntax`;
  if (
    BOOLEAN.test(name) &&
    !name.startsWith('enable-admission') &&
    !/^(?:true|false|1|0|t|f|T|F|TRUE|FALSE|True|False)$/.test(value)
  )
    return `invalid argument "${value}" for "${flag}" flag: strconv.ParseBool: parsing "${value}": invalid syntax`;
  return undefined;
}

/** cobra prints the error and ends with 1; Go's flag package ends with 2. */
function refuse(ctx: AppContext, component: string, message: string): undefined {
  if (component === 'etcd') {
    ctx.log(`${message}\nUsage:\n\n  etcd [flags]\n    Start an etcd server.\n`, 'stderr');
    ctx.exit(2);
  } else {
    ctx.log(`Error: ${message}`, 'stderr');
    ctx.exit(EXIT);
  }
  return undefined;
}

function filesThere(component: string, flags: Flags, ctx: AppContext): boolean {
  for (const [flag, words] of Object.entries(FILES[component] ?? {})) {
    const path = flags.get(flag);
    if (path === undefined || path === '') continue;
    if (ctx.files.stat(path)?.type === 'file') continue;
    const missing = `open ${path}: no such file or directory`;
    if (component === 'etcd') etcdLog(ctx, 'fatal', 'discovery failed', { error: missing });
    else commandFailed(ctx, words.endsWith(' at ') ? `${words}${path}: ${missing}` : words + missing);
    if (component === 'etcd') ctx.exit(EXIT);
    return false;
  }
  return true;
}

/** What a program of Kubernetes prints that cannot start, before it ends (component-base/cli/run.go). */
export function commandFailed(ctx: AppContext, message: string): void {
  ctx.log(klog(ctx, 'E', 'run.go:72', `"command failed" err=${JSON.stringify(message)}`), 'stderr');
  ctx.exit(EXIT);
}

/** A line of klog: `E0105 00:00:15.000000       1 run.go:72] ...`. */
export function klog(ctx: AppContext, level: 'I' | 'W' | 'E' | 'F', place: string, message: string): string {
  const time = formatTime(ctx.now());
  const ms = String(ctx.now() % 1000).padStart(3, '0');
  return `${level}${time.slice(5, 7)}${time.slice(8, 10)} ${time.slice(11, 19)}.${ms}000       1 ${place}] ${message}`;
}

/** A line of etcd's log, which is JSON. */
export function etcdLog(
  ctx: AppContext,
  level: 'info' | 'warn' | 'fatal',
  msg: string,
  fields: Readonly<Record<string, string | number | boolean>> = {},
): void {
  const ms = String(ctx.now() % 1000).padStart(3, '0');
  const ts = `${formatTime(ctx.now()).slice(0, -1)}.${ms}000Z`;
  ctx.log(JSON.stringify({ level, ts, msg, ...fields }), 'stderr');
}
