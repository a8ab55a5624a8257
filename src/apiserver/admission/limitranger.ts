import type {
  Container,
  LimitRange,
  LimitRangeItem,
  PersistentVolumeClaim,
  Pod,
} from '../../api/generated/types.ts';
import { mapShared } from '../../api/kind.ts';
import { limitRange } from '../../api/kinds/limitrange.ts';
import type { KubeObject } from '../../api/object.ts';
import { type Amounts, amountsOf } from '../../api/quota/amounts.ts';
import { podResources } from '../../api/quota/podusage.ts';
import type { Status } from '../../apimachinery/status.ts';
import { type AdmissionRequest, admissionForbidden } from '../context.ts';
import type { AdmissionPlugin } from './admission.ts';
import { maxLimit, maxRequest, minimum, ratio } from './limitconstraints.ts';

const ANNOTATION = 'kubernetes.io/limit-ranger';
type TextMap = Readonly<Record<string, string>>;

/**
 * Gives containers what the LimitRanges of their namespace say they get, and refuses what is outside of
 * the bounds (plugin/pkg/admission/limitranger).
 */
export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  handles: ({ operation, group, resource, subresource }) =>
    group === '' &&
    (subresource === '' || subresource === 'resize') &&
    ((resource === 'pods' && (operation === 'CREATE' || subresource === 'resize')) ||
      (resource === 'persistentvolumeclaims' && (operation === 'CREATE' || operation === 'UPDATE'))),
  admit(request, object) {
    if (request.ctx.resource.kind.plural !== 'pods' || request.ctx.subresource !== '') return object;
    let pod = object as Pod;
    for (const range of rangesOf(request)) pod = withDefaults(pod, range);
    return pod;
  },
  validate(request, object) {
    for (const range of rangesOf(request)) {
      const refusal = check(request, object, range);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  },
};

function rangesOf({ ctx, namespace }: AdmissionRequest): readonly LimitRange[] {
  const ranges = [...ctx.server.objects<LimitRange>(limitRange, namespace)];
  if (ranges.length < 2) return ranges;
  return ranges.sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
}

function withDefaults(pod: Pod, range: LimitRange): Pod {
  const items = range.spec.limits.filter(({ type }) => type === 'Container');
  const limits: TextMap = Object.assign({}, ...items.map((item) => item.default));
  const requests: TextMap = Object.assign({}, ...items.map((item) => item.defaultRequest));
  const notes: string[] = [];
  const fill = (prefix: string) => (container: Container) =>
    filled(container, limits, requests, prefix, notes);
  const containers = mapShared(pod.spec.containers ?? [], fill('container'));
  const { initContainers } = pod.spec;
  const init = initContainers === undefined ? undefined : mapShared(initContainers, fill('init container'));
  if (notes.length === 0) return pod;
  const note = `LimitRanger plugin set: ${notes.join('; ')}`;
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations: { ...pod.metadata.annotations, [ANNOTATION]: note } },
    spec: { ...pod.spec, containers, ...(init === undefined ? {} : { initContainers: init }) },
  };
}

function filled(
  container: Container,
  limits: TextMap,
  requests: TextMap,
  prefix: string,
  notes: string[],
): Container {
  const { resources } = container;
  const missing = (wanted: TextMap, has: TextMap | undefined): readonly string[] =>
    Object.keys(wanted)
      .filter((name) => has?.[name] === undefined)
      .sort();
  const newLimits = missing(limits, resources?.limits);
  const newRequests = missing(requests, resources?.requests);
  if (newRequests.length > 0) notes.push(`${newRequests.join(', ')} request for ${prefix} ${container.name}`);
  if (newLimits.length > 0) notes.push(`${newLimits.join(', ')} limit for ${prefix} ${container.name}`);
  if (newLimits.length === 0 && newRequests.length === 0) return container;
  return {
    ...container,
    resources: {
      ...resources,
      ...(newLimits.length === 0 ? {} : { limits: { ...limits, ...resources?.limits } }),
      ...(newRequests.length === 0 ? {} : { requests: { ...requests, ...resources?.requests } }),
    },
  };
}

function check(request: AdmissionRequest, object: KubeObject, range: LimitRange): Status | undefined {
  const isPod = request.ctx.resource.kind.plural === 'pods';
  const errors = range.spec.limits.flatMap((item) =>
    isPod ? podErrors(object as Pod, item) : claimErrors(object as PersistentVolumeClaim, item),
  );
  if (errors.length === 0) return undefined;
  const distinct = [...new Set(errors)];
  const why = distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]`;
  return admissionForbidden(request.ctx, object, why);
}

function podErrors(pod: Pod, item: LimitRangeItem): readonly string[] {
  if (item.type === 'Pod')
    return bounds(item, podResources(pod.spec, 'requests'), podResources(pod.spec, 'limits'));
  if (item.type !== 'Container') return [];
  return [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])].flatMap(({ resources }) =>
    bounds(item, amountsOf(resources?.requests), amountsOf(resources?.limits)),
  );
}

function bounds(item: LimitRangeItem, requests: Amounts, limits: Amounts): readonly string[] {
  const errors: string[] = [];
  const each = (map: TextMap | undefined, constraint: typeof minimum): void => {
    const enforced = amountsOf(map);
    for (const name of [...enforced.keys()].sort()) {
      const error = constraint(item.type, name, enforced, requests, limits);
      if (error !== undefined) errors.push(error);
    }
  };
  each(item.min, minimum);
  each(item.max, maxLimit);
  each(item.maxLimitRequestRatio, ratio);
  return errors;
}

function claimErrors({ spec }: PersistentVolumeClaim, item: LimitRangeItem): readonly string[] {
  if (item.type !== 'PersistentVolumeClaim') return [];
  const requests = amountsOf(spec?.resources?.requests);
  const [min, max] = [amountsOf(item.min), amountsOf(item.max)];
  const none: Amounts = new Map();
  return [
    ...[...min.keys()].map((name) => minimum(item.type, name, min, requests, none)),
    ...[...max.keys()].map((name) => maxRequest(item.type, name, max, requests)),
  ].filter((error) => error !== undefined);
}
