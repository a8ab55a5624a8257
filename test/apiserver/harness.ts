import { kinds } from '../../src/api/kinds/registry.ts';
import type { KubeObject } from '../../src/api/object.ts';
import type { ApiRequest, ApiResponse, WatchEvent } from '../../src/api/request.ts';
import type { Status } from '../../src/apimachinery/status.ts';
import { ApiServer, type ApiServerOptions } from '../../src/apiserver/apiserver.ts';
import { Etcd } from '../../src/etcd/etcd.ts';
import { Process } from '../../src/sim/process.ts';
import { Simulation } from '../../src/sim/simulation.ts';

const USER = { name: 'kubernetes-admin', groups: ['system:masters'] };
const CAUSE = { component: 'test', trigger: 0 };

/** A request with the parts that tests rarely care about filled in. */
export type Partially = Omit<ApiRequest, 'user' | 'cause' | 'group'> & { readonly group?: string };

/** An API server over a fresh etcd, with the service account that pods need. */
export class Harness {
  readonly sim: Simulation;
  readonly etcd: Etcd<KubeObject>;
  process: Process;
  server: ApiServer;
  readonly #options: Partial<ApiServerOptions>;
  #incarnation = 0;

  constructor(options: Partial<ApiServerOptions> & { readonly seed?: number } = {}) {
    this.sim = new Simulation({ seed: options.seed ?? 1 });
    this.etcd = new Etcd<KubeObject>(this.sim);
    this.#options = options;
    this.process = new Process(this.sim, 'kube-apiserver');
    this.server = this.#start();
    this.create('serviceaccounts', { metadata: { name: 'default', namespace: 'default' } });
  }

  #start(): ApiServer {
    return new ApiServer({ kinds, ...this.#options, process: this.process, store: this.etcd });
  }

  /** Kills the server and starts another one over the same store. */
  restart(): void {
    this.process.kill();
    this.#incarnation++;
    this.process = new Process(this.sim, 'kube-apiserver', this.#incarnation);
    this.server = this.#start();
  }

  send(request: Partially): ApiResponse {
    return this.server.handle({ group: '', user: USER, cause: CAUSE, ...request });
  }

  /** The object of a request that must succeed. */
  object(request: Partially): KubeObject {
    const response = this.send(request);
    if (!response.ok) throw new Error(response.status.message);
    if (response.kind !== 'object') throw new Error(`answer of kind ${response.kind}`);
    return response.object;
  }

  /** The refusal of a request that must fail. */
  refusal(request: Partially): Status {
    const response = this.send(request);
    if (response.ok) throw new Error('it succeeded');
    return response.status;
  }

  create(resource: string, body: object, more: Partial<Partially> = {}): KubeObject {
    return this.object(creation(resource, body, more));
  }

  get(resource: string, name: string, namespace = 'default', group = ''): KubeObject {
    return this.object({ verb: 'get', group, resource, namespace, name });
  }

  /** Whether the object exists. */
  has(resource: string, name: string, namespace = 'default'): boolean {
    return this.send({ verb: 'get', resource, namespace, name }).ok;
  }

  list(resource: string, options: ApiRequest['options'] = {}, namespace = 'default') {
    const response = this.send({ verb: 'list', resource, namespace, options });
    if (!response.ok || response.kind !== 'list') throw new Error('no list');
    return response.list;
  }

  /** Watches and collects the events, in short form, as they come. */
  watch(resource: string, options: ApiRequest['options'] = {}, more: Partial<Partially> = {}): Watching {
    const watching: Watching = { events: [], raw: [], closed: 0, stop: () => undefined };
    const response = this.send({
      verb: 'watch',
      resource,
      namespace: 'default',
      options,
      sink: {
        event(event) {
          watching.raw.push(event);
          watching.events.push(describe(event));
        },
        closed() {
          watching.closed++;
        },
      },
      ...more,
    });
    if (!response.ok || response.kind !== 'watch') throw new Error('no watch');
    watching.stop = () => response.watch.stop();
    return watching;
  }

  /** Lets time pass, in ms: by default enough for every watcher to hear of everything. */
  run(ms = 10): void {
    this.sim.runUntil(this.sim.now() + ms);
  }
}

export interface Watching {
  readonly events: string[];
  readonly raw: WatchEvent[];
  closed: number;
  stop: () => void;
}

function describe(event: WatchEvent): string {
  if (event.type === 'ERROR') return `ERROR ${event.status.code} ${event.status.message}`;
  return `${event.type} ${event.object.metadata.name ?? ''}`.trim();
}

/** A create request for an object without the fields that every object has. */
export function creation(resource: string, body: object, more: Partial<Partially> = {}): Partially {
  const namespace = (body as KubeObject).metadata?.namespace;
  return { verb: 'create', resource, ...(namespace === undefined ? {} : { namespace }), body, ...more };
}

/** A pod of one container. */
export function podBody(name: string, rest: object = {}, spec: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', ...rest },
    spec: { containers: [{ name: 'web', image: 'nginx:1.27' }], ...spec },
  };
}

/** A ConfigMap with one value. */
export function configMapBody(name: string, value = '1', rest: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default', ...rest },
    data: { value },
  };
}
