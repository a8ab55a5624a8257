import type { Pod, ServiceAccountTokenProjection, TokenRequest } from '../api/generated/types.ts';
import { serviceAccount } from '../api/kinds/serviceaccount.ts';
import { nameOf, namespaceOf, uidOf } from '../api/object.ts';
import { fnv1a32 } from '../apimachinery/names.ts';
import { parseTime } from '../apimachinery/time.ts';
import type { Client } from '../client/client.ts';
import type { Process, ProcessTimer } from '../sim/process.ts';

const DEFAULT_SECONDS = 3600;
/** A token is replaced after a day at the latest, and when a fifth of its time is left (pkg/kubelet/token). */
const MAX_AGE_MS = 86_400_000;
const REMAINING = 0.2;
const MAX_JITTER_MS = 10_000;
/** How soon a token that could not be replaced is tried again. */
const RETRY_MS = 60_000;

/** What the API server answered. Its text is written when somebody reads it, and most pods never do. */
export interface IssuedToken {
  readonly token?: string;
}

interface Kept {
  readonly seconds: number;
  readonly audience: string;
  readonly issued: IssuedToken;
  readonly expires: number;
  refreshAt: number;
}

/** A token, or why there is none. */
export type TokenResult =
  | { readonly ok: true; readonly issued: IssuedToken }
  | { readonly ok: false; readonly error: string };

const NONE: readonly Kept[] = Object.freeze([]);

export interface TokenManagerOptions {
  readonly process: Process;
  readonly client: Client;
  /** Called when a pod's tokens should be asked for again. */
  readonly stale: (podUID: string) => void;
}

/**
 * The tokens of the service accounts of this node's pods: asked of the API server, bound to the pod, kept
 * while they are fresh, and asked for again in time (pkg/kubelet/token/token_manager.go).
 */
export class TokenManager {
  readonly #options: TokenManagerOptions;
  /** By pod uid. Few pods have more than one: a list is smaller than a map. */
  readonly #pods = new Map<string, readonly Kept[]>();
  #timer: ProcessTimer | undefined;
  #timerAt = Number.POSITIVE_INFINITY;

  constructor(options: TokenManagerOptions) {
    this.#options = options;
  }

  /** The token of a projected source of a pod's volume. */
  get(pod: Pod, source: ServiceAccountTokenProjection): TokenResult {
    const { expirationSeconds: seconds = DEFAULT_SECONDS, audience = '' } = source;
    const uid = uidOf(pod);
    const now = this.#options.process.now();
    const all = this.#pods.get(uid) ?? NONE;
    const kept = all.find((one) => one.seconds === seconds && one.audience === audience);
    if (kept !== undefined && now < kept.refreshAt) return { ok: true, issued: kept.issued };
    const asked = this.#ask(pod, seconds, audience);
    if (typeof asked === 'string') {
      if (kept === undefined || now >= kept.expires)
        return { ok: false, error: `failed to fetch token: ${asked}` };
      kept.refreshAt = now + RETRY_MS;
      this.#arm(kept.refreshAt);
      return { ok: true, issued: kept.issued };
    }
    const tokens = kept === undefined ? all.concat(asked) : all.map((one) => (one === kept ? asked : one));
    this.#pods.set(uid, tokens);
    this.#arm(asked.refreshAt);
    return { ok: true, issued: asked.issued };
  }

  /** The pod is gone, and its tokens are good for nothing. */
  forget(podUID: string): void {
    this.#pods.delete(podUID);
  }

  #ask(pod: Pod, seconds: number, audience: string): Kept | string {
    const name = pod.spec.serviceAccountName ?? 'default';
    const uid = uidOf(pod);
    const request: TokenRequest = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      metadata: {},
      spec: {
        audiences: audience === '' ? [] : [audience],
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: nameOf(pod), uid },
        expirationSeconds: seconds,
      },
    };
    const { client, process } = this.#options;
    const answered = client.createSubresource(serviceAccount, name, namespaceOf(pod), 'token', request);
    if (!answered.ok) return answered.status.message ?? '';
    const issued: TokenRequest['status'] = (answered.value as TokenRequest | undefined)?.status;
    const expirationTimestamp = issued?.expirationTimestamp ?? '';
    const expires = parseTime(expirationTimestamp) ?? process.now();
    const lifetime = seconds * 1000;
    // As every kubelet waits a little, not all tokens are asked for at one moment.
    const jitter = fnv1a32(uid) % MAX_JITTER_MS;
    const soon = Math.min(expires - lifetime + MAX_AGE_MS, expires - lifetime * REMAINING);
    // With clocks that differ a token may be stale when it comes: the pod is looked at again in its own time.
    const refreshAt = Math.max(soon - jitter, process.now() + RETRY_MS);
    return { seconds, audience, issued: issued ?? {}, expires, refreshAt };
  }

  /** One timer for all: it goes off when the first of them is due. */
  #arm(at: number): void {
    if (at >= this.#timerAt) return;
    const { process } = this.#options;
    process.cancel(this.#timer);
    this.#timerAt = at;
    this.#timer = process.after(Math.max(0, at - process.now()), () => this.#due());
  }

  #due(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    const now = this.#options.process.now();
    let next = Number.POSITIVE_INFINITY;
    const due: string[] = [];
    for (const [uid, tokens] of this.#pods) {
      for (const { refreshAt } of tokens) {
        if (refreshAt > now) next = Math.min(next, refreshAt);
        else if (due.at(-1) !== uid) due.push(uid);
      }
    }
    if (next < Number.POSITIVE_INFINITY) this.#arm(next);
    for (const uid of due) this.#options.stale(uid);
  }
}
