import type { Pod, ResourceQuota } from '../../api/generated/types.ts';
import { resourceQuota } from '../../api/kinds/resourcequota.ts';
import type { KubeObject } from '../../api/object.ts';
import { type Amounts, addTo, amountsOf, listOf, mask, prettyAmounts } from '../../api/quota/amounts.ts';
import { isTracked, matchesQuota, usageOf } from '../../api/quota/evaluate.ts';
import { podConstraints } from '../../api/quota/podusage.ts';
import { cmp, isZero, neg, type Quantity, sign } from '../../apimachinery/quantity.ts';
import type { Status } from '../../apimachinery/status.ts';
import { type AdmissionRequest, admissionForbidden } from '../context.ts';
import { storageKey } from '../storagekey.ts';
import { statusOfStoreError } from '../storeerror.ts';
import { stamped } from '../write.ts';
import type { AdmissionPlugin } from './admission.ts';

/** Kinds whose updates may use more than before. */
const GROWING: ReadonlySet<string> = new Set(['services', 'persistentvolumeclaims']);

/** A quota that an object counts for, and what is left of its hard limits. */
interface Charge {
  readonly quota: ResourceQuota;
  readonly used: Amounts;
}

/**
 * Refuses what would exceed a quota of the namespace, and charges what does not; the last of all
 * validating plugins, so that nothing is charged that somebody else refuses
 * (staging apiserver pkg/admission/plugin/resourcequota/controller.go).
 */
export const resourceQuotaPlugin: AdmissionPlugin = {
  name: 'ResourceQuota',
  handles: ({ operation, group, resource, subresource, namespaced }) =>
    namespaced &&
    (subresource === 'resize' ||
      (subresource === '' &&
        (operation === 'CREATE' || (operation === 'UPDATE' && group === '' && GROWING.has(resource))))),
  validate(request, object) {
    const quotas = [...request.ctx.server.objects<ResourceQuota>(resourceQuota, request.namespace)];
    if (quotas.length === 0) return undefined;
    quotas.sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
    const charges = judge(request, object, quotas);
    if (!Array.isArray(charges)) return charges as Status;
    return request.ctx.dryRun ? undefined : settle(request, charges);
  },
};

function judge(
  request: AdmissionRequest,
  object: KubeObject,
  quotas: readonly ResourceQuota[],
): readonly Charge[] | Status {
  const { ctx } = request;
  const { kind } = ctx.resource;
  const refuse = (why: string): Status => admissionForbidden(ctx, object, why);
  const counting = quotas.filter((quota) => matchesQuota(kind, quota, object));
  for (const quota of counting) {
    const { name = '' } = quota.metadata;
    const tracked = Object.keys(quota.spec.hard ?? {}).filter((resource) => isTracked(kind, resource));
    if (kind.group === '' && kind.plural === 'pods') {
      const missing = podConstraints(object as Pod, tracked);
      if (missing !== undefined) return refuse(`failed quota: ${name}: ${missing}`);
    }
    const unknown = tracked.filter(
      (resource) =>
        quota.status?.hard?.[resource] === undefined || quota.status.used?.[resource] === undefined,
    );
    if (unknown.length > 0)
      return refuse(`status unknown for quota: ${name}, resources: ${tracked.toSorted().join(',')}`);
  }
  const delta = deltaOf(request, object);
  if ([...delta.values()].every(isZero)) return [];
  const charges: Charge[] = [];
  for (const quota of counting) {
    const charge = chargeOf(quota, delta);
    if (typeof charge === 'string') return refuse(charge);
    if (charge !== undefined) charges.push(charge);
  }
  return charges;
}

/** What the object uses that was not used before. */
function deltaOf({ ctx, old }: AdmissionRequest, object: KubeObject): Map<string, Quantity> {
  const now = ctx.server.process.now();
  const delta = usageOf(ctx.resource.kind, object, now);
  if (old !== undefined) {
    const before = usageOf(ctx.resource.kind, old, now);
    addTo(delta, new Map([...before].map(([name, amount]) => [name, neg(amount)])));
  }
  return delta;
}

function chargeOf(quota: ResourceQuota, delta: Amounts): Charge | string | undefined {
  const hard = amountsOf(quota.status?.hard);
  const used = amountsOf(quota.status?.used);
  const requested = mask(delta, hard.keys());
  if ([...requested.values()].every(isZero)) return undefined;
  const after = new Map(used);
  addTo(after, requested);
  const exceeded = [...requested].filter(([name, amount]) => {
    const limit = hard.get(name);
    const total = after.get(name);
    return sign(amount) > 0 && limit !== undefined && total !== undefined && cmp(total, limit) > 0;
  });
  if (exceeded.length === 0) return { quota, used: after };
  const names = exceeded.map(([name]) => name);
  const texts = [requested, used, hard].map((amounts) => prettyAmounts(mask(amounts, names)));
  return `exceeded quota: ${quota.metadata.name}, requested: ${texts[0]}, used: ${texts[1]}, limited: ${texts[2]}`;
}

/** Writes what is used now into each quota. */
function settle({ ctx }: AdmissionRequest, charges: readonly Charge[]): Status | undefined {
  for (const { quota, used } of charges) {
    const key = storageKey(resourceQuota, quota.metadata.namespace ?? '', quota.metadata.name ?? '');
    const next: ResourceQuota = { ...quota, status: { ...quota.status, used: listOf(used) } };
    const written = ctx.server.store.putIf(
      key,
      Number(quota.metadata.resourceVersion),
      (revision) => stamped(next, revision),
      ctx.request.cause,
    );
    // Nobody writes between the look at the cache and this; what fails is the store.
    if (!written.ok) return statusOfStoreError(written.error);
  }
  return undefined;
}
