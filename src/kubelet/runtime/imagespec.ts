import type { Json } from '../../apimachinery/json.ts';
import { httpTarget } from '../../network/http.ts';
import type { AppParameters, Needs, Route } from '../apps/parameters.ts';
import { appNames, findApp } from '../apps/registry.ts';
import type { EnvEntry, RegistryAuth } from '../cri.ts';
import type { Rights } from '../tools/credentials.ts';
import { FieldReader } from './imagefields.ts';

/** What an image is made of and does: one tag of one repository. */
export interface ImageSpec {
  /** Name of the app model behind its executables. */
  readonly app: string;
  /** Compressed, bytes: what is transferred and what statuses show. */
  readonly size: number;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  /** Executables that are the app; `*`: whatever is no tool. */
  readonly executables: readonly string[];
  /** Scripts that run the command they are given, as docker-entrypoint.sh does. */
  readonly wrappers: readonly string[];
  readonly env: readonly EnvEntry[];
  readonly workingDir: string;
  readonly user?: string;
  /** The users it has beside those of its base. */
  readonly users: readonly { readonly name: string; readonly uid: number; readonly gid: number }[];
  /** Directories that are not root's, with what is in them. */
  readonly owned: ReadonlyMap<string, Rights>;
  readonly stopSignal: string;
  /** Names of the tools found in its $PATH. */
  readonly tools: ReadonlySet<string>;
  readonly files: ReadonlyMap<string, string>;
  readonly parameters: AppParameters;
  /** Who may pull it; undefined: everybody. */
  readonly auth?: RegistryAuth;
}

/** Lists of tools that images share, by name. */
export type Toolsets = ReadonlyMap<string, readonly string[]>;

const DEFAULT_SIZE = 25_000_000;
const DEFAULT_APP = 'generic';
const ANY: readonly string[] = Object.freeze(['*']);
const NONE: readonly string[] = Object.freeze([]);
const NO_FILES: ReadonlyMap<string, string> = new Map();
const NO_USERS: ImageSpec['users'] = Object.freeze([]);
const NOT_OWNED: ReadonlyMap<string, Rights> = new Map();
const NO_ENV: readonly EnvEntry[] = Object.freeze([]);

/** The settings of an image as written, most special first: a tag's before its repository's. */
export type ImageLayers = readonly (Readonly<Record<string, Json>> | undefined)[];

/**
 * Reads the friendly form of an image. Errors are added to `errors`, each beginning with `place`
 * (`images["job:fail"]`); the result is then not to be used.
 */
export function readImageSpec(
  layers: ImageLayers,
  place: string,
  toolsets: Toolsets,
  errors: string[],
): ImageSpec {
  const merged: Record<string, Json> = Object.create(null);
  for (const layer of layers.toReversed()) {
    for (const [name, value] of Object.entries(layer ?? {})) merged[name] = value;
  }
  const fields = new FieldReader({ ...merged }, place, errors);
  const app = fields.text('app') ?? DEFAULT_APP;
  if (findApp(app) === undefined)
    fields.fail('app', `there is no app model ${JSON.stringify(app)}; there are ${appNames().join(', ')}`);
  const user = fields.text('user');
  const auth = readAuth(fields);
  const entrypoint = fields.texts('entrypoint') ?? NONE;
  const cmd = fields.texts('cmd') ?? NONE;
  const executables = fields.texts('executables') ?? (entrypoint.length + cmd.length === 0 ? ANY : NONE);
  const env = fields.textMap('env')?.map(([name, value]) => ({ name, value })) ?? NO_ENV;
  const files = fields.textMap('files');
  const spec: ImageSpec = {
    app,
    size: fields.size('size') ?? DEFAULT_SIZE,
    entrypoint: entrypoint.length + cmd.length === 0 ? APP : entrypoint,
    cmd,
    executables,
    wrappers: fields.texts('wrappers') ?? NONE,
    env,
    workingDir: fields.text('workingDir') ?? '/',
    ...(user === undefined ? {} : { user }),
    users: readUsers(fields),
    owned: readOwned(fields),
    stopSignal: fields.text('stopSignal') ?? 'SIGTERM',
    tools: readTools(fields, toolsets),
    files: files === undefined ? NO_FILES : new Map(files),
    parameters: readParameters(fields),
    ...(auth === undefined ? {} : { auth }),
  };
  fields.finish();
  return spec;
}

const APP: readonly string[] = Object.freeze(['/app']);

function readTools(fields: FieldReader, toolsets: Toolsets): ReadonlySet<string> {
  const tools = new Set<string>();
  for (const name of fields.texts('tools') ?? ['busybox']) {
    const set = toolsets.get(name);
    if (set === undefined) tools.add(name);
    else for (const tool of set) tools.add(tool);
  }
  return tools;
}

/** `users: {"nginx": "101:101"}`; the group may be left out. */
function readUsers(fields: FieldReader): ImageSpec['users'] {
  const entries = fields.textMap('users');
  if (entries === undefined) return NO_USERS;
  return entries.map(([name, ids]) => {
    const match = /^(\d{1,9})(?::(\d{1,9}))?$/.exec(ids);
    if (match === null) fields.fail('users', `${JSON.stringify(ids)} is not uid:gid`);
    const uid = Number(match?.[1] ?? 0);
    return { name, uid, gid: Number(match?.[2] ?? uid) };
  });
}

