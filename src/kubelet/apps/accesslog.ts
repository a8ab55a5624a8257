import type { HttpReply, HttpRequest } from '../../network/types.ts';
import type { LogText } from './app.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `05/Jan/2026:00:00:00 +0000` has this length, whenever it is. */
const TIME_LENGTH = 26;
/** All that is the same in every line. */
const FRAME_LENGTH = ' - - [] "  HTTP/1.1"   "" "" "-"'.length;

/** A request and its answer in the combined log format that nginx and Apache share; the time comes last. */
class AccessLine implements LogText {
  readonly bytes: number;
  readonly #from: string;
  readonly #method: string;
  readonly #path: string;
  readonly #status: number;
  readonly #length: number;
  readonly #referer: string;
  readonly #agent: string;

  constructor(from: string, { method, path, headers }: HttpRequest, { status, body }: HttpReply) {
    this.#from = from;
    this.#method = method;
    this.#path = path;
    this.#status = status;
    this.#length = body.length;
    this.#referer = headers.referer ?? '-';
    this.#agent = headers['user-agent'] ?? '-';
    const words = from.length + method.length + path.length + this.#referer.length + this.#agent.length;
    this.bytes = words + `${status}${body.length}`.length + FRAME_LENGTH + TIME_LENGTH;
  }

  /** Whether this is what a line about the request says. */
  says(from: string, { method, path, headers }: HttpRequest, { status, body }: HttpReply): boolean {
    return (
      this.#from === from &&
      this.#path === path &&
      this.#method === method &&
      this.#status === status &&
      this.#length === body.length &&
      this.#agent === (headers['user-agent'] ?? '-') &&
      this.#referer === (headers.referer ?? '-')
    );
  }

  render(time: number): string {
    const asked = `${this.#method} ${this.#path} HTTP/1.1`;
    const answered = `${this.#status} ${this.#length}`;
    return `${this.#from} - - [${clfTime(time)}] "${asked}" ${answered} "${this.#referer}" "${this.#agent}" "-"`;
  }
}

/**
 * The access log of one server. Probes and load generators ask the same again and again: a line is put
 * into words when it is read, and one that repeats the line before is the same object.
 */
export class AccessLog {
  #last: AccessLine | undefined;

  /** The line for the request that was answered last. */
  get last(): LogText | undefined {
    return this.#last;
  }

  /** The line for a request that is answered now. */
  line(from: string, request: HttpRequest, reply: HttpReply): LogText {
    if (this.#last?.says(from, request, reply) !== true) this.#last = new AccessLine(from, request, reply);
    return this.#last;
  }
}

/** `05/Jan/2026:00:00:00 +0000`. */
export function clfTime(ms: number): string {
  const d = new Date(ms);
  const day = `${two(d.getUTCDate())}/${MONTHS[d.getUTCMonth()]}/${d.getUTCFullYear()}`;
  return `${day}:${clockTime(d)} +0000`;
}

/** `2026/01/05 00:00:00`: the beginning of nginx' own messages. */
export function slashTime(ms: number): string {
  const d = new Date(ms);
  return `${d.getUTCFullYear()}/${two(d.getUTCMonth() + 1)}/${two(d.getUTCDate())} ${clockTime(d)}`;
}

/** `2026-01-05 00:00:00.000`: as databases and Java programs print moments. */
export function dashTime(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').slice(0, -1);
}

function clockTime(d: Date): string {
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
}

function two(n: number): string {
  return n < 10 ? `0${n}` : String(n);
}
