import { base64DecodeText } from '../../apimachinery/base64.ts';

/** Who issues the tokens of this cluster, and for whom they are if nobody else is named. */
export const ISSUER = 'https://kubernetes.default.svc.cluster.local';

interface Named {
  readonly name: string;
  readonly uid: string;
}

/** What a service account's token says (pkg/serviceaccount/claims.go). Times are seconds since the epoch. */
export interface Claims {
  readonly aud: readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly iss: string;
  readonly jti: string;
  readonly 'kubernetes.io': {
    readonly namespace: string;
    readonly node?: Named;
    readonly pod?: Named;
    readonly secret?: Named;
    readonly serviceaccount: Named;
    readonly warnafter?: number;
  };
  readonly nbf: number;
  readonly sub: string;
}

const HEAD = base64url(JSON.stringify({ alg: 'RS256', kid: 'shipshape', typ: 'JWT' }));
/** A token is some hundred characters long; nothing longer is looked at. */
const MAX_TOKEN = 8192;

/**
 * Makes and reads tokens in the shape of JSON Web Tokens. The signature is a keyed hash: enough that
 * nobody inside the simulation makes one up, and nothing to be trusted outside of it.
 */
export class TokenIssuer {
  readonly #key: string;

  constructor(key: string) {
    this.#key = key;
  }

  issue(claims: Claims): string {
    const signed = `${HEAD}.${base64url(JSON.stringify(claims))}`;
    // Joined, so that the text is one string: what a template makes holds on to its parts.
    return [signed, this.#signature(signed)].join('.');
  }

  /** The claims of a token of this issuer's own; undefined for any other text. */
  read(token: string): Claims | undefined {
    if (token.length > MAX_TOKEN) return undefined;
    const [head, body, signature, ...more] = token.split('.');
    if (head !== HEAD || body === undefined || more.length > 0) return undefined;
    if (signature !== this.#signature(`${head}.${body}`)) return undefined;
    const text = base64DecodeText(padded(body));
    if (text === undefined) return undefined;
    // What is signed with the key was written by `issue`.
    return JSON.parse(text) as Claims;
  }

  #signature(signed: string): string {
    return base64url(keyedHash(this.#key, signed) + keyedHash(signed, this.#key));
  }
}

/** Sixteen hexadecimal digits that depend on every character of both texts, the key's twice. */
function keyedHash(key: string, text: string): string {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (const part of [key, text, key]) {
    for (let i = 0; i < part.length; i++) {
      const code = part.charCodeAt(i);
      a = Math.imul(a ^ code, 0x01000193);
      b = Math.imul(b ^ code ^ (a >>> 15), 0x85ebca6b);
    }
  }
  const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
  return hex(a ^ (b >>> 13)) + hex(b ^ (a >>> 16));
}

/** Of ASCII text. */
function base64url(text: string): string {
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function padded(text: string): string {
  const plain = text.replaceAll('-', '+').replaceAll('_', '/');
  return plain + '='.repeat((4 - (plain.length % 4)) % 4);
}