/** `owned: {"/data": "999:1000", "/var/lib/mysql": "999:999 1777"}`; without a mode it is 755. */
function readOwned(fields: FieldReader): ReadonlyMap<string, Rights> {
  const entries = fields.textMap('owned');
  if (entries === undefined) return NOT_OWNED;
  return new Map(
    entries.map(([path, text]) => {
      const match = /^(\d{1,9}):(\d{1,9})(?: ([0-7]{3,4}))?$/.exec(text);
      if (match === null) fields.fail('owned', `${JSON.stringify(text)} is not uid:gid or uid:gid mode`);
      const [, uid = 0, gid = 0, mode = '755'] = match ?? [];
      return [path, { mode: Number.parseInt(mode, 8), uid: Number(uid), gid: Number(gid) }];
    }),
  );
}

function readAuth(fields: FieldReader): RegistryAuth | undefined {
  const auth = fields.reader('auth');
  if (auth === undefined) return undefined;
  const username = auth.text('username') ?? '';
  const password = auth.text('password') ?? '';
  auth.finish();
  return { username, password };
}

function readParameters(fields: FieldReader): AppParameters {
  const given: { [K in keyof AppParameters]: AppParameters[K] | undefined } = {
    startup: fields.duration('startup'),
    startupCpu: fields.duration('startupCpu'),
    ports: fields.ports('ports'),
    routes: readRoutes(fields),
    logs: fields.texts('logs'),
    accessLog: fields.boolean('accessLog'),
    memory: fields.size('memory'),
    memoryGrowth: fields.size('memoryGrowth'),
    memoryPerRequest: fields.size('memoryPerRequest'),
    cpu: fields.cpu('cpu'),
    cpuPerRequest: fields.duration('cpuPerRequest'),
    errorRate: fields.share('errorRate'),
    queue: fields.duration('queue'),
    exitCode: fields.integer('exitCode', 0, 255),
    after: fields.duration('after'),
    work: fields.duration('work'),
    hangAfter: fields.duration('hangAfter'),
    needs: readNeeds(fields),
    gracefulShutdown: fields.duration('gracefulShutdown'),
    ignoreSigterm: fields.boolean('ignoreSigterm'),
    terminationMessage: fields.text('terminationMessage'),
    version: fields.text('version'),
    stepsDownTo: fields.text('stepsDownTo'),
    dataSource: fields.boolean('dataSource'),
  };
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as AppParameters;
}

function readNeeds(fields: FieldReader): Needs | undefined {
  const needs = fields.reader('needs');
  if (needs === undefined) return undefined;
  const reach = needs.texts('reach') ?? NONE;
  for (const address of reach) {
    if (!/^[^:\s]+:\d{1,5}$/.test(address))
      needs.fail('reach', `${JSON.stringify(address)} is not host:port`);
  }
  const read: Needs = {
    env: needs.texts('env') ?? NONE,
    files: needs.texts('files') ?? NONE,
    reach,
    retries: needs.integer('retries', 0, 1000) ?? 0,
  };
  needs.finish();
  return read;
}

/** `routes: {"/": "hello", "/healthz": {status: 500}, "/old": 404}`. */
function readRoutes(fields: FieldReader): ReadonlyMap<string, Route> | undefined {
  const entries = fields.entries('routes');
  if (entries === undefined) return undefined;
  const routes = new Map<string, Route>();
  const all = fields.reader('routes') as FieldReader;
  for (const [path, value] of entries) {
    if (!path.startsWith('/')) all.fail(JSON.stringify(path), 'must begin with a slash');
    if (typeof value === 'string') routes.set(path, { ...OK, body: value });
    else if (typeof value === 'number') routes.set(path, { ...OK, status: value, body: '' });
    else routes.set(path, readRoute(all.reader(path) as FieldReader));
  }
  return routes;
}

const OK: Route = Object.freeze({
  status: 200,
  body: '',
  latency: 1,
  contentType: 'text/plain; charset=utf-8',
  calls: NONE,
});

function readCalls(route: FieldReader): readonly string[] {
  const calls = route.texts('calls') ?? NONE;
  for (const url of calls) {
    const target = httpTarget(url);
    if (!target.ok) route.fail('calls', `${JSON.stringify(url)}: ${target.error}`);
  }
  return calls;
}

function readRoute(route: FieldReader): Route {
  const down = route.reader('down');
  const read: Route = {
    status: route.integer('status', 100, 599) ?? 200,
    body: route.text('body') ?? '',
    latency: route.duration('latency') ?? OK.latency,
    contentType: route.text('contentType') ?? OK.contentType,
    calls: readCalls(route),
    ...(route.has('cpu') ? { cpu: route.duration('cpu') ?? 0 } : {}),
    ...(down === undefined
      ? {}
      : {
          down: {
            after: down.duration('after') ?? 0,
            for: down.duration('for') ?? 0,
            every: down.duration('every') ?? 0,
            status: down.integer('status', 100, 599) ?? 503,
          },
        }),
  };
  down?.finish();
  route.finish();
  return read;
}
