import { node } from '../../api/kinds/node.ts';
import { pod } from '../../api/kinds/pod.ts';
import { secret } from '../../api/kinds/secret.ts';
import { serviceAccount } from '../../api/kinds/serviceaccount.ts';
import type { KubeObject } from '../../api/object.ts';
import { serviceAccountUserName } from '../../api/rbac.ts';
import type { UserInfo } from '../../api/request.ts';
import { parseTime } from '../../apimachinery/time.ts';
import type { Backend } from '../context.ts';
import { serviceAccountGroups } from './impersonation.ts';
import { type Claims, ISSUER } from './tokens.ts';

const EXTRA = 'authentication.kubernetes.io/';
/** A token outlives the deletion of what it is bound to by that much (pkg/serviceaccount/claims.go), in ms. */
const DELETION_LEEWAY_MS = 60_000;

/** Who a token says that its bearer is, or why it is not to be believed. */
export type Authenticated = { readonly user: UserInfo; readonly claims: Claims } | { readonly error: string };

/**
 * Looks a bearer token up (pkg/serviceaccount/{jwt,claims}.go): it must be one of the server's own, for
 * one of the audiences, not expired, and what it is bound to must still be there.
 */
export function authenticateToken(
  server: Backend,
  token: string,
  audiences: readonly string[] = [ISSUER],
): Authenticated {
  const claims = server.tokens.read(token);
  if (claims === undefined) return { error: 'invalid bearer token' };
  const now = server.process.now() / 1000;
  if (now > claims.exp) return { error: '[invalid bearer token, service account token has expired]' };
  if (now < claims.nbf) return { error: '[invalid bearer token, service account token is not valid yet]' };
  if (!claims.aud.some((audience) => audiences.includes(audience))) {
    const text = `token audiences [${claims.aud.map((a) => `"${a}"`).join(' ')}] is invalid for the target audiences [${audiences.map((a) => `"${a}"`).join(' ')}]`;
    return { error: `[invalid bearer token, ${text}]` };
  }
  const problem = lost(server, claims);
  if (problem !== undefined) return { error: `[invalid bearer token, ${problem}]` };
  return { user: userOf(claims), claims };
}

/** What a token is bound to and is no longer there. */
function lost(server: Backend, claims: Claims): string | undefined {
  const {
    namespace,
    serviceaccount,
    pod: boundPod,
    secret: boundSecret,
    node: boundNode,
  } = claims['kubernetes.io'];
  const check = (found: KubeObject | undefined, uid: string): boolean => {
    if (found === undefined || found.metadata.uid !== uid) return false;
    const deleted = found.metadata.deletionTimestamp;
    const at = deleted === undefined ? undefined : parseTime(deleted);
    return at === undefined || at + DELETION_LEEWAY_MS >= server.process.now();
  };
  if (!check(server.lookup(serviceAccount, namespace, serviceaccount.name), serviceaccount.uid))
    return 'service account token has been invalidated';
  if (boundPod !== undefined && !check(server.lookup(pod, namespace, boundPod.name), boundPod.uid))
    return 'service account token has been invalidated';
  if (
    boundSecret !== undefined &&
    !check(server.lookup(secret, namespace, boundSecret.name), boundSecret.uid)
  )
    return 'service account token has been invalidated';
  if (
    boundPod === undefined &&
    boundNode !== undefined &&
    !check(server.lookup(node, '', boundNode.name), boundNode.uid)
  )
    return 'service account token has been invalidated';
  return undefined;
}

function userOf(claims: Claims): UserInfo {
  const { namespace, serviceaccount, pod: boundPod, node: boundNode } = claims['kubernetes.io'];
  return {
    name: serviceAccountUserName(namespace, serviceaccount.name),
    uid: serviceaccount.uid,
    groups: [...serviceAccountGroups(namespace), 'system:authenticated'],
    extra: {
      [`${EXTRA}credential-id`]: [`JTI=${claims.jti}`],
      ...(boundNode === undefined
        ? {}
        : { [`${EXTRA}node-name`]: [boundNode.name], [`${EXTRA}node-uid`]: [boundNode.uid] }),
      ...(boundPod === undefined
        ? {}
        : { [`${EXTRA}pod-name`]: [boundPod.name], [`${EXTRA}pod-uid`]: [boundPod.uid] }),
    },
  };
}
