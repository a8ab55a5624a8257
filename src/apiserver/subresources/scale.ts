import { valueAt, withValueAt } from '../../api/customresources/scalepaths.ts';
import type { LabelSelector, Scale } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ApiResponse } from '../../api/request.ts';
import { invalid as invalidField } from '../../apimachinery/fielderror.ts';
import type { JsonObject } from '../../apimachinery/json.ts';
import { labelSelectorAsSelector, selectorFromSet } from '../../apimachinery/labels.ts';
import {
  badRequest,
  conflict,
  internalError,
  invalid,
  isStatus,
  type Status,
} from '../../apimachinery/status.ts';
import { answer, type RequestContext, refuse, type Subresource } from '../context.ts';
import { decodeBody } from '../decoding.ts';
import { checkPatch, patchedObject } from '../verbs/patch.ts';
import { nextObject, readForUpdate, updateObject } from '../verbs/update.ts';

const TARGET = { apiVersion: 'autoscaling/v1', kind: 'Scale', schemaType: 'Scale' };

/** What can be scaled: the part of it that says how far. */
interface Scalable extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly selector?: LabelSelector | Readonly<Record<string, string>>;
  };
  readonly status?: { readonly replicas?: number };
}

/** The number of replicas of anything, in one shape (pkg/registry/apps/deployment/storage ScaleREST). */
export const scale: Subresource = {
  name: 'scale',
  verbs: ['get', 'patch', 'update'],
  handle(ctx): ApiResponse {
    if (ctx.request.verb === 'get') {
      const record = readForUpdate(ctx);
      if (isStatus(record)) return refuse(record);
      const missing = missingReplicas(ctx, record.value as KubeObject);
      return missing === undefined ? answer(ctx, scaleOf(ctx, record.value as Scalable)) : refuse(missing);
    }
    const wish = ctx.request.verb === 'patch' ? wishOfPatch(ctx) : decodeBody(ctx, TARGET);
    if (isStatus(wish)) return refuse(wish, ctx.warnings);
    const change = (old: KubeObject): KubeObject | Status => {
      const wished = typeof wish === 'function' ? wish(old) : wish;
      return isStatus(wished) ? wished : scaled(ctx, old as Scalable, wished as Scale);
    };
    const updated = updateObject(ctx, change, nextObject);
    return isStatus(updated) ? refuse(updated, ctx.warnings) : answer(ctx, scaleOf(ctx, updated as Scalable));
  },
};

function wishOfPatch(ctx: RequestContext): Status | ((old: KubeObject) => KubeObject | Status) {
  return checkPatch(ctx) ?? ((old) => patchedObject(ctx, scaleOf(ctx, old as Scalable), TARGET));
}

function scaled(ctx: RequestContext, old: Scalable, wish: Scale): KubeObject | Status {
  const { name, resourceVersion, uid } = wish.metadata;
  if (name !== undefined && name !== '' && name !== ctx.name) {
    return badRequest(`the name of the object (${name}) does not match the name on the URL (${ctx.name})`);
  }
  const replicas = wish.spec?.replicas ?? 0;
  if (replicas < 0) {
    const error = invalidField('spec.replicas', replicas, 'must be greater than or equal to 0');
    return invalid({ group: 'autoscaling', kind: 'Scale' }, ctx.name, [error]);
  }
  const stale =
    resourceVersion !== undefined &&
    resourceVersion !== '' &&
    resourceVersion !== old.metadata.resourceVersion;
  if (stale || (uid !== undefined && uid !== '' && uid !== old.metadata.uid)) {
    return conflict(ctx.resource.groupResource, ctx.name);
  }
  const { custom } = ctx.resource.kind;
  if (custom?.scale !== undefined)
    return withValueAt(asJson(old), custom.scale.specReplicasPath, replicas) as unknown as KubeObject;
  return old.spec.replicas === replicas ? old : ({ ...old, spec: { ...old.spec, replicas } } as Scalable);
}

/** The Scale that shows an object. */
function scaleOf(ctx: RequestContext, object: Scalable): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const { selector, spec, status } = sizeOf(ctx, object);
  return {
    apiVersion: TARGET.apiVersion,
    kind: TARGET.kind,
    metadata: {
      ...(name === undefined ? {} : { name }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    },
    spec: { replicas: spec },
    status: { replicas: status, ...(selector === '' ? {} : { selector }) },
  };
}

/** A custom object without a number where its definition looks for one cannot be shown as a Scale. */
function missingReplicas(ctx: RequestContext, object: KubeObject): Status | undefined {
  const path = ctx.resource.kind.custom?.scale?.specReplicasPath;
  if (path === undefined || typeof valueAt(asJson(object), path) === 'number') return undefined;
  return internalError(`the spec replicas field "${path}" does not exist`);
}

function asJson(object: KubeObject): JsonObject {
  return object as unknown as JsonObject;
}

interface Size {
  readonly spec: number;
  readonly status: number;
  readonly selector: string;
}

/** How many there are to be, how many there are, and how to find them. */
function sizeOf(ctx: RequestContext, object: Scalable): Size {
  const paths = ctx.resource.kind.custom?.scale;
  if (paths === undefined)
    return {
      spec: object.spec.replicas ?? 0,
      status: object.status?.replicas ?? 0,
      selector: selectorText(ctx, object),
    };
  const number = (path: string): number => {
    const value = valueAt(asJson(object), path);
    return typeof value === 'number' ? value : 0;
  };
  const { specReplicasPath, statusReplicasPath, labelSelectorPath = '' } = paths;
  const selector = labelSelectorPath === '' ? '' : valueAt(asJson(object), labelSelectorPath);
  return {
    spec: number(specReplicasPath),
    status: number(statusReplicasPath),
    selector: typeof selector === 'string' ? selector : '',
  };
}

/** Replication controllers select by a plain map, everything newer by a LabelSelector. */
function selectorText(ctx: RequestContext, { spec }: Scalable): string {
  if (spec.selector === undefined) return '';
  if (ctx.resource.kind.group === '')
    return selectorFromSet(spec.selector as Readonly<Record<string, string>>).toString();
  const selector = labelSelectorAsSelector(spec.selector as LabelSelector);
  return 'error' in selector ? '' : selector.toString();
}
