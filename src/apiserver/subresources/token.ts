import type { BoundObjectReference, Pod, TokenRequest } from '../../api/generated/types.ts';
import { node as nodeKind } from '../../api/kinds/node.ts';
import { pod as podKind } from '../../api/kinds/pod.ts';
import { secret as secretKind } from '../../api/kinds/secret.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ApiResponse } from '../../api/request.ts';
import { invalid as invalidField } from '../../apimachinery/fielderror.ts';
import { badRequest, conflict, invalid, isStatus, notFound, type Status } from '../../apimachinery/status.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { newUID } from '../../apimachinery/uid.ts';
import { type Grant, IssuedToken } from '../authentication/issuedtoken.ts';
import { type Claims, ISSUER } from '../authentication/tokens.ts';
import { type AdmissionRequest, answer, type RequestContext, refuse, type Subresource } from '../context.ts';
import { decodeBody } from '../decoding.ts';
import { readForUpdate } from '../verbs/update.ts';

const TARGET = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', schemaType: 'TokenRequest' };
const DEFAULT_AUDIENCES: readonly string[] = Object.freeze([ISSUER]);
const DEFAULT_SECONDS = 3600;
const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;
/** Who asks for exactly this many seconds is a kubelet that mounts a token which old clients never read again. */
const WARN_ONLY_SECONDS = 3607;
/** `--service-account-extend-token-expiration`: such a token is accepted for a year. */
const EXTENDED_SECONDS = 365 * 24 * 60 * 60;

/** Tokens of a service account (pkg/registry/core/serviceaccount/storage/token.go). Nothing is stored. */
export const token: Subresource = {
  name: 'token',
  verbs: ['create'],
  handle(ctx): ApiResponse {
    const body = decodeBody(ctx, TARGET);
    if (isStatus(body)) return refuse(body, ctx.warnings);
    const issued = issue(ctx, body as TokenRequest);
    return isStatus(issued) ? refuse(issued) : answer(ctx, issued, 201);
  },
};

function issue(ctx: RequestContext, request: TokenRequest): TokenRequest | Status {
  const { name } = request.metadata;
  if (name !== undefined && name !== '' && name !== ctx.name)
    return badRequest(`the name of the object (${name}) does not match the name on the URL (${ctx.name})`);
  const record = readForUpdate(ctx);
  if (isStatus(record)) return record;
  const seconds = request.spec?.expirationSeconds ?? DEFAULT_SECONDS;
  const wrong = checkSeconds(ctx, seconds);
  if (wrong !== undefined) return wrong;
  const admission: AdmissionRequest = { operation: 'CREATE', ctx, namespace: ctx.namespace, old: undefined };
  const admitted = ctx.resource.admission.admit(admission, request);
  const refusal = isStatus(admitted) ? admitted : ctx.resource.admission.validate(admission, admitted);
  if (refusal !== undefined) return refusal;
  const given = request.spec?.audiences ?? [];
  const audiences = given.length === 0 ? DEFAULT_AUDIENCES : given;
  const bound = boundTo(ctx, request.spec?.boundObjectRef);
  if (isStatus(bound)) return bound;
  const now = Math.floor(ctx.server.process.wallTime() / 1000);
  const extended = seconds === WARN_ONLY_SECONDS && audiences.includes(ISSUER);
  const { random } = ctx.server.process;
  const grant: Grant = {
    audiences,
    namespace: ctx.namespace,
    account: { name: ctx.name, uid: record.value?.metadata.uid ?? '' },
    bound,
    jti: newUID(() => random.int(16)),
    issuedAt: now,
    expires: now + (extended ? EXTENDED_SECONDS : seconds),
    warnAfter: extended ? now + seconds : undefined,
  };
  const issued = new IssuedToken(ctx.server.tokens, grant, (now + seconds) * 1000);
  return {
    ...request,
    metadata: {
      ...request.metadata,
      name: ctx.name,
      namespace: ctx.namespace,
      creationTimestamp: formatTime(now * 1000),
    },
    spec: { ...request.spec, audiences, expirationSeconds: seconds },
    // What goes over the wire is spelled out; our own components read the text when they need it.
    status: ctx.request.decoded === true ? issued : issued.spelledOut(),
  };
}

function checkSeconds(ctx: RequestContext, seconds: number): Status | undefined {
  const refusal = (why: string): Status =>
    invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, ctx.name, [
      invalidField('spec.expirationSeconds', seconds, why),
    ]);
  if (seconds < MIN_SECONDS) return refusal('may not specify a duration less than 10 minutes');
  return seconds > MAX_SECONDS ? refusal('may not specify a duration larger than 2^32 seconds') : undefined;
}

type Bound = Pick<Claims['kubernetes.io'], 'pod' | 'node' | 'secret'>;

/** With which object a token ends: a pod of the account, a Secret or a node. */
function boundTo(ctx: RequestContext, ref: BoundObjectReference | undefined): Bound | Status {
  if (ref === undefined) return {};
  const { apiVersion = '', kind = '', name = '' } = ref;
  switch (`${apiVersion} ${kind}`) {
    case 'v1 Pod': {
      const pod = ctx.server.lookup(podKind, ctx.namespace, name);
      if (pod === undefined) return notFound({ group: '', resource: 'pods' }, name);
      return mismatch(ref, pod) ?? boundToPod(ctx, pod);
    }
    case 'v1 Secret': {
      const secret = ctx.server.lookup(secretKind, ctx.namespace, name);
      if (secret === undefined) return notFound({ group: '', resource: 'secrets' }, name);
      return mismatch(ref, secret) ?? { secret: { name, uid: secret.metadata.uid ?? '' } };
    }
    case 'v1 Node': {
      const node = ctx.server.lookup(nodeKind, '', name);
      if (node === undefined) return notFound({ group: '', resource: 'nodes' }, name);
      return mismatch(ref, node) ?? { node: { name, uid: node.metadata.uid ?? '' } };
    }
    default: {
      const gvk = `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`;
      return badRequest(`cannot bind token to object of type ${gvk}`);
    }
  }
}

function boundToPod(ctx: RequestContext, pod: Pod): Bound | Status {
  if (pod.spec.serviceAccountName !== ctx.name) {
    return badRequest(
      `cannot bind token for serviceaccount "${ctx.name}" to pod running with different serviceaccount name.`,
    );
  }
  const { nodeName = '' } = pod.spec;
  const node = nodeName === '' ? undefined : ctx.server.lookup(nodeKind, '', nodeName);
  return {
    ...(node === undefined ? {} : { node: { name: nodeName, uid: node.metadata.uid ?? '' } }),
    pod: { name: pod.metadata.name ?? '', uid: pod.metadata.uid ?? '' },
  };
}

function mismatch(ref: BoundObjectReference, object: KubeObject): Status | undefined {
  if ((ref.uid ?? '') === '' || ref.uid === object.metadata.uid) return undefined;
  const why = `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`;
  return conflict({ group: '', resource: ref.kind ?? '' }, ref.name ?? '', why);
}
