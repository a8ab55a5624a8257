import { accessModesText } from '../../api/accessmodes.ts';
import type {
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  StorageClass,
} from '../../api/generated/types.ts';
import { claimText } from '../../api/kinds/persistentvolume.ts';
import { isDefaultClass } from '../../api/kinds/storageclass.ts';
import type { KubeObject } from '../../api/object.ts';
import { claimNamesOf } from '../../api/volumes.ts';
import type { KubectlContext } from '../context.ts';
import { builtin } from '../discovery.ts';
import { formatLabels } from '../printers/value.ts';
import { storageClassOf, writeClaim } from './claims.ts';
import {
  bool,
  compare,
  moment,
  phaseOrTerminating,
  quantity,
  writeAnnotations,
  writeLabels,
} from './common.ts';
import { describer } from './describer.ts';
import { writeVolumeSource } from './volumes.ts';
import type { VolumeSource } from './volumesources.ts';
import type { DescribeWriter } from './writer.ts';

/** PersistentVolumeClaims (`describePVC`). */
export const persistentVolumeClaim = describer<PersistentVolumeClaim>(
  'persistentvolumeclaims',
  (w, object, context) => {
    writeClaim(w, object, true, context.now());
    writeUsers(w, object, context);
    writeClaimConditions(w, object);
  },
);

function writeUsers(w: DescribeWriter, { metadata }: PersistentVolumeClaim, context: KubectlContext): void {
  const list = context.client.list<KubeObject>(builtin('pods'), { namespace: metadata.namespace ?? '' });
  const pods = list.ok ? (list.value.items as unknown as readonly Pod[]) : [];
  const users = pods
    .filter((pod) => claimNamesOf(pod).includes(metadata.name ?? ''))
    .toSorted((a, b) => compare(a.metadata.name ?? '', b.metadata.name ?? ''));
  w.write(0, 'Used By:\t');
  if (users.length === 0) w.write(0, '<none>\n');
  users.forEach((pod, i) => {
    w.write(0, `${i === 0 ? '' : '\t'}${pod.metadata.name ?? ''}\n`);
  });
}

function writeClaimConditions(w: DescribeWriter, { status }: PersistentVolumeClaim): void {
  const conditions = status?.conditions ?? [];
  if (conditions.length === 0) return;
  w.write(0, 'Conditions:\n  Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage\n');
  w.write(1, '----\t------\t-----------------\t------------------\t------\t-------\n');
  for (const c of conditions) {
    const times = `${moment(c.lastProbeTime)} \t${moment(c.lastTransitionTime)}`;
    w.write(1, `${c.type} \t${c.status} \t${times} \t${c.reason ?? ''} \t${c.message ?? ''}\n`);
  }
}

/** PersistentVolumes (`describePersistentVolume`). */
export const persistentVolume = describer<PersistentVolume>('persistentvolumes', (w, object, context) => {
  const { metadata, spec, status } = object;
  w.field('Name', metadata.name ?? '');
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  w.field('Finalizers', `[${(metadata.finalizers ?? []).join(' ')}]`);
  w.field('StorageClass', storageClassOf(object));
  w.field('Status', phaseOrTerminating(metadata.deletionTimestamp, status?.phase, context.now()));
  w.field('Claim', claimText(object));
  w.field('Reclaim Policy', spec.persistentVolumeReclaimPolicy ?? '');
  w.field('Access Modes', accessModesText(spec.accessModes));
  if (spec.volumeMode !== undefined) w.field('VolumeMode', spec.volumeMode);
  w.field('Capacity', quantity(spec.capacity?.storage));
  writeNodeAffinity(w, object);
  w.field('Message', status?.message ?? '');
  w.write(0, 'Source:\n');
  writeVolumeSource(w, spec as VolumeSource, true);
});

function writeNodeAffinity(w: DescribeWriter, { spec }: PersistentVolume): void {
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms;
  if (terms === undefined) {
    w.field('Node Affinity', '<none>');
    return;
  }
  w.write(0, 'Node Affinity:\t\n');
  w.write(1, `Required Terms:\t${terms.length === 0 ? '<none>' : ''}\n`);
  terms.forEach((term, i) => {
    const texts = (term.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
      const list = values.length === 0 ? '' : ` [${values.join(', ')}]`;
      return `${key} ${operator.toLowerCase()}${list}`;
    });
    w.field(`Term ${i}`, texts.length === 0 ? '<none>' : texts.join('\n    \t'), 2);
  });
}

/** StorageClasses (`describeStorageClass`). */
export const storageClass = describer<StorageClass>('storageclasses', (w, object) => {
  const { metadata, allowedTopologies } = object;
  w.field('Name', metadata.name ?? '');
  w.field('IsDefaultClass', isDefaultClass(object) ? 'Yes' : 'No');
  w.field('Annotations', formatLabels(metadata.annotations));
  w.field('Provisioner', object.provisioner);
  w.field('Parameters', formatLabels(object.parameters));
  const { allowVolumeExpansion } = object;
  w.field(
    'AllowVolumeExpansion',
    allowVolumeExpansion === undefined ? '<unset>' : bool(allowVolumeExpansion),
  );
  const options = object.mountOptions ?? [];
  if (options.length === 0) w.field('MountOptions', '<none>');
  else {
    w.write(0, 'MountOptions:\n');
    for (const option of options) w.write(1, `${option}\n`);
  }
  if (object.reclaimPolicy !== undefined) w.field('ReclaimPolicy', object.reclaimPolicy);
  if (object.volumeBindingMode !== undefined) w.field('VolumeBindingMode', object.volumeBindingMode);
  if (allowedTopologies === undefined) return;
  w.field('AllowedTopologies', allowedTopologies.length === 0 ? '<none>' : '');
  allowedTopologies.forEach((term, i) => {
    const texts = (term.matchLabelExpressions ?? []).map(({ key, values }) =>
      values.length === 0 ? `${key} in` : `${key} in [${values.join(', ')}]`,
    );
    w.field(`Term ${i}`, texts.length === 0 ? '<none>' : texts.join('\n  \t'), 1);
  });
});
