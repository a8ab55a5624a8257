import type { ReplicaSet, ReplicationController } from '../../api/generated/types.ts';
import { compiledSelector, formatLabelSelector, selectorFromSet } from '../../apimachinery/labels.ts';
import { formatLabels } from '../printers/value.ts';
import { controlledBy, writeAnnotations, writeConditions, writeLabels } from './common.ts';
import { describer } from './describer.ts';
import { podCounts } from './podcounts.ts';
import { writePodTemplate } from './podtemplate.ts';

/** ReplicaSets (`describeReplicaSet`). */
export const replicaSet = describer<ReplicaSet>('replicasets', (w, object, context) => {
  const { metadata, spec, status } = object;
  w.field('Name', metadata.name ?? '');
  w.field('Namespace', metadata.namespace ?? '');
  w.field('Selector', formatLabelSelector(spec?.selector));
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  const owner = controlledBy(object);
  if (owner !== undefined) w.field('Controlled By', owner);
  w.field('Replicas', `${status?.replicas ?? 0} current / ${spec?.replicas ?? 0} desired`);
  w.field('Pods Status', podCounts(context, object, compiledSelector(spec?.selector)));
  writePodTemplate(w, spec?.template);
  writeConditions(w, status?.conditions);
});

/** ReplicationControllers (`describeReplicationController`). */
export const replicationController = describer<ReplicationController>(
  'replicationcontrollers',
  (w, object, context) => {
    const { metadata, spec, status } = object;
    w.field('Name', metadata.name ?? '');
    w.field('Namespace', metadata.namespace ?? '');
    w.field('Selector', formatLabels(spec?.selector));
    writeLabels(w, 'Labels', metadata.labels);
    writeAnnotations(w, 'Annotations', metadata.annotations);
    w.field('Replicas', `${status?.replicas ?? 0} current / ${spec?.replicas ?? 0} desired`);
    w.field('Pods Status', podCounts(context, object, selectorFromSet(spec?.selector)));
    writePodTemplate(w, spec?.template);
    writeConditions(w, status?.conditions);
  },
);
