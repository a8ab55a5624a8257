import type { Binding, Pod, PodCondition, PodStatus } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ApiResponse } from '../../api/request.ts';
import { type FieldError, notSupported, required } from '../../apimachinery/fielderror.ts';
import { Recent } from '../../apimachinery/recent.ts';
import { badRequest, conflict, invalid, isStatus, type Status, success } from '../../apimachinery/status.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { type AdmissionRequest, type RequestContext, refuse, type Subresource } from '../context.ts';
import { decodeBody } from '../decoding.ts';
import { readForUpdate } from '../verbs/update.ts';
import { keyOfRequest, writeOver } from '../write.ts';

const BINDINGS = Object.freeze({ group: '', resource: 'pods/binding' });
const TARGET = { apiVersion: 'v1', kind: 'Binding', schemaType: 'Binding' };

/** How a scheduler puts a pod on a node (pkg/registry/core/pod/storage/storage.go BindingREST). */
export const binding: Subresource = {
  name: 'binding',
  verbs: ['create'],
  handle(ctx): ApiResponse {
    const body = decodeBody(ctx, TARGET);
    if (isStatus(body)) return refuse(body, ctx.warnings);
    const bound = bind(ctx, body as Binding);
    return bound === undefined
      ? { kind: 'status', ok: true, status: created() }
      : refuse(bound, ctx.warnings);
  },
};

/** The Status of what was created without being an object of its own. */
export function created(): Status {
  return { ...success(), code: 201 };
}

function bind(ctx: RequestContext, body: Binding): Status | undefined {
  const { name } = body.metadata;
  if (name !== undefined && name !== '' && name !== ctx.name) {
    return badRequest('name in URL does not match name in Binding object');
  }
  const errors = validate(body);
  if (errors.length > 0) return invalid({ group: '', kind: 'Binding' }, ctx.name, errors);
  const request: AdmissionRequest = { operation: 'CREATE', ctx, namespace: ctx.namespace, old: undefined };
  const { admission } = ctx.resource;
  const admitted = admission.admit(request, body as KubeObject);
  if (isStatus(admitted)) return admitted;
  const refusal = admission.validate(request, admitted);
  if (refusal !== undefined) return refusal;
  const record = readForUpdate(ctx);
  if (isStatus(record)) return record;
  const pod = record.value as Pod;
  const obstacle = obstacleOf(ctx, pod, admitted as Binding);
  if (obstacle !== undefined) return conflict(BINDINGS, ctx.name, obstacle);
  const written = writeOver(ctx, record, assigned(ctx, pod, admitted as Binding));
  return isStatus(written) ? written : undefined;
}

function validate({ target }: Binding): readonly FieldError[] {
  const errors: FieldError[] = [];
  const kind = target?.kind ?? '';
  if (kind !== '' && kind !== 'Node') errors.push(notSupported('target.kind', kind, ['Node', '<empty>']));
  if ((target?.name ?? '') === '') errors.push(required('target.name'));
  return errors;
}

/** Why the pod cannot be assigned; undefined when it can. */
function obstacleOf(ctx: RequestContext, pod: Pod, { metadata }: Binding): string | undefined {
  const { name = '', uid, deletionTimestamp } = pod.metadata;
  if (metadata.uid !== undefined && metadata.uid !== '' && metadata.uid !== uid) {
    const why = `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${uid}`;
    return `StorageError: invalid object, Code: 4, Key: ${keyOfRequest(ctx)}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`;
  }
  if (deletionTimestamp !== undefined) return `pod ${name} is being deleted, cannot be assigned to a host`;
  const { nodeName = '', schedulingGates = [] } = pod.spec;
  if (nodeName !== '') return `pod ${name} is already assigned to node "${nodeName}"`;
  return schedulingGates.length > 0 ? `pod ${name} has non-empty .spec.schedulingGates` : undefined;
}

/** The pod on its node, PodScheduled, with the labels and annotations of the binding. */
function assigned(ctx: RequestContext, pod: Pod, { target, metadata }: Binding): Pod {
  const { labels, annotations } = metadata;
  const merged = {
    ...pod.metadata,
    ...(isEmpty(labels) ? {} : { labels: { ...pod.metadata.labels, ...labels } }),
    ...(isEmpty(annotations) ? {} : { annotations: { ...pod.metadata.annotations, ...annotations } }),
  };
  return {
    ...pod,
    metadata: merged,
    spec: { ...pod.spec, nodeName: target.name ?? '' },
    status: recentStatuses.of({ ...pod.status, conditions: withScheduled(ctx, pod) }),
  };
}

function isEmpty(map: Readonly<Record<string, string>> | undefined): boolean {
  return map === undefined || Object.keys(map).length === 0;
}

function withScheduled(ctx: RequestContext, pod: Pod): readonly PodCondition[] {
  const { generation } = pod.metadata;
  const scheduled: PodCondition = {
    type: 'PodScheduled',
    status: 'True',
    lastTransitionTime: formatTime(ctx.server.process.wallTime()),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  };
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled');
  return recentLists.of(others.concat(recentConditions.of(scheduled)));
}

/** Pods that are assigned within the same second share what that says of them. */
const recentConditions = new Recent<PodCondition>(4);
const recentLists = new Recent<readonly PodCondition[]>(4);
const recentStatuses = new Recent<PodStatus>(4);
