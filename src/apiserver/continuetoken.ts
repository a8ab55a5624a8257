import { badRequest, type Status } from '../apimachinery/status.ts';

/** Where a list that was cut goes on: at a key, as of a revision (storage/continue.go). */
export interface ContinueToken {
  readonly revision: number;
  /** The key after the resource's prefix, e.g. `default/web`, at which the rest begins. */
  readonly start: string;
}

/** The token as clients carry it; they must not look inside. */
export function encodeContinue({ revision, start }: ContinueToken): string {
  return btoa(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start }));
}

/** Reads a token, which may be anything: it comes from outside. */
export function decodeContinue(text: string): ContinueToken | Status {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0 || text.length > 4096) {
    return badRequest('continue key is not valid: illegal base64 data');
  }
  const match = /^\{"v":"meta\.k8s\.io\/v1","rv":(\d{1,15}),"start":"([A-Za-z0-9./:-]*)"\}$/.exec(atob(text));
  if (match === null) return badRequest('continue key is not valid: encoded value is malformed');
  return { revision: Number(match[1]), start: match[2] ?? '' };
}
