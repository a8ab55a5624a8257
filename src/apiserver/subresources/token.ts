import type { TokenRequest } from '../../api/generated/types.ts';
import type { ApiResponse } from '../../api/request.ts';
import { invalid as invalidField } from '../../apimachinery/fielderror.ts';
import { fnv1a32 } from '../../apimachinery/names.ts';
import { badRequest, invalid, isStatus } from '../../apimachinery/status.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { answer, type RequestContext, refuse, type Subresource } from '../context.ts';
import { decodeBody } from '../decoding.ts';
import { readForUpdate } from '../verbs/update.ts';

const TARGET = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', schemaType: 'TokenRequest' };
const ISSUER = 'https://kubernetes.default.svc.cluster.local';
const DEFAULT_SECONDS = 3600;
const MIN_SECONDS = 600;

/** Tokens of a service account (pkg/registry/core/serviceaccount/storage/token.go). Nothing is stored. */
export const token: Subresource = {
  name: 'token',
  verbs: ['create'],
  handle(ctx): ApiResponse {
    const body = decodeBody(ctx, TARGET);
    if (isStatus(body)) return refuse(body, ctx.warnings);
    return issue(ctx, body as TokenRequest);
  },
};

function issue(ctx: RequestContext, request: TokenRequest): ApiResponse {
  const { name } = request.metadata;
  if (name !== undefined && name !== '' && name !== ctx.name) {
    return refuse(
      badRequest(`the name of the object (${name}) does not match the name on the URL (${ctx.name})`),
    );
  }
  const record = readForUpdate(ctx);
  if (isStatus(record)) return refuse(record);
  const seconds = request.spec?.expirationSeconds ?? DEFAULT_SECONDS;
  if (seconds < MIN_SECONDS) {
    const error = invalidField(
      'spec.expirationSeconds',
      seconds,
      'may not specify a duration less than 10 minutes',
    );
    return refuse(invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, ctx.name, [error]));
  }
  const audiences = request.spec?.audiences ?? [ISSUER];
  const now = Math.floor(ctx.server.process.now() / 1000);
  const claims = {
    aud: audiences,
    exp: now + seconds,
    iat: now,
    iss: ISSUER,
    'kubernetes.io': {
      namespace: ctx.namespace,
      serviceaccount: { name: ctx.name, uid: record.value?.metadata.uid },
    },
    sub: `system:serviceaccount:${ctx.namespace}:${ctx.name}`,
  };
  const issued: TokenRequest = {
    ...request,
    metadata: { ...request.metadata, name: ctx.name, namespace: ctx.namespace },
    spec: { ...request.spec, audiences, expirationSeconds: seconds },
    status: { token: encode(claims), expirationTimestamp: formatTime(claims.exp * 1000) },
  };
  return answer(ctx, issued, 201);
}

/** In the shape of a JSON Web Token; the signature proves nothing. */
function encode(claims: object): string {
  const head = base64url(JSON.stringify({ alg: 'RS256', typ: 'JWT' }));
  const body = base64url(JSON.stringify(claims));
  return `${head}.${body}.${base64url(String(fnv1a32(body)))}`;
}

/** Of ASCII text. */
function base64url(text: string): string {
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
