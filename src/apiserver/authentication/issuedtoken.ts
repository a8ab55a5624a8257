import { formatTime } from '../../apimachinery/time.ts';
import { type Claims, ISSUER, type TokenIssuer } from './tokens.ts';

/** What is decided when a token is asked for. Times are seconds since the epoch. */
export interface Grant {
  readonly audiences: readonly string[];
  readonly namespace: string;
  readonly account: Claims['kubernetes.io']['serviceaccount'];
  /** The object with which the token ends. */
  readonly bound: Pick<Claims['kubernetes.io'], 'pod' | 'node' | 'secret'>;
  readonly jti: string;
  readonly issuedAt: number;
  readonly expires: number;
  readonly warnAfter: number | undefined;
}

/**
 * The status of a TokenRequest. Every pod has a token and hardly any reads it, so the text, which is longer
 * than all that it says, is written each time it is read.
 */
export class IssuedToken {
  readonly expirationTimestamp: string;
  readonly #issuer: TokenIssuer;
  readonly #grant: Grant;

  /** `expirationMs`: what the client is told, ms since the epoch; the token may be good for longer. */
  constructor(issuer: TokenIssuer, grant: Grant, expirationMs: number) {
    this.#issuer = issuer;
    this.#grant = grant;
    this.expirationTimestamp = formatTime(expirationMs);
  }

  get token(): string {
    return this.#issuer.issue(claimsOf(this.#grant));
  }

  /** The same as a plain value: what goes over the wire. */
  spelledOut(): { readonly token: string; readonly expirationTimestamp: string } {
    return { token: this.token, expirationTimestamp: this.expirationTimestamp };
  }
}

function claimsOf(grant: Grant): Claims {
  const { audiences, namespace, account, bound, jti, issuedAt, expires, warnAfter } = grant;
  return {
    aud: audiences,
    exp: expires,
    iat: issuedAt,
    iss: ISSUER,
    jti,
    'kubernetes.io': {
      namespace,
      ...bound,
      serviceaccount: account,
      ...(warnAfter === undefined ? {} : { warnafter: warnAfter }),
    },
    nbf: issuedAt,
    sub: `system:serviceaccount:${namespace}:${account.name}`,
  };
}
