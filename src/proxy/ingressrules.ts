import type { Ingress, IngressBackend } from '../api/generated/types.ts';
import { namespaceOf } from '../api/object.ts';

/** What a request is answered by: a backend of an Ingress. */
export interface Location {
  readonly ingress: Ingress;
  readonly namespace: string;
  readonly path: string;
  readonly pathType: string;
  readonly backend: IngressBackend;
}

/** One virtual host: its locations, the longest first. */
interface Server {
  readonly locations: Location[];
  /** The Secret of its certificate, `namespace/name`; undefined: the controller's own. */
  secret: string | undefined;
  /** Whether some Ingress wants TLS for it. */
  tls: boolean;
}

/** What was found for a request. */
export interface Found {
  readonly location: Location | undefined;
  readonly secret: string | undefined;
  readonly tls: boolean;
}

const ANY_HOST = '';

/**
 * The routing table made of Ingresses: exact hosts before wildcards before none, exact paths before
 * prefixes, long ones before short ones; of two that say the same the older Ingress wins
 * (ingress-nginx internal/ingress/controller createServers).
 */
export class IngressTable {
  readonly #servers = new Map<string, Server>();

  constructor(ingresses: readonly Ingress[]) {
    for (const ingress of [...ingresses].sort(byAge)) this.#add(ingress);
    for (const server of this.#servers.values()) server.locations.sort(byPriority);
  }

  #add(ingress: Ingress): void {
    const { rules = [], defaultBackend, tls = [] } = ingress.spec;
    const namespace = namespaceOf(ingress);
    if (defaultBackend !== undefined)
      this.#locate(ANY_HOST, { ingress, namespace, path: '/', pathType: 'Prefix', backend: defaultBackend });
    for (const { host = ANY_HOST, http } of rules) {
      const name = host.toLowerCase();
      const server = this.#server(name);
      const secure = tls.find(({ hosts = [] }) => hosts.some((given) => covers(given.toLowerCase(), name)));
      if (secure !== undefined) {
        server.tls = true;
        if ((secure.secretName ?? '') !== '') server.secret ??= `${namespace}/${secure.secretName}`;
      }
      for (const { path = '/', pathType, backend } of http?.paths ?? [])
        this.#locate(name, { ingress, namespace, path: path === '' ? '/' : path, pathType, backend });
      // What none of the host's paths matches is the same Ingress's default.
      if (defaultBackend !== undefined)
        this.#locate(name, { ingress, namespace, path: '/', pathType: 'Prefix', backend: defaultBackend });
    }
  }

  #server(host: string): Server {
    let server = this.#servers.get(host);
    if (server === undefined) {
      server = { locations: [], secret: undefined, tls: false };
      this.#servers.set(host, server);
    }
    return server;
  }

  #locate(host: string, location: Location): void {
    const { locations } = this.#server(host);
    const same = (other: Location): boolean =>
      other.path === location.path && (other.pathType === 'Exact') === (location.pathType === 'Exact');
    if (!locations.some(same)) locations.push(location);
  }

  /** Finds what answers a request to a host (lower case, without port) and a path (without query). */
  find(host: string, path: string): Found {
    const dot = host.indexOf('.');
    const server =
      this.#servers.get(host) ??
      (dot > 0 ? this.#servers.get(`*${host.slice(dot)}`) : undefined) ??
      this.#servers.get(ANY_HOST);
    const location = server?.locations.find((candidate) => matchesPath(candidate, path));
    return { location, secret: server?.secret, tls: server?.tls === true };
  }
}

/** Whether the host of a certificate is that of a rule. */
function covers(given: string, host: string): boolean {
  if (given === host) return true;
  return given.startsWith('*.') && host.slice(host.indexOf('.')) === given.slice(1);
}

/** Whole elements for Prefix, the text itself for Exact, and as nginx reads it for the rest: a plain prefix. */
export function matchesPath({ path, pathType }: Pick<Location, 'path' | 'pathType'>, asked: string): boolean {
  if (pathType === 'Exact') return asked === path;
  if (pathType !== 'Prefix') return asked.startsWith(path);
  const prefix = path.endsWith('/') ? path.slice(0, -1) : path;
  return asked === prefix || asked.startsWith(`${prefix}/`);
}

function byAge(a: Ingress, b: Ingress): number {
  const [x, y] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
  if (x !== y) return x < y ? -1 : 1;
  return `${namespaceOf(a)}/${a.metadata.name}` < `${namespaceOf(b)}/${b.metadata.name}` ? -1 : 1;
}

function byPriority(a: Location, b: Location): number {
  const exact = Number(b.pathType === 'Exact') - Number(a.pathType === 'Exact');
  return exact !== 0 ? exact : b.path.length - a.path.length;
}
