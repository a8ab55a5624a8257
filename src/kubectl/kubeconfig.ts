import type { Json } from '../apimachinery/json.ts';

/** Where an API server is, as a kubeconfig has it. */
export interface ClusterEntry {
  server: string;
  /** Path or text of the certificate authority; nobody checks it here. */
  certificateAuthority?: string;
  certificateAuthorityData?: string;
  insecure?: boolean;
}

/** With what somebody signs in. */
export interface UserEntry {
  /** True for the administrator that the cluster was made with: signs in as who holds the kubeconfig. */
  admin?: boolean;
  clientCertificate?: string;
  clientCertificateData?: string;
  clientKey?: string;
  clientKeyData?: string;
  token?: string;
  username?: string;
  password?: string;
}

/** A cluster, a user and a namespace under one name. */
export interface ContextEntry {
  cluster: string;
  user: string;
  /** Empty for the default one. */
  namespace: string;
}

/** The kubeconfig file: `kubectl config` changes it. */
export class KubeConfig {
  /** Its path, for messages. */
  readonly path: string;
  /** The address of the one server that there is. */
  readonly origin: string;
  readonly clusters = new Map<string, ClusterEntry>();
  readonly users = new Map<string, UserEntry>();
  readonly contexts = new Map<string, ContextEntry>();
  currentContext: string;

  /** A file with one context, the administrator's, as kubeadm makes it. */
  constructor(cluster: string, server: string, user: string, path = '/.kube/config') {
    this.path = path;
    this.origin = server;
    this.currentContext = `${user}@${cluster}`;
    this.clusters.set(cluster, { server, certificateAuthorityData: 'simulated' });
    this.users.set(user, { admin: true, clientCertificateData: 'simulated', clientKeyData: 'simulated' });
    this.contexts.set(this.currentContext, { cluster, user, namespace: '' });
  }

  /** The settings in force, with some of them replaced by flags; or why they cannot be. */
  select(flags: Readonly<Record<'context' | 'cluster' | 'user' | 'server', string>>): Settings | string {
    const context = flags.context === '' ? this.currentContext : flags.context;
    const entry = this.contexts.get(context);
    if (entry === undefined && flags.context !== '') return `context "${context}" does not exist`;
    const cluster = flags.cluster === '' ? (entry?.cluster ?? '') : flags.cluster;
    if (flags.cluster !== '' && !this.clusters.has(cluster)) return `cluster "${cluster}" does not exist`;
    const user = flags.user === '' ? (entry?.user ?? '') : flags.user;
    if (flags.user !== '' && !this.users.has(user)) return `auth info "${user}" does not exist`;
    const server = flags.server === '' ? (this.clusters.get(cluster)?.server ?? NO_SERVER) : flags.server;
    return new Settings(this, context, cluster, user, server);
  }

  /** The settings of the current context. */
  get settings(): Settings {
    const settings = this.select({ context: '', cluster: '', user: '', server: '' });
    if (typeof settings === 'string') throw new Error('without flags there is nothing that cannot be found');
    return settings;
  }

  /** The file as JSON; `raw` with what is secret. `only`: nothing but what these settings use. */
  toJson(raw: boolean, only?: Settings): Json {
    const named = <T>(
      map: ReadonlyMap<string, T>,
      name: string | undefined,
      key: string,
      of: (entry: T) => Json,
    ): Json =>
      [...map]
        .filter(([entry]) => name === undefined || entry === name)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([entry, value]) => ({ [key]: of(value), name: entry }));
    return {
      apiVersion: 'v1',
      clusters: named(this.clusters, only?.cluster, 'cluster', (entry) => clusterJson(entry, raw)),
      contexts: named(this.contexts, only?.context, 'context', ({ cluster, user, namespace }) => ({
        cluster,
        ...(namespace === '' ? {} : { namespace }),
        user,
      })),
      'current-context': this.currentContext,
      kind: 'Config',
      users: named(this.users, only?.user, 'user', (entry) => userJson(entry, raw)),
    };
  }
}

/** Where kubectl goes when it is told nothing. */
const NO_SERVER = 'http://localhost:8080';
const OMITTED = 'DATA+OMITTED';

/** What one call of kubectl goes by. */
export class Settings {
  readonly file: KubeConfig;
  readonly context: string;
  readonly cluster: string;
  readonly user: string;
  readonly server: string;

  constructor(file: KubeConfig, context: string, cluster: string, user: string, server: string) {
    this.file = file;
    this.context = context;
    this.cluster = cluster;
    this.user = user;
    this.server = server;
  }

  /** The namespace of the context. */
  get namespace(): string {
    const namespace = this.file.contexts.get(this.context)?.namespace ?? '';
    return namespace === '' ? 'default' : namespace;
  }
}

function clusterJson(entry: ClusterEntry, raw: boolean): Json {
  const { server, certificateAuthority, certificateAuthorityData, insecure } = entry;
  return {
    ...(certificateAuthority === undefined ? {} : { 'certificate-authority': certificateAuthority }),
    ...(certificateAuthorityData === undefined
      ? {}
      : { 'certificate-authority-data': raw ? certificateAuthorityData : OMITTED }),
    ...(insecure === true ? { 'insecure-skip-tls-verify': true } : {}),
    server,
  };
}

function userJson(entry: UserEntry, raw: boolean): Json {
  const shown = (key: string, value: string | undefined, hidden: string): Record<string, Json> =>
    value === undefined ? {} : { [key]: raw ? value : hidden };
  return {
    ...(entry.clientCertificate === undefined ? {} : { 'client-certificate': entry.clientCertificate }),
    ...shown('client-certificate-data', entry.clientCertificateData, OMITTED),
    ...(entry.clientKey === undefined ? {} : { 'client-key': entry.clientKey }),
    ...shown('client-key-data', entry.clientKeyData, OMITTED),
    ...shown('token', entry.token, 'REDACTED'),
    ...(entry.username === undefined ? {} : { username: entry.username }),
    ...shown('password', entry.password, 'REDACTED'),
  };
}
