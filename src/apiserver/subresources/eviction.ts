import type { Eviction, Pod, PodCondition } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ApiRequest, ApiResponse, RequestOptions } from '../../api/request.ts';
import { badRequest, isStatus } from '../../apimachinery/status.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { type AdmissionRequest, type RequestContext, refuse, type Subresource } from '../context.ts';
import { decodeBody } from '../decoding.ts';
import { askBudgets } from '../disruptionbudgets.ts';
import { readForUpdate } from '../verbs/update.ts';
import { writeOver } from '../write.ts';
import { created } from './binding.ts';

const TARGET = { apiVersion: 'policy/v1', kind: 'Eviction', schemaType: 'Eviction' };

/** Asks a pod to leave, as `kubectl drain` does (pkg/registry/core/pod/storage/eviction.go). */
export const eviction: Subresource = {
  name: 'eviction',
  verbs: ['create'],
  handle(ctx): ApiResponse {
    const body = decodeBody(ctx, TARGET);
    if (isStatus(body)) return refuse(body, ctx.warnings);
    return evict(ctx, body as Eviction);
  },
};

function evict(ctx: RequestContext, body: Eviction): ApiResponse {
  const { name } = body.metadata;
  if (name !== undefined && name !== '' && name !== ctx.name) {
    return refuse(badRequest('name in URL does not match name in Eviction object'));
  }
  const request: AdmissionRequest = { operation: 'CREATE', ctx, namespace: ctx.namespace, old: undefined };
  const admitted = ctx.resource.admission.admit(request, body as KubeObject);
  const refusal = isStatus(admitted) ? admitted : ctx.resource.admission.validate(request, admitted);
  if (refusal !== undefined) return refuse(refusal);
  const found = readForUpdate(ctx);
  if (isStatus(found)) return refuse(found);
  const dryRun = ctx.dryRun || body.deleteOptions?.dryRun?.includes('All') === true;
  const guarded = askBudgets(ctx, found.value as Pod, dryRun);
  if (guarded !== undefined) return refuse(guarded);
  const marked = mark(ctx);
  if (isStatus(marked)) return refuse(marked);
  const deleted = ctx.server.handOn(deletion(ctx.request, body, ctx.dryRun));
  return deleted.ok ? { kind: 'status', ok: true, status: created() } : deleted;
}

/** Writes down in the pod why it is going to be deleted; a pod that has ended needs no reason. */
function mark(ctx: RequestContext): KubeObject | ReturnType<typeof badRequest> {
  const record = readForUpdate(ctx);
  if (isStatus(record)) return record;
  const pod = record.value as Pod;
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed' || pod.metadata.deletionTimestamp !== undefined) return pod;
  const condition: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
    lastTransitionTime: formatTime(ctx.server.process.wallTime()),
    ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
  };
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'DisruptionTarget');
  const next: Pod = { ...pod, status: { ...pod.status, conditions: [...others, condition] } };
  return writeOver(ctx, record, next);
}

function deletion(request: ApiRequest, body: Eviction, dryRun: boolean): ApiRequest {
  const { gracePeriodSeconds, preconditions, propagationPolicy, dryRun: wishes } = body.deleteOptions ?? {};
  const options: RequestOptions = {
    ...(dryRun || wishes?.includes('All') === true ? { dryRun: true } : {}),
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(preconditions === undefined ? {} : { preconditions }),
    ...(propagationPolicy === undefined
      ? {}
      : { propagationPolicy: propagationPolicy as 'Background' | 'Foreground' | 'Orphan' }),
  };
  const { subresource: _s, body: _b, decoded: _d, ...rest } = request;
  return { ...rest, verb: 'delete', options };
}
