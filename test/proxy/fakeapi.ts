import type { KubeObject } from '../../src/api/object.ts';
import { keyOf } from '../../src/api/object.ts';
import type { ApiRequest, ApiResponse, WatchSink } from '../../src/api/request.ts';
import { parseFieldSelector } from '../../src/apimachinery/fields.ts';
import { parseSelector } from '../../src/apimachinery/labelparser.ts';
import { serviceUnavailable } from '../../src/apimachinery/status.ts';
import { Client } from '../../src/client/client.ts';
import type { Transport } from '../../src/client/transport.ts';
import type { Simulation } from '../../src/sim/simulation.ts';

interface Watch {
  readonly resource: string;
  readonly options: ApiRequest['options'];
  readonly sink: WatchSink;
}

/** Just enough of an API server for programs that only list and watch. Events arrive `lag` ms later. */
export class FakeApi implements Transport {
  up = true;
  readonly lag = 5;
  readonly #simulation: Simulation;
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #watches = new Set<Watch>();
  #revision = 0;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
  }

  client(component: string): Client {
    return new Client(this, { user: { name: component, groups: [] }, component });
  }

  /** Creates or replaces an object of a resource (`services`). */
  put(resource: string, object: KubeObject): void {
    const old = this.#of(resource).get(keyOf(object));
    const metadata = { uid: keyOf(object), ...object.metadata, resourceVersion: String(++this.#revision) };
    const stored: KubeObject = { ...object, metadata };
    this.#of(resource).set(keyOf(object), stored);
    this.#tell(resource, stored, old);
  }

  remove(resource: string, key: string): void {
    const old = this.#of(resource).get(key);
    if (old === undefined) return;
    this.#of(resource).delete(key);
    const last = { ...old, metadata: { ...old.metadata, resourceVersion: String(++this.#revision) } };
    this.#tell(resource, undefined, last);
  }

  send(request: ApiRequest): ApiResponse {
    const { verb, resource, options, sink } = request;
    if (!this.up) return { kind: 'error', ok: false, status: serviceUnavailable('down') };
    if (verb === 'list') {
      const items = [...this.#of(resource).values()].filter((object) => selects(options, object));
      return { kind: 'list', ok: true, list: { items, resourceVersion: String(this.#revision) } };
    }
    if (verb !== 'watch' || sink === undefined)
      throw new Error(`the fake API server cannot ${verb} ${resource}`);
    const watch: Watch = { resource, options, sink };
    this.#watches.add(watch);
    return { kind: 'watch', ok: true, watch: { stop: () => void this.#watches.delete(watch) } };
  }

  #of(resource: string): Map<string, KubeObject> {
    const objects = this.#objects.get(resource) ?? new Map<string, KubeObject>();
    this.#objects.set(resource, objects);
    return objects;
  }

  #tell(resource: string, next: KubeObject | undefined, old: KubeObject | undefined): void {
    for (const watch of this.#watches) {
      if (watch.resource !== resource) continue;
      const before = old !== undefined && selects(watch.options, old);
      const after = next !== undefined && selects(watch.options, next);
      const object = after ? next : old;
      if (object === undefined || (!before && !after)) continue;
      const type = !after ? 'DELETED' : before ? 'MODIFIED' : 'ADDED';
      this.#simulation.after(this.lag, () => {
        if (this.#watches.has(watch)) watch.sink.event({ type, object });
      });
    }
  }
}

function selects(options: ApiRequest['options'], object: KubeObject): boolean {
  const labels = parseSelector(options?.labelSelector ?? '');
  const fields = parseFieldSelector(options?.fieldSelector ?? '');
  if ('error' in labels || 'error' in fields) throw new Error('bad selector');
  const name = (field: string) => (field === 'metadata.name' ? object.metadata.name : undefined);
  return labels.matches(object.metadata.labels) && fields.matches(name);
}
