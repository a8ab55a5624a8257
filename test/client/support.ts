import type { ConfigMap } from '../../src/api/generated/types.ts';
import { configMap } from '../../src/api/kinds/configmap.ts';
import { kinds } from '../../src/api/kinds/registry.ts';
import type { KubeObject } from '../../src/api/object.ts';
import type { ApiRequest, ApiResponse } from '../../src/api/request.ts';
import type { Status } from '../../src/apimachinery/status.ts';
import { ApiServer } from '../../src/apiserver/apiserver.ts';
import { Client, type Result } from '../../src/client/client.ts';
import { Etcd } from '../../src/etcd/etcd.ts';
import { Process } from '../../src/sim/process.ts';
import { Simulation } from '../../src/sim/simulation.ts';

const USER = { name: 'kubernetes-admin', groups: ['system:masters'] };

/** The value of a request that must succeed. */
export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.status.message);
  return result.value;
}

/** An API server that can be stopped, started and made to refuse. */
export class Server {
  readonly sim = new Simulation({ seed: 1 });
  readonly etcd = new Etcd<KubeObject>(this.sim);
  readonly admin: Client;
  /** Requests of everybody but the admin, as `verb resource`. */
  readonly requests: string[] = [];
  refuse: (request: ApiRequest) => Status | undefined = () => undefined;
  process = new Process(this.sim, 'kube-apiserver');
  #api = this.#start();
  #incarnation = 0;

  constructor() {
    this.admin = new Client(
      { send: (request) => this.#api.handle(request) },
      { user: USER, component: 'test' },
    );
  }

  #start(): ApiServer {
    return new ApiServer({ process: this.process, store: this.etcd, kinds });
  }

  /** Kills the server: watches end. */
  stop(): void {
    this.process.kill();
  }

  start(): void {
    this.process = new Process(this.sim, 'kube-apiserver', ++this.#incarnation);
    this.#api = this.#start();
  }

  client(component: string): Client {
    const send = (request: ApiRequest): ApiResponse => {
      this.requests.push(`${request.verb} ${request.resource}`);
      const status = this.refuse(request);
      return status === undefined ? this.#api.handle(request) : { kind: 'error', ok: false, status };
    };
    return new Client({ send }, { user: USER, component });
  }

  run(ms: number): void {
    this.sim.runUntil(this.sim.now() + ms);
  }

  put(name: string, labels: Record<string, string> = {}): ConfigMap {
    const object: ConfigMap = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'default', labels },
    };
    const current = this.admin.get(configMap, name, 'default');
    return must(current.ok ? this.admin.update(configMap, object) : this.admin.create(configMap, object));
  }

  remove(name: string): void {
    must(this.admin.delete(configMap, name, 'default'));
  }
}
