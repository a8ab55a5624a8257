import type { Machine } from './machine.ts';
import type { Namespace, Socket } from './namespace.ts';
import type { Recorder } from './recorder.ts';
import { type Again, type Exchange, REPEAT_WITHIN_MS, type Repeat } from './types.ts';

/**
 * What a client needs to make an exchange again that went well and stayed on its host: most of what
 * happens on a network are probes that find what they found ten seconds before. It leaves the same
 * traces as an exchange that is made from scratch, without looking for the way.
 */
export class RepeatedExchange implements Again {
  readonly #recorder: Recorder;
  readonly #from: Namespace;
  readonly #host: Machine;
  readonly #changes: number;
  readonly #server: Socket;
  /** Undefined: it only connects. */
  readonly #repeat: Repeat | undefined;

  private constructor(recorder: Recorder, from: Namespace, server: Socket, repeat: Repeat | undefined) {
    this.#recorder = recorder;
    this.#from = from;
    this.#host = from.host;
    this.#changes = from.host.changes;
    this.#server = server;
    this.#repeat = repeat;
  }

  /** Undefined when the exchange may go otherwise the next time although nothing has changed. */
  static of(recorder: Recorder, from: Namespace, exchange: Exchange): RepeatedExchange | undefined {
    const { outcome, direct, server, target, latencyMs, timeoutMs } = exchange;
    if (outcome !== 'ok' || direct !== true || exchange.parent !== undefined) return undefined;
    // What a name stands for may change.
    if (exchange.remote?.ip !== target.host) return undefined;
    if (latencyMs + REPEAT_WITHIN_MS >= timeoutMs) return undefined;
    const socket = server as Socket;
    if (target.message === undefined) return new RepeatedExchange(recorder, from, socket, undefined);
    const repeat = socket.handler.repeat?.(target.message, from.ip);
    return repeat && new RepeatedExchange(recorder, from, socket, repeat);
  }

  make(): boolean {
    if (this.#host.changes !== this.#changes) return false;
    if (this.#repeat === undefined ? !this.#server.open : !this.#repeat.once()) return false;
    this.#recorder.repeat();
    this.#from.nextPort();
    return true;
  }
}
