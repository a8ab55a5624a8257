import type { PersistentVolumeClaim, StatefulSet } from '../../api/generated/types.ts';
import { compiledSelector } from '../../apimachinery/labels.ts';
import { storageClassOf } from './claims.ts';
import { moment, quantity, writeAnnotations, writeLabels } from './common.ts';
import { describer } from './describer.ts';
import { podCounts } from './podcounts.ts';
import { writePodTemplate } from './podtemplate.ts';
import type { DescribeWriter } from './writer.ts';

/** StatefulSets (`describeStatefulSet`). */
export const statefulSet = describer<StatefulSet>('statefulsets', (w, object, context) => {
  const { metadata, spec, status } = object;
  const selector = compiledSelector(spec.selector);
  w.field('Name', metadata.name ?? '');
  w.field('Namespace', metadata.namespace ?? '');
  w.field('CreationTimestamp', moment(metadata.creationTimestamp));
  w.field('Selector', selector.toString());
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  w.field('Replicas', `${spec.replicas ?? 0} desired | ${status?.replicas ?? 0} total`);
  w.field('Update Strategy', spec.updateStrategy?.type ?? '');
  const partition = spec.updateStrategy?.rollingUpdate?.partition;
  const maxUnavailable = spec.updateStrategy?.rollingUpdate?.maxUnavailable;
  if (partition !== undefined) w.field('Partition', partition, 1);
  if (partition !== undefined && maxUnavailable !== undefined) w.field('MaxUnavailable', maxUnavailable, 1);
  w.field('Pods Status', podCounts(context, object, selector));
  writePodTemplate(w, spec.template);
  writeClaims(w, spec.volumeClaimTemplates ?? []);
});

function writeClaims(w: DescribeWriter, claims: readonly PersistentVolumeClaim[]): void {
  if (claims.length === 0) {
    w.field('Volume Claims', '<none>');
    return;
  }
  w.write(0, 'Volume Claims:\n');
  for (const claim of claims) {
    const { metadata, spec } = claim;
    const storage = spec?.resources?.requests?.storage;
    w.field('Name', metadata.name ?? '', 1);
    w.field('StorageClass', storageClassOf(claim), 1);
    writeLabels(w, 'Labels', metadata.labels, '  ');
    writeLabels(w, 'Annotations', metadata.annotations, '  ');
    w.field('Capacity', storage === undefined ? '<default>' : quantity(storage), 1);
    w.field('Access Modes', `[${(spec?.accessModes ?? []).join(' ')}]`, 1);
  }
}
