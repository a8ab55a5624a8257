import type { TokenReview } from '../api/generated/types.ts';
import type { Impersonation } from '../api/request.ts';
import { base64DecodeText } from '../apimachinery/base64.ts';
import type { KubectlContext } from './context.ts';
import { builtin } from './discovery.ts';
import { type Failure, failure, isFailed } from './errors.ts';
import { createObject } from './requests.ts';

const UNAUTHORIZED = 'You must be logged in to the server (Unauthorized)';
const BLOCK = /-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/;
const SUBJECT = /subject: CN=(.*?)((?:, O=.*?)*); issuer: /;

/**
 * As whom the user of a kubeconfig is known to the server; undefined for the administrator, who makes
 * the requests as they are. No cryptography takes place here: who holds a certificate or a token is its subject.
 */
export function signIn(context: KubectlContext, token: string): Impersonation | undefined | Failure {
  const entry = context.config.file.users.get(context.config.user);
  const given = token === '' ? (entry?.token ?? '') : token;
  if (token === '' && entry?.admin === true) return undefined;
  if (given !== '') return ofToken(context, given);
  const certificate =
    entry?.clientCertificate === undefined
      ? base64DecodeText(entry?.clientCertificateData ?? '')
      : context.files.read(entry.clientCertificate);
  if (entry?.clientCertificate !== undefined && certificate === undefined)
    return failure(
      `invalid configuration: [unable to read client-cert ${entry.clientCertificate} for ${context.config.user} due to open ${entry.clientCertificate}: no such file or directory]`,
    );
  if (certificate === undefined || certificate === '')
    return { user: 'system:anonymous', groups: ['system:unauthenticated'] };
  const found = SUBJECT.exec(base64DecodeText((BLOCK.exec(certificate)?.[1] ?? '').replace(/\s/g, '')) ?? '');
  if (found === null) return failure('tls: failed to find any PEM data in certificate input');
  const groups = (found[2] ?? '').split(', O=').filter((group) => group !== '');
  return { user: found[1] ?? '', groups: [...groups, 'system:authenticated'] };
}

/** Whose token it is, the server says. */
function ofToken(context: KubectlContext, token: string): Impersonation | Failure {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', metadata: {}, spec: { token } };
  const answered = createObject(context, builtin('tokenreviews'), '', body, {});
  if (isFailed(answered)) return answered;
  const { authenticated, user } = (answered.object as unknown as TokenReview).status ?? {};
  if (authenticated !== true || user?.username === undefined) return failure(UNAUTHORIZED);
  return {
    user: user.username,
    ...(user.groups === undefined ? {} : { groups: user.groups }),
    ...(user.uid === undefined ? {} : { uid: user.uid }),
  };
}
