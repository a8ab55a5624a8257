import { goQuote } from '../apimachinery/gostring.ts';
import { badRequest, type Status } from '../apimachinery/status.ts';

/** Where a list that was cut goes on: at a key, as of a revision (storage/continue.go). */
export interface ContinueToken {
  /** -1: as of now, whatever that does to the consistency of the list. */
  readonly revision: number;
  /** The key after the resource's prefix at which the rest begins: the last one told, and a NUL. */
  readonly start: string;
}

const VERSION = 'meta.k8s.io/v1';
const INVALID = 'invalid continue token: continue key is not valid';
/** Longer than any token of ours: names have 253 characters at most. */
const MAX_LENGTH = 4096;

/** The token as clients carry it; they must not look inside. */
export function encodeContinue({ revision, start }: ContinueToken): string {
  const text = btoa(JSON.stringify({ v: VERSION, rv: revision, start }));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Reads a token, which may be anything: it comes from outside. */
export function decodeContinue(text: string): ContinueToken | Status {
  const alien = text.length > MAX_LENGTH ? MAX_LENGTH : text.search(/[^A-Za-z0-9_-]/);
  const end = alien >= 0 ? alien : text.length % 4 === 1 ? text.length : -1;
  if (end >= 0) return badRequest(`${INVALID}: illegal base64 data at input byte ${end}`);
  const token = parse(atob(text.replaceAll('-', '+').replaceAll('_', '/')));
  if (token === undefined) return badRequest(`${INVALID}: invalid character in JSON`);
  if (token.v !== VERSION)
    return badRequest(`${INVALID}: server does not recognize this encoded version ${token.v}`);
  if (token.rv === 0)
    return badRequest(`${INVALID}: incorrect encoded start resourceVersion (version ${VERSION})`);
  if (token.start === '') return badRequest(`${INVALID}: encoded start key empty (version ${VERSION})`);
  return isClean(token.start)
    ? { revision: token.rv < 0 ? -1 : token.rv, start: token.start }
    : badRequest(`${INVALID}: ${goQuote(token.start).slice(1, -1)}`);
}

interface Raw {
  readonly v: string;
  readonly rv: number;
  readonly start: string;
}

/** What Go's decoder makes of it: what is not there is zero; undefined if it does not fit. */
function parse(text: string): Raw | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { v = '', rv = 0, start = '' } = value as Partial<Record<keyof Raw, unknown>>;
  if (typeof v !== 'string' || typeof start !== 'string' || !Number.isSafeInteger(rv)) return undefined;
  return { v, rv: rv as number, start };
}

/** Whether a key stays where it is, so that nobody reads outside of the resource (path.Clean). */
function isClean(key: string): boolean {
  const parts = (key.startsWith('/') ? key.slice(1) : key).split('/');
  return parts.every((part) => part !== '' && part !== '.' && part !== '..');
}
