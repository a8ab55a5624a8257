import type { PersistentVolumeSpec, SecretReference, Volume } from '../../api/generated/types.ts';
import { milliOf } from '../../apimachinery/quantity.ts';
import { quantity } from './common.ts';

/** A row: its label with the colon, if it has one, and its value. */
export type Line = readonly [label: string, value: string | number | boolean | undefined];

/** Where the data of a pod's volume or of a PersistentVolume lies. */
export type VolumeSource = Partial<Volume & PersistentVolumeSpec>;

type Source<K extends keyof VolumeSource> = NonNullable<VolumeSource[K]>;

/** How one kind of source is described: its field, its type and the rows after that. */
interface SourceDescription<K extends keyof VolumeSource = keyof VolumeSource> {
  readonly field: K;
  readonly type: string;
  readonly lines: (source: Source<K>, persistent: boolean) => readonly Line[];
}

function source<K extends keyof VolumeSource>(
  field: K,
  type: string,
  lines: (source: Source<K>, persistent: boolean) => readonly Line[],
): SourceDescription {
  return { field, type, lines: lines as SourceDescription['lines'] };
}

/** A list as Go's `%v` prints it. */
function list(items: readonly string[] | undefined): string {
  return `[${(items ?? []).join(' ')}]`;
}

/** A reference as Go's `%v` prints the pointer to it. */
function reference(ref: SecretReference | undefined, persistent: boolean): string {
  if (ref === undefined) return 'nil';
  const { name = '', namespace = '' } = ref;
  return persistent
    ? `&SecretReference{Name:${name},Namespace:${namespace},}`
    : `&LocalObjectReference{Name:${name},}`;
}

/** The rows that only PersistentVolumes show. */
function when(persistent: boolean, ...lines: readonly Line[]): readonly Line[] {
  return persistent ? lines : [];
}

/** A map as Go's `%v` prints it. */
function options(map: Readonly<Record<string, string>> | undefined): string {
  return `map[${Object.keys(map ?? {})
    .sort()
    .map((key) => `${key}:${map?.[key]}`)
    .join(' ')}]`;
}

