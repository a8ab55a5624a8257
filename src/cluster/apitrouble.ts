import type { ApiRequest, RequestVerb } from '../api/request.ts';
import {
  conflict,
  internalError,
  type Status,
  serviceUnavailable,
  timeout,
  tooManyRequests,
} from '../apimachinery/status.ts';
import type { Random } from '../sim/random.ts';

/** What an API server in trouble answers, by HTTP code; `timeout`: it did what was asked, but says so too late. */
export const TROUBLE_CODES = [409, 429, 500, 503, 504, 'timeout'] as const;
export type TroubleCode = (typeof TROUBLE_CODES)[number];

/** Which requests fare badly, and how. Absent parts mean all. */
export interface ApiTroubleRule {
  readonly code: TroubleCode;
  /** Of a hundred matching requests so many fail. */
  readonly percent: number;
  /** The user's name: `system:kube-scheduler`. */
  readonly user?: string;
  /** Plural: `pods`. */
  readonly resource?: string;
}

/** Whose watches are served late, and by how much. Absent parts mean all. */
export interface SlowWatchRule {
  /** ms */
  readonly latency: number;
  readonly user?: string;
  readonly resource?: string;
}

const READS: ReadonlySet<RequestVerb> = new Set(['get', 'list', 'watch']);

/** The requests that the API server answers badly at present. Without rules it costs nothing. */
export class ApiTrouble {
  readonly #random: Random;
  #rules: readonly ApiTroubleRule[] = [];
  #slow: readonly SlowWatchRule[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  get rules(): readonly ApiTroubleRule[] {
    return this.#rules;
  }

  add(rule: ApiTroubleRule): void {
    this.#rules = [...this.#rules, rule];
  }

  clear(): void {
    this.#rules = [];
  }

  /** Slows the watches that a rule is about; a latency of 0 takes the rule back. */
  slowWatches(rule: SlowWatchRule): void {
    const others = this.#slow.filter(
      ({ user, resource }) => user !== rule.user || resource !== rule.resource,
    );
    this.#slow = rule.latency > 0 ? [...others, rule] : rule.user || rule.resource ? others : [];
  }

  watchLag(user: string, plural: string): number {
    let lag = 0;
    for (const rule of this.#slow)
      if ((rule.user ?? user) === user && (rule.resource ?? plural) === plural)
        lag = Math.max(lag, rule.latency);
    return lag;
  }

  /** What becomes of a request beside its usual answer; undefined: nothing. */
  decide(request: ApiRequest): Status | 'timeoutAfterCommit' | undefined {
    for (const rule of this.#rules) {
      if (rule.user !== undefined && rule.user !== request.user.name) continue;
      if (rule.resource !== undefined && rule.resource !== request.resource) continue;
      // A conflict, or an answer lost after the commit, is only possible where something is written.
      const writes = !READS.has(request.verb);
      if (!writes && (rule.code === 409 || rule.code === 'timeout')) continue;
      if (this.#random.int(100) < rule.percent) return answer(rule.code, request);
    }
    return undefined;
  }
}

function answer(code: TroubleCode, request: ApiRequest): Status | 'timeoutAfterCommit' {
  const about = { group: request.group, resource: request.resource };
  switch (code) {
    case 409:
      return conflict(about, request.name ?? '');
    case 429:
      return tooManyRequests(
        'the server has received too many requests and has asked us to try again later',
        1,
      );
    case 500:
      return internalError('etcdserver: leader changed');
    case 503:
      return serviceUnavailable('the server is currently unable to handle the request');
    case 504:
      return timeout('request did not complete within the allotted timeout');
    case 'timeout':
      return 'timeoutAfterCommit';
  }
}
