import type { Deployment, ReplicaSet } from '../../api/generated/types.ts';
import { compiledSelector } from '../../apimachinery/labels.ts';
import { replicaSetsOf } from '../replicasets.ts';
import { moment, writeAnnotations, writeConditions, writeLabels } from './common.ts';
import { describer } from './describer.ts';
import { writePodTemplate } from './podtemplate.ts';

/** Deployments (`describeDeployment`). */
export const deployment = describer<Deployment>('deployments', (w, object, context) => {
  const { metadata, spec, status = {} } = object;
  w.field('Name', metadata.name ?? '');
  w.field('Namespace', metadata.namespace ?? '');
  w.field('CreationTimestamp', moment(metadata.creationTimestamp));
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  w.field('Selector', compiledSelector(spec?.selector).toString());
  w.field(
    'Replicas',
    `${spec?.replicas ?? 0} desired | ${status.updatedReplicas ?? 0} updated | ${status.replicas ?? 0} total | ${status.availableReplicas ?? 0} available | ${status.unavailableReplicas ?? 0} unavailable`,
  );
  w.field('StrategyType', spec?.strategy?.type ?? '');
  w.field('MinReadySeconds', spec?.minReadySeconds ?? 0);
  const rolling = spec?.strategy?.rollingUpdate;
  if (rolling !== undefined)
    w.field(
      'RollingUpdateStrategy',
      `${rolling.maxUnavailable} max unavailable, ${rolling.maxSurge} max surge`,
    );
  writePodTemplate(w, spec?.template);
  writeConditions(w, status.conditions);
  const { old, current } = replicaSetsOf(context, object);
  if (old.length === 0 && current === undefined) return;
  w.field('OldReplicaSets', formatReplicaSets(old));
  w.field('NewReplicaSet', formatReplicaSets(current === undefined ? [] : [current]));
});

function formatReplicaSets(sets: readonly ReplicaSet[]): string {
  if (sets.length === 0) return '<none>';
  return sets
    .map(
      (rs) => `${rs.metadata.name} (${rs.status?.replicas ?? 0}/${rs.spec?.replicas ?? 0} replicas created)`,
    )
    .join(', ');
}