/** The kinds of sources that both pods and PersistentVolumes have, or one of them, in upstream's words. */
const SOURCES: readonly SourceDescription[] = [
  source('hostPath', 'HostPath (bare host directory volume)', (s) => [
    ['Path:', s.path],
    ['HostPathType:', s.type ?? '<none>'],
  ]),
  source('emptyDir', "EmptyDir (a temporary directory that shares a pod's lifetime)", (s) => [
    ['Medium:', s.medium],
    ['SizeLimit:', s.sizeLimit !== undefined && milliOf(s.sizeLimit) > 0 ? quantity(s.sizeLimit) : '<unset>'],
  ]),
  source(
    'gcePersistentDisk',
    'GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)',
    (s) => [
      ['PDName:', s.pdName],
      ['FSType:', s.fsType],
      ['Partition:', s.partition ?? 0],
      ['ReadOnly:', s.readOnly === true],
    ],
  ),
  source('awsElasticBlockStore', 'AWSElasticBlockStore (a Persistent Disk resource in AWS)', (s) => [
    ['VolumeID:', s.volumeID],
    ['FSType:', s.fsType],
    ['Partition:', s.partition ?? 0],
    ['ReadOnly:', s.readOnly === true],
  ]),
  source('gitRepo', 'GitRepo (a volume that is pulled from git when the pod is created)', (s) => [
    ['Repository:', s.repository],
    ['Revision:', s.revision],
  ]),
  source('secret', 'Secret (a volume populated by a Secret)', (s) => [
    ['SecretName:', s.secretName],
    ['Optional:', s.optional === true],
  ]),
  source('configMap', 'ConfigMap (a volume populated by a ConfigMap)', (s) => [
    ['Name:', s.name],
    ['Optional:', s.optional === true],
  ]),
  source('nfs', 'NFS (an NFS mount that lasts the lifetime of a pod)', (s) => [
    ['Server:', s.server],
    ['Path:', s.path],
    ['ReadOnly:', s.readOnly === true],
  ]),
  source(
    'iscsi',
    "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
    (s, persistent) => [
      ['TargetPortal:', s.targetPortal],
      ['IQN:', s.iqn],
      ['Lun:', s.lun],
      // Upstream forgot this colon.
      ['ISCSIInterface', s.iscsiInterface],
      ['FSType:', s.fsType],
      ['ReadOnly:', s.readOnly === true],
      ['Portals:', list(s.portals)],
      ['DiscoveryCHAPAuth:', s.chapAuthDiscovery === true],
      ['SessionCHAPAuth:', s.chapAuthSession === true],
      ['SecretRef:', reference(s.secretRef, persistent)],
      ['InitiatorName:', s.initiatorName ?? '<none>'],
    ],
  ),
  source(
    'glusterfs',
    "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
    (s, persistent) => [
      ['EndpointsName:', s.endpoints],
      ...when(persistent, ['EndpointsNamespace:', s.endpointsNamespace ?? '<unset>']),
      ['Path:', s.path],
      ['ReadOnly:', s.readOnly === true],
    ],
  ),
  source(
    'persistentVolumeClaim',
    'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
    (s) => [
      ['ClaimName:', s.claimName],
      ['ReadOnly:', s.readOnly === true],
    ],
  ),
  source(
    'ephemeral',
    'EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)',
    () => [],
  ),
  source(
    'rbd',
    "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
    (s, persistent) => [
      ['CephMonitors:', list(s.monitors)],
      ['RBDImage:', s.image],
      ['FSType:', s.fsType],
      ['RBDPool:', s.pool],
      ['RadosUser:', s.user],
      ['Keyring:', s.keyring],
      ['SecretRef:', reference(s.secretRef, persistent)],
      ['ReadOnly:', s.readOnly === true],
    ],
  ),
  source('quobyte', "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)", (s) => [
    ['Registry:', s.registry],
    ['Volume:', s.volume],
    ['ReadOnly:', s.readOnly === true],
  ]),
  source('downwardAPI', 'DownwardAPI (a volume populated by information about the pod)', () => []),
  source('azureDisk', 'AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)', (s) => [
    ['DiskName:', s.diskName],
    ['DiskURI:', s.diskURI],
    ['Kind: ', s.kind],
    ['FSType:', s.fsType],
    ['CachingMode:', s.cachingMode],
    ['ReadOnly:', s.readOnly === true],
  ]),
  source('vsphereVolume', 'vSphereVolume (a Persistent Disk resource in vSphere)', (s) => [
    ['VolumePath:', s.volumePath],
    ['FSType:', s.fsType],
    ['StoragePolicyName:', s.storagePolicyName],
  ]),
  source('cinder', 'Cinder (a Persistent Disk resource in OpenStack)', (s, persistent) => [
    ['VolumeID:', s.volumeID],
    ['FSType:', s.fsType],
    ['ReadOnly:', s.readOnly === true],
    ['SecretRef:', reference(s.secretRef, persistent)],
  ]),
  source(
    'photonPersistentDisk',
    'PhotonPersistentDisk (a Persistent Disk resource in photon platform)',
    (s) => [
      ['PdID:', s.pdID],
      ['FSType:', s.fsType],
    ],
  ),
  source('portworxVolume', 'PortworxVolume (a Portworx Volume resource)', (s) => [['VolumeID:', s.volumeID]]),
  source('scaleIO', 'ScaleIO (a persistent volume backed by a block device in ScaleIO)', (s, persistent) => [
    ['Gateway:', s.gateway],
    ['System:', s.system],
    ['Protection Domain:', s.protectionDomain],
    ['Storage Pool:', s.storagePool],
    ['Storage Mode:', s.storageMode],
    ['VolumeName:', s.volumeName],
    ...when(persistent, ['SecretName:', s.secretRef.name], ['SecretNamespace:', s.secretRef.namespace]),
    ['FSType:', s.fsType],
    ['ReadOnly:', s.readOnly === true],
  ]),
  source('local', 'LocalVolume (a persistent volume backed by local storage on a node)', (s) => [
    ['Path:', s.path],
  ]),
  source('cephfs', "CephFS (a CephFS mount on the host that shares a pod's lifetime)", (s, persistent) => [
    ['Monitors:', list(s.monitors)],
    ['Path:', s.path],
    ['User:', s.user],
    ['SecretFile:', s.secretFile],
    ['SecretRef:', reference(s.secretRef, persistent)],
    ['ReadOnly:', s.readOnly === true],
  ]),
  source('storageos', 'StorageOS (a StorageOS Persistent Disk resource)', (s) => [
    ['VolumeName:', s.volumeName],
    ['VolumeNamespace:', s.volumeNamespace],
    ['FSType:', s.fsType],
    ['ReadOnly:', s.readOnly === true],
  ]),
  source('fc', 'FC (a Fibre Channel disk)', (s) => [
    ['TargetWWNs:', (s.targetWWNs ?? []).join(', ')],
    ['LUN:', s.lun ?? '<none>'],
    ['FSType:', s.fsType],
    ['ReadOnly:', s.readOnly === true],
  ]),
  source(
    'azureFile',
    'AzureFile (an Azure File Service mount on the host and bind mount to the pod)',
    (s, persistent) => [
      ['SecretName:', s.secretName],
      ...when(persistent, ['SecretNamespace:', s.secretNamespace]),
      ['ShareName:', s.shareName],
      ['ReadOnly:', s.readOnly === true],
    ],
  ),
  source(
    'flexVolume',
    'FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)',
    (s, persistent) => [
      ['Driver:', s.driver],
      ['FSType:', s.fsType],
      ['SecretRef:', reference(s.secretRef, persistent)],
      ['ReadOnly:', s.readOnly === true],
      ['Options:', options(s.options)],
    ],
  ),
  source('flocker', 'Flocker (a Flocker volume mounted by the Flocker agent)', (s) => [
    ['DatasetName:', s.datasetName],
    ['DatasetUUID:', s.datasetUUID],
  ]),
  source('projected', 'Projected (a volume that contains injected data from multiple sources)', (s) =>
    (s.sources ?? []).flatMap(({ secret, downwardAPI, configMap, serviceAccountToken }): readonly Line[] => {
      if (secret !== undefined)
        return [
          ['SecretName:', secret.name],
          ['Optional:', secret.optional === true],
        ];
      if (downwardAPI !== undefined) return [['DownwardAPI:', true]];
      if (configMap !== undefined)
        return [
          ['ConfigMapName:', configMap.name],
          ['Optional:', configMap.optional === true],
        ];
      return serviceAccountToken === undefined
        ? []
        : [['TokenExpirationSeconds:', serviceAccountToken.expirationSeconds ?? 3600]];
    }),
  ),
  source('csi', 'CSI (a Container Storage Interface (CSI) volume source)', (s, persistent) => [
    ['Driver:', s.driver],
    ['FSType:', s.fsType],
    ...when(persistent, ['VolumeHandle:', s.volumeHandle]),
    ['ReadOnly:', s.readOnly === true],
  ]),
  source('image', 'Image (a container image or OCI artifact)', (s) => [
    ['Reference:', s.reference],
    ['PullPolicy:', s.pullPolicy],
  ]),
];

/** The rows of a volume, its type first; undefined for a source unknown to kubectl. */
export function volumeLines(volume: VolumeSource, persistent: boolean): readonly Line[] | undefined {
  for (const { field, type, lines } of SOURCES) {
    const given = volume[field];
    if (given !== undefined) return [['Type:', type], ...lines(given, persistent)];
  }
  return undefined;
}
