import type { ProjectedVolumeSource, Volume } from '../../api/generated/types.ts';
import type { DescribeWriter } from './writer.ts';

/** Writes the volumes of a pod or template; `space` is two spaces inside a template. */
export function writeVolumes(w: DescribeWriter, volumes: readonly Volume[] | undefined, space: string): void {
  if (volumes === undefined || volumes.length === 0) {
    w.write(0, `${space}Volumes:\t<none>\n`);
    return;
  }
  w.write(0, `${space}Volumes:\n`);
  for (const volume of volumes) {
    w.write(1, `${space === '' ? '' : ' '}${volume.name}:\n`);
    const lines = linesOf(volume);
    if (lines === undefined) w.write(1, '<unknown>\n');
    lines?.forEach(([label, value]) => {
      w.field(label, value, 2);
    });
    volume.downwardAPI?.items?.forEach((item, i) => {
      if (i === 0) w.write(2, 'Items:\n');
      w.write(3, `${item.fieldRef?.fieldPath ?? item.resourceFieldRef?.resource ?? ''} -> ${item.path}\n`);
    });
  }
}

type Line = readonly [label: string, value: string | number | boolean];

function linesOf(volume: Volume): readonly Line[] | undefined {
  const {
    hostPath,
    emptyDir,
    secret,
    configMap,
    persistentVolumeClaim,
    projected,
    downwardAPI,
    nfs,
    csi,
    image,
  } = volume;
  if (hostPath !== undefined)
    return [
      ['Type', 'HostPath (bare host directory volume)'],
      ['Path', hostPath.path],
      ['HostPathType', hostPath.type ?? '<none>'],
    ];
  if (emptyDir !== undefined)
    return [
      ['Type', "EmptyDir (a temporary directory that shares a pod's lifetime)"],
      ['Medium', emptyDir.medium ?? ''],
      ['SizeLimit', emptyDir.sizeLimit ?? '<unset>'],
    ];
  if (secret !== undefined)
    return [
      ['Type', 'Secret (a volume populated by a Secret)'],
      ['SecretName', secret.secretName ?? ''],
      ['Optional', secret.optional === true],
    ];
  if (configMap !== undefined)
    return [
      ['Type', 'ConfigMap (a volume populated by a ConfigMap)'],
      ['Name', configMap.name ?? ''],
      ['Optional', configMap.optional === true],
    ];
  if (persistentVolumeClaim !== undefined)
    return [
      ['Type', 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)'],
      ['ClaimName', persistentVolumeClaim.claimName],
      ['ReadOnly', persistentVolumeClaim.readOnly === true],
    ];
  if (downwardAPI !== undefined)
    return [['Type', 'DownwardAPI (a volume populated by information about the pod)']];
  if (projected !== undefined) return projectedLines(projected);
  if (nfs !== undefined)
    return [
      ['Type', 'NFS (an NFS mount that lasts the lifetime of a pod)'],
      ['Server', nfs.server],
      ['Path', nfs.path],
      ['ReadOnly', nfs.readOnly === true],
    ];
  if (csi !== undefined)
    return [
      ['Type', 'CSI (a Container Storage Interface (CSI) volume source)'],
      ['Driver', csi.driver],
      ['FSType', csi.fsType ?? ''],
      ['ReadOnly', csi.readOnly === true],
    ];
  if (image !== undefined)
    return [
      ['Type', 'Image (a container image or OCI artifact)'],
      ['Reference', image.reference ?? ''],
      ['PullPolicy', image.pullPolicy ?? ''],
    ];
  return undefined;
}

function projectedLines(projected: ProjectedVolumeSource): readonly Line[] {
  const lines: Line[] = [['Type', 'Projected (a volume that contains injected data from multiple sources)']];
  for (const { secret, downwardAPI, configMap, serviceAccountToken } of projected.sources ?? []) {
    if (secret !== undefined)
      lines.push(['SecretName', secret.name ?? ''], ['Optional', secret.optional === true]);
    else if (downwardAPI !== undefined) lines.push(['DownwardAPI', true]);
    else if (configMap !== undefined)
      lines.push(['ConfigMapName', configMap.name ?? ''], ['Optional', configMap.optional === true]);
    else if (serviceAccountToken !== undefined)
      lines.push(['TokenExpirationSeconds', serviceAccountToken.expirationSeconds ?? 3600]);
  }
  return lines;
}
