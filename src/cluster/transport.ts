import type { ApiRequest, ApiResponse, WatchEvent, WatchHandle, WatchSink } from '../api/request.ts';
import type { Status } from '../apimachinery/status.ts';
import type { ApiServer } from '../apiserver/apiserver.ts';
import type { Transport } from '../client/transport.ts';
import type { NetworkFabric } from '../network/types.ts';

/** An API server, where it runs, and the address it was asked for under. */
export interface ApiEndpoint {
  readonly server: ApiServer | undefined;
  readonly host: string;
  readonly ip: string;
}

/** Finds the API server that would answer at this moment. */
export type FindApiServer = () => ApiEndpoint;

/**
 * The way from one host to the API server: a call within the simulation that is refused when nobody
 * listens and times out when the network between is cut. Watches that cross a cut are broken when the
 * next event should pass; the client then resumes from the revision it has seen.
 */
export class NetworkTransport implements Transport {
  readonly #fabric: NetworkFabric;
  readonly #from: string;
  readonly #find: FindApiServer;
  readonly #port: number;

  constructor(fabric: NetworkFabric, from: string, port: number, find: FindApiServer) {
    this.#fabric = fabric;
    this.#from = from;
    this.#port = port;
    this.#find = find;
  }

  send(request: ApiRequest): ApiResponse {
    const { server, host, ip } = this.#find();
    if (!this.#reaches(host)) return unreachable('Timeout', `dial tcp ${ip}:${this.#port}: i/o timeout`);
    if (server === undefined)
      return unreachable('ConnectionRefused', `dial tcp ${ip}:${this.#port}: connect: connection refused`);
    if (server.process.paused) return unreachable('Timeout', 'net/http: TLS handshake timeout');
    if (request.sink === undefined) return server.handle(request);
    return this.#watch(server, host, request, request.sink);
  }

  #watch(server: ApiServer, host: string, request: ApiRequest, sink: WatchSink): ApiResponse {
    let broken = false;
    let handle: WatchHandle | undefined;
    const held: WatchEvent[] = [];
    // What a clogged host did not get it gets in one go, if nothing else has happened to the way.
    const flow = (): void => {
      const events = held.splice(0);
      for (const event of events) guarded.event(event);
    };
    const guarded: WatchSink = {
      event: (event: WatchEvent) => {
        if (broken) return;
        if (held.length === 0 && this.#reaches(host)) {
          sink.event(event);
          return;
        }
        const clogged = this.#clogged(host);
        if (clogged !== undefined || held.length > 0) {
          held.push(event);
          if (held.length === 1) this.#fabric.links.whenUnclogged(clogged ?? host, flow);
          return;
        }
        broken = true;
        handle?.stop();
        sink.closed();
      },
      closed: () => {
        if (broken) return;
        broken = true;
        sink.closed();
      },
    };
    const response = server.handle({ ...request, sink: guarded });
    if (response.ok && response.kind === 'watch') handle = response.watch;
    return response;
  }

  /** The end of the way at which everything is held back, if one is. */
  #clogged(host: string): string | undefined {
    return [host, this.#from].find((end) => this.#fabric.links.isClogged(end));
  }

  /** Both ways must be open, or no connection stands. */
  #reaches(host: string): boolean {
    if (host === this.#from) return this.#fabric.host(host)?.up === true;
    const { links } = this.#fabric;
    return !links.get(this.#from, host).cut && !links.get(host, this.#from).cut;
  }
}

/** An answer that never came from a server: code 0, in the dialler's words. */
function unreachable(reason: 'ConnectionRefused' | 'Timeout', message: string): ApiResponse {
  const status: Status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    reason,
    message,
    code: 0,
  };
  return { kind: 'error', ok: false, status };
}
