import { httpReply } from '../network/http.ts';
import type { Handler, Listener, NetworkNamespace } from '../network/types.ts';
import type { Process } from '../sim/process.ts';

/** A Service whose load balancer asks the nodes for endpoints of their own. */
export interface HealthCheck {
  readonly port: number;
  readonly localEndpoints: number;
}

interface Open extends HealthCheck {
  readonly listener: Listener | undefined;
}

const JSON_HEADERS = Object.freeze({
  'content-type': 'application/json',
  'x-content-type-options': 'nosniff',
});
const ANSWER_MS = 0.2;

/**
 * The health check node ports of a node: 200 while the Service has endpoints here, else 503, so that
 * load balancers send traffic of `externalTrafficPolicy: Local` to the right nodes
 * (pkg/proxy/healthcheck/service_health.go).
 */
export class ServiceHealth {
  readonly #process: Process;
  readonly #namespace: NetworkNamespace;
  readonly #checks = new Map<string, Open>();

  constructor(process: Process, namespace: NetworkNamespace) {
    this.#process = process;
    this.#namespace = namespace;
  }

  /** Sets or (undefined) takes away the health check of the Service `key` (`namespace/name`). */
  set(key: string, check: HealthCheck | undefined): void {
    const open = this.#checks.get(key);
    if (open !== undefined && open.port !== check?.port) open.listener?.close();
    if (check === undefined) {
      this.#checks.delete(key);
      return;
    }
    const listener =
      open?.port === check.port && open.listener !== undefined ? open.listener : this.#listen(key, check);
    this.#checks.set(key, { ...check, listener });
  }

  #listen(key: string, check: HealthCheck): Listener | undefined {
    const result = this.#namespace.listen(check.port, this.#handler(key), { owner: this.#process });
    // A port that somebody else has stays his; the next change of the Service tries again.
    return result.ok ? result.listener : undefined;
  }

  #handler(key: string): Handler {
    const [namespace = '', name = ''] = key.split('/');
    return ({ message }) => {
      if (message.protocol !== 'http') return { type: 'close', latencyMs: 0 };
      const localEndpoints = this.#checks.get(key)?.localEndpoints ?? 0;
      const body = { service: { namespace, name }, localEndpoints, serviceProxyHealthy: true };
      return httpReply(localEndpoints > 0 ? 200 : 503, JSON.stringify(body), ANSWER_MS, JSON_HEADERS);
    };
  }
}
