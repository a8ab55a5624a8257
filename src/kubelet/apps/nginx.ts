import { httpReply } from '../../network/http.ts';
import type { Headers, HttpReply, HttpRequest } from '../../network/types.ts';
import { isCapable } from '../tools/credentials.ts';
import { type FileError, fileErrorNumber, fileErrorText, resolvePath } from '../tools/filetree.ts';
import { AccessLog, slashTime } from './accesslog.ts';
import type { AppContext, AppModel, LogText } from './app.ts';
import { begin, type Defaults, type Lasting, listenOrExit, serving } from './begin.ts';
import { contentType } from './contenttype.ts';

const MEMORY = 6 * 1024 * 1024;
const DEFAULT_PORT = 80;
const DEFAULT_ROOT = '/usr/share/nginx/html';
/** Where nginx makes its first directory: what a read-only or foreign root file system refuses. */
const CACHE = '/var/cache/nginx/client_temp';
const PID = '/run/nginx.pid';
/** The same of the image that never runs as root. */
const UNPRIVILEGED_CACHE = '/tmp/client_temp';
const UNPRIVILEGED_PID = '/tmp/nginx.pid';
/** The user of its workers, and what becoming it takes. */
const WORKER = 101;
const SWITCHES = [
  ['SETGID', 'setgid'],
  ['SETUID', 'setuid'],
] as const;
const CONF = '/etc/nginx/conf.d';

/** What each version prints; shared by all containers that run it. */
const startTexts = new Map<string, LogText>();

function startText(version: string): LogText {
  let text = startTexts.get(version);
  if (text === undefined) {
    text = newStartText(version);
    startTexts.set(version, text);
  }
  return text;
}

const newStartText = (version: string): LogText => ({
  bytes: 900,
  render: (time) => {
    const at = `${slashTime(time)} [notice] 1#1:`;
    return [
      '/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration',
      '/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/',
      '/docker-entrypoint.sh: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh',
      '10-listen-on-ipv6-by-default.sh: info: Getting the checksum of /etc/nginx/conf.d/default.conf',
      '/docker-entrypoint.sh: Configuration complete; ready for start up',
      `${at} using the "epoll" event method`,
      `${at} nginx/${version}`,
      `${at} OS: Linux`,
      `${at} start worker processes`,
    ].join('\n');
  },
});

const DEFAULTS: Defaults = {
  memory: MEMORY,
  startup: 0,
  onStop(ctx) {
    const at = `${slashTime(ctx.now())} [notice] 1#1:`;
    ctx.log(`${at} signal 3 (SIGQUIT) received, shutting down\n${at} exit`, 'stderr');
  },
};

/** The nginx web server: serves files from its root, as its configuration's `listen`, `root` and `return` say. */
export const nginx: AppModel = {
  name: 'nginx',
  start(ctx) {
    const version = ctx.parameters.version ?? '1.29.3';
    let ports: readonly number[] = [];
    const onReload = (): void => {
      ctx.log(`${slashTime(ctx.now())} [notice] 1#1: signal 1 (SIGHUP) received, reconfiguring`, 'stderr');
      for (const listener of ctx.network.listeners()) if (ports.includes(listener.port)) listener.close();
      ports = serve(ctx, version);
    };
    const ready = (): void => {
      if (!comesUp(ctx)) return;
      ctx.log(startText(version));
      ports = serve(ctx, version);
    };
    begin(ctx, DEFAULTS, ready, onReload);
  },
};

/** Opens the ports that the configuration names, and says which. */
function serve(ctx: AppContext, version: string): readonly number[] {
  const servers = serversOf(ctx, ctx.parameters.ports?.[0] ?? DEFAULT_PORT);
  const access = new AccessLog();
  for (const server of servers) {
    const logs = ctx.parameters.accessLog !== false;
    const respond = (request: HttpRequest, from: string): HttpReply => {
      const reply = answer(ctx, server, request, version);
      if (logs) ctx.log(access.line(from, request, reply));
      return reply;
    };
    const lasting = (): Lasting => ({
      line: logs ? access.last : undefined,
      reads: server.location?.file,
    });
    const handler = serving(ctx, respond, undefined, undefined, lasting);
    const says = `nginx: [emerg] bind() to 0.0.0.0:${server.port} failed (98: Address already in use)`;
    if (!listenOrExit(ctx, server.port, handler, says)) break;
  }
  return servers.map(({ port }) => port);
}

/** One `server` block. */
interface Server {
  readonly port: number;
  readonly root: string;
  /** `return 200 'text';` */
  readonly returns: { readonly status: number; readonly body: string } | undefined;
  /** What was asked for last: probes ask for the same again and again. */
  location: Location | undefined;
}

/** Where a request path leads below a server's root. */
interface Location {
  /** As asked for, and without query. */
  readonly asked: string;
  readonly path: string;
  readonly file: string;
  readonly index: string;
  readonly indexType: string;
}

