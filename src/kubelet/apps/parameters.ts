/** How an image's program behaves: what `assets/images.json` and levels may say of it, units resolved. */

/** An answer to HTTP requests for one path. */
export interface Route {
  /** Default 200. */
  readonly status: number;
  readonly body: string;
  /** ms. */
  readonly latency: number;
  readonly contentType: string;
  /** ms of one core's time; default: what the program takes for any request. */
  readonly cpu?: number;
  /** URLs that are asked before it answers; one that fails makes the answer a 502. */
  readonly calls: readonly string[];
  /** When it answers otherwise: from `after` ms on, for `for` ms, every `every` ms (0: once, for good if `for` is 0). */
  readonly down?: {
    readonly after: number;
    readonly for: number;
    readonly every: number;
    readonly status: number;
  };
}

/** What must be there before the program comes up. */
export interface Needs {
  /** Environment variables that must be set and not empty. */
  readonly env: readonly string[];
  /** Files that must exist. */
  readonly files: readonly string[];
  /** `host:port` that must accept connections. */
  readonly reach: readonly string[];
  /** How often `reach` is tried, 2 s apart, before giving up with exit code 1. 0: for ever. */
  readonly retries: number;
}

/** Everything optional: each app model reads what it understands and has defaults of its own. */
export interface AppParameters {
  /** ms until the program listens; and ms of one core's time that it needs for that: slower when throttled. */
  readonly startup?: number;
  readonly startupCpu?: number;
  readonly ports?: readonly number[];
  /** Path -> answer; `/` answers every path that is not listed, `/x/*` every path below. */
  readonly routes?: ReadonlyMap<string, Route>;
  /** Lines printed at start. */
  readonly logs?: readonly string[];
  /** Whether each request is logged; default true. */
  readonly accessLog?: boolean;
  /** Bytes: what it uses from the start, what it takes more each second, and for each request. */
  readonly memory?: number;
  readonly memoryGrowth?: number;
  readonly memoryPerRequest?: number;
  /** Millicores while idle. */
  readonly cpu?: number;
  /** ms of one core's time for each request. */
  readonly cpuPerRequest?: number;
  /** Share of requests that are answered with 500, from 0 to 1. */
  readonly errorRate?: number;
  /** How long requests may have to wait for the cpu before further ones get no answer, ms; default 10 s. */
  readonly queue?: number;
  /** With what it ends by itself; default 0 when `after` is given. */
  readonly exitCode?: number;
  /** ms after which it ends by itself; default: at once when `exitCode` is given, else never. */
  readonly after?: number;
  /** ms of one core's time after which it ends by itself: batch work, which takes longer when throttled. */
  readonly work?: number;
  /** ms after which it hangs: takes connections, answers nothing. */
  readonly hangAfter?: number;
  readonly needs?: Needs;
  /** ms between SIGTERM and the end. */
  readonly gracefulShutdown?: number;
  readonly ignoreSigterm?: boolean;
  /** Text for the termination message file when it ends with an error. */
  readonly terminationMessage?: string;
  /** What the program calls its version. */
  readonly version?: string;
  /** The user that its entrypoint goes on as when it is started as root. */
  readonly stepsDownTo?: string;
  /** Whether it cannot do without a database (Spring Boot). */
  readonly dataSource?: boolean;
}
