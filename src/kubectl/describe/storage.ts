import { accessModesText } from '../../api/accessmodes.ts';
import type {
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  StorageClass,
} from '../../api/generated/types.ts';
import { claimText } from '../../api/kinds/persistentvolume.ts';
import { isDefaultClass } from '../../api/kinds/storageclass.ts';
import { isTerminating, type KubeObject } from '../../api/object.ts';
import { claimNamesOf } from '../../api/volumes.ts';
import type { KubectlContext } from '../context.ts';
import { builtin } from '../discovery.ts';
import { writeAnnotations, writeLabels } from './common.ts';
import { describer } from './describer.ts';
import type { DescribeWriter } from './writer.ts';

/** PersistentVolumeClaims (`describePVC`). */
export const persistentVolumeClaim = describer<PersistentVolumeClaim>(
  'persistentvolumeclaims',
  (w, object, context) => {
    const { metadata, spec, status } = object;
    w.field('Name', metadata.name ?? '');
    w.field('Namespace', metadata.namespace ?? '');
    w.field('StorageClass', spec.storageClassName ?? '');
    w.field('Status', isTerminating(object) ? 'Terminating' : (status?.phase ?? ''));
    w.field('Volume', spec.volumeName ?? '');
    writeLabels(w, 'Labels', metadata.labels);
    writeAnnotations(w, 'Annotations', metadata.annotations);
    w.field('Finalizers', `[${(metadata.finalizers ?? []).join(' ')}]`);
    const bound = (spec.volumeName ?? '') !== '';
    w.field('Capacity', bound ? (status?.capacity?.storage ?? '0') : '');
    w.field('Access Modes', bound ? accessModesText(status?.accessModes) : '');
    if (spec.volumeMode !== undefined) w.field('VolumeMode', spec.volumeMode);
    writeUsers(w, object, context);
  },
);

function writeUsers(w: DescribeWriter, { metadata }: PersistentVolumeClaim, context: KubectlContext): void {
  const list = context.client.list<KubeObject>(builtin('pods'), { namespace: metadata.namespace ?? '' });
  const pods = list.ok ? (list.value.items as unknown as readonly Pod[]) : [];
  const users = pods.filter((pod) => claimNamesOf(pod).includes(metadata.name ?? ''));
  w.write(0, 'Used By:\t');
  if (users.length === 0) w.write(0, '<none>\n');
  users.forEach((pod, i) => {
    w.write(0, `${i === 0 ? '' : '\t'}${pod.metadata.name ?? ''}\n`);
  });
}

/** PersistentVolumes (`describePersistentVolume`). */
export const persistentVolume = describer<PersistentVolume>('persistentvolumes', (w, object) => {
  const { metadata, spec, status } = object;
  w.field('Name', metadata.name ?? '');
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  w.field('Finalizers', `[${(metadata.finalizers ?? []).join(' ')}]`);
  w.field('StorageClass', spec.storageClassName ?? '');
  const since = isTerminating(object) ? 'Terminating' : (status?.phase ?? '');
  w.field('Status', since);
  w.field('Claim', claimText(object));
  w.field('Reclaim Policy', spec.persistentVolumeReclaimPolicy ?? '');
  w.field('Access Modes', accessModesText(spec.accessModes));
  if (spec.volumeMode !== undefined) w.field('VolumeMode', spec.volumeMode);
  w.field('Capacity', spec.capacity?.storage ?? '0');
  writeNodeAffinity(w, object);
  w.field('Message', status?.message ?? '');
  writeSource(w, object);
});

function writeNodeAffinity(w: DescribeWriter, { spec }: PersistentVolume): void {
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms;
  if (terms === undefined) {
    w.field('Node Affinity', '<none>');
    return;
  }
  w.write(0, 'Node Affinity:\n');
  w.write(1, 'Required Terms:\n');
  terms.forEach((term, i) => {
    const texts = (term.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
      const list = values.length === 0 ? '' : ` [${values.join(', ')}]`;
      return `${key} ${operator.toLowerCase()}${list}`;
    });
    w.field(`Term ${i}`, texts.length === 0 ? '<none>' : texts.join(`\n${' '.repeat(16)}\t`), 2);
  });
}

function writeSource(w: DescribeWriter, { spec }: PersistentVolume): void {
  w.write(0, 'Source:\n');
  const { hostPath, local, nfs, csi } = spec;
  if (hostPath !== undefined) {
    w.field('Type', 'HostPath (bare host directory volume)', 1);
    w.field('Path', hostPath.path, 1);
    w.field('HostPathType', hostPath.type ?? '<none>', 1);
  } else if (local !== undefined) {
    w.field('Type', 'LocalVolume (a persistent volume backed by local storage on a node)', 1);
    w.field('Path', local.path, 1);
  } else if (nfs !== undefined) {
    w.field('Type', 'NFS (an NFS mount that lasts the lifetime of a pod)', 1);
    w.field('Server', nfs.server, 1);
    w.field('Path', nfs.path, 1);
    w.field('ReadOnly', nfs.readOnly === true, 1);
  } else if (csi !== undefined) {
    w.field('Type', 'CSI (a Container Storage Interface (CSI) volume source)', 1);
    w.field('Driver', csi.driver, 1);
    w.field('FSType', csi.fsType ?? '', 1);
    w.field('VolumeHandle', csi.volumeHandle, 1);
    w.field('ReadOnly', csi.readOnly === true, 1);
    w.field('VolumeAttributes', '<none>', 1);
  } else w.write(1, '<unknown>\n');
}

/** StorageClasses (`describeStorageClass`). */
export const storageClass = describer<StorageClass>('storageclasses', (w, object) => {
  const { metadata, parameters = {} } = object;
  w.field('Name', metadata.name ?? '');
  w.field('IsDefaultClass', isDefaultClass(object) ? 'Yes' : 'No');
  writeAnnotations(w, 'Annotations', metadata.annotations);
  w.field('Provisioner', object.provisioner);
  const texts = Object.keys(parameters)
    .sort()
    .map((key) => `${key}=${parameters[key]}`);
  w.field('Parameters', texts.length === 0 ? '<none>' : texts.join(','));
  w.field('AllowVolumeExpansion', object.allowVolumeExpansion ?? '<unset>');
  const options = object.mountOptions ?? [];
  if (options.length === 0) w.field('MountOptions', '<none>');
  else {
    w.write(0, 'MountOptions:\n');
    for (const option of options) w.write(1, `${option}\n`);
  }
  if (object.reclaimPolicy !== undefined) w.field('ReclaimPolicy', object.reclaimPolicy);
  if (object.volumeBindingMode !== undefined) w.field('VolumeBindingMode', object.volumeBindingMode);
});