/** Makes its directories and its pid file, and starts its workers; false: it could not, and ends or serves nobody. */
function comesUp(ctx: AppContext): boolean {
  const unprivileged = (ctx.parameters.ports?.[0] ?? DEFAULT_PORT) !== DEFAULT_PORT;
  const [cache, pid] = unprivileged ? [UNPRIVILEGED_CACHE, UNPRIVILEGED_PID] : [CACHE, PID];
  const { credentials, files } = ctx;
  const said = (error: FileError): string => `(${fileErrorNumber(error)}: ${fileErrorText(error)})`;
  const noCache = files.access(cache);
  if (noCache !== undefined) return emergency(ctx, `mkdir() "${cache}" failed ${said(noCache)}`);
  // Started as root it gives what it made to the user of its workers.
  if (credentials.uid === 0 && !isCapable(credentials, 'CHOWN'))
    return emergency(ctx, `chown("${cache}", ${WORKER}) failed ${said('EPERM')}`);
  const noPid = files.access(pid);
  if (noPid !== undefined) return emergency(ctx, `open() "${pid}" failed ${said(noPid)}`);
  for (const [capability, call] of SWITCHES) {
    if (credentials.uid !== 0 || isCapable(credentials, capability)) continue;
    const at = slashTime(ctx.now());
    ctx.log(
      `${at} [emerg] 29#29: ${call}(${WORKER}) failed ${said('EPERM')}\n${at} [alert] 1#1: worker process 29 exited with fatal code 2 and cannot be respawned`,
      'stderr',
    );
    return false;
  }
  return true;
}

function emergency(ctx: AppContext, says: string): false {
  ctx.log(`${slashTime(ctx.now())} [emerg] 1#1: ${says}\nnginx: [emerg] ${says}`, 'stderr');
  ctx.exit(1);
  return false;
}

/** The servers of `conf.d`; without the directory, the default. */
function serversOf(ctx: AppContext, port: number): readonly Server[] {
  const listed = ctx.files.list(CONF);
  if (!listed.ok) return [{ port, root: DEFAULT_ROOT, returns: undefined, location: undefined }];
  let text = '';
  for (const name of listed.value) {
    const read = name.endsWith('.conf') ? ctx.files.read(`${CONF}/${name}`) : undefined;
    if (read?.ok === true) text += `${read.value}\n`;
  }
  // Most containers have the configuration of the one before: reading it once is enough.
  if (text !== lastText || port !== lastPort) {
    lastServers = readServers(text, port);
    lastText = text;
    lastPort = port;
  }
  return lastServers;
}

let lastText = '';
let lastPort = 0;
let lastServers: readonly Server[] = [];

function readServers(text: string, port: number): Server[] {
  const byPort = new Map<number, Server>();
  for (const block of text.split(/\bserver\s*\{/).slice(1)) {
    const listens = [...block.matchAll(/^\s*listen\s+(?:[\w.*]+:)?(\d{1,5})\b/gm)].map((m) => Number(m[1]));
    const returned = /^\s*return\s+(\d{3})(?:\s+(?:'([^']*)'|"([^"]*)"|([^;]*)))?;/m.exec(block);
    const body = (returned?.[2] ?? returned?.[3] ?? returned?.[4] ?? '').replaceAll('\\n', '\n');
    const server = {
      location: undefined,
      root: /^\s*root\s+([^;\s]+)\s*;/m.exec(block)?.[1] ?? DEFAULT_ROOT,
      returns: returned === null ? undefined : { status: Number(returned[1]), body },
    };
    for (const at of listens.length === 0 ? [port] : listens)
      if (!byPort.has(at)) byPort.set(at, { port: at, ...server });
  }
  return [...byPort.values()];
}

function answer(ctx: AppContext, server: Server, request: HttpRequest, version: string): HttpReply {
  const headers = (type: string): Headers => ({ server: `nginx/${version}`, 'content-type': type });
  if (server.returns !== undefined) {
    const { status, body } = server.returns;
    const redirect = status >= 300 && status < 400;
    return httpReply(status, redirect ? '' : body, 0.2, {
      ...headers('text/plain'),
      ...(redirect ? { location: body } : {}),
    });
  }
  const error = (status: number, says: string): HttpReply =>
    httpReply(status, errorPage(`${status} ${says}`, version), 0.2, headers('text/html'));
  if (server.location?.asked !== request.path) server.location = locate(server.root, request.path);
  const { path, file } = server.location;
  // Most requests are for a directory's index: reading it at once spares the look at the directory.
  const index = path.endsWith('/') ? ctx.files.read(server.location.index) : undefined;
  const isIndex = index?.ok === true || ctx.files.stat(file)?.type === 'directory';
  const wanted = isIndex ? server.location.index : file;
  const read = index?.ok === true ? index : ctx.files.read(wanted);
  if (!read.ok) {
    const forbidden = wanted !== file && ctx.files.stat(wanted) === undefined;
    const says = forbidden
      ? `directory index of "${file}/" is forbidden`
      : `open() "${wanted}" failed (2: No such file or directory)`;
    ctx.log(
      `${slashTime(ctx.now())} [error] 29#29: *1 ${says}, request: "${request.method} ${path} HTTP/1.1"`,
      'stderr',
    );
    return forbidden ? error(403, 'Forbidden') : error(404, 'Not Found');
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return error(405, 'Not Allowed');
  const type = headers(isIndex ? server.location.indexType : contentType(file));
  if (request.method === 'GET') return httpReply(200, read.value, 0.2, type);
  return httpReply(200, '', 0.2, { ...type, 'content-length': String(read.value.length) });
}

function locate(root: string, asked: string): Location {
  const path = asked.split(/[?#]/)[0] as string;
  const file = resolvePath('/', `${root}/${path}`);
  const index = `${file}/index.html`;
  return { asked, path, file, index, indexType: contentType(index) };
}

function errorPage(title: string, version: string): string {
  return [
    '<html>',
    `<head><title>${title}</title></head>`,
    '<body>',
    `<center><h1>${title}</h1></center>`,
    `<hr><center>nginx/${version}</center>`,
    '</body>',
    '</html>',
    '',
  ].join('\r\n');
}
