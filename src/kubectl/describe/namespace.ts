import type { LimitRange, Namespace, ResourceQuota } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import type { KubectlContext } from '../context.ts';
import { findKind } from '../discovery.ts';
import { compare, moment, quantity, writeAnnotations, writeLabels } from './common.ts';
import { describer } from './describer.ts';
import { writeLimits, writeScopes } from './quota.ts';
import type { DescribeWriter } from './writer.ts';

/** Namespaces (`describeNamespace`), with their quotas and limit ranges. */
export const namespace = describer<Namespace>(
  'namespaces',
  (w, object, context) => {
    const { metadata, status } = object;
    const name = metadata.name ?? '';
    w.field('Name', name);
    writeLabels(w, 'Labels', metadata.labels);
    writeAnnotations(w, 'Annotations', metadata.annotations);
    w.field('Status', status?.phase ?? '');
    const conditions = status?.conditions ?? [];
    if (conditions.length > 0) {
      w.write(0, 'Conditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage\n');
      w.write(1, '----\t------\t------------------\t------\t-------\n');
      for (const c of conditions)
        w.write(
          1,
          `${c.type}\t${c.status}\t${moment(c.lastTransitionTime)}\t${c.reason ?? ''}\t${c.message ?? ''}\n`,
        );
    }
    w.write(0, '\n');
    writeQuotas(w, listOf<ResourceQuota & KubeObject>(context, 'resourcequotas', name));
    w.write(0, '\n');
    writeLimitRanges(w, listOf<LimitRange & KubeObject>(context, 'limitranges', name));
  },
  { events: false },
);

function listOf<T extends KubeObject>(
  context: KubectlContext,
  plural: string,
  namespace: string,
): readonly T[] {
  const kind = findKind(context, plural);
  if (kind === undefined) return [];
  const list = context.client.list<KubeObject>(kind, { namespace });
  return list.ok ? (list.value.items as readonly T[]) : [];
}

function writeQuotas(w: DescribeWriter, quotas: readonly ResourceQuota[]): void {
  if (quotas.length === 0) {
    w.write(0, 'No resource quota.\n');
    return;
  }
  w.write(0, 'Resource Quotas\n');
  for (const quota of quotas.toSorted((a, b) => compare(a.metadata.name ?? '', b.metadata.name ?? ''))) {
    w.field('Name', quota.metadata.name ?? '', 1);
    writeScopes(w, quota.spec?.scopes, 1, '* ');
    w.write(1, 'Resource\tUsed\tHard\n');
    w.write(1, '--------\t---\t---\n');
    const hard = quota.status?.hard ?? {};
    for (const resource of Object.keys(hard).sort())
      w.write(1, `${resource}\t${quantity(quota.status?.used?.[resource])}\t${quantity(hard[resource])}\n`);
  }
}

function writeLimitRanges(w: DescribeWriter, ranges: readonly LimitRange[]): void {
  if (ranges.length === 0) {
    w.write(0, 'No LimitRange resource.\n');
    return;
  }
  w.write(
    0,
    'Resource Limits\n Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio\n',
  );
  w.write(0, ' ----\t--------\t---\t---\t---------------\t-------------\t-----------------------\n');
  for (const range of ranges) writeLimits(w, range.spec?.limits, ' ');
}
