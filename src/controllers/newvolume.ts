import type {
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  PersistentVolumeSpec,
  StorageClass,
} from '../api/generated/types.ts';
import { nameOf, namespaceOf, uidOf } from '../api/object.ts';
import { PROVISIONED_BY } from '../api/volumes.ts';
import { fnv1a32 } from '../apimachinery/names.ts';

/** Makes directories on the node that a claim's pod goes to, as kind's and minikube's provisioners do. */
export const LOCAL_PROVISIONER = 'shipshape.io/local';
/** Makes disks that are attached to one node at a time, as the clouds' CSI drivers do. */
export const DISK_DRIVER = 'disk.csi.shipshape.io';

const ZONE = 'topology.kubernetes.io/zone';
const HOSTNAME = 'kubernetes.io/hostname';
const ROOT = '/opt/local-path-provisioner';

/** The volume for a claim, or why there cannot be one. `node` is the scheduler's choice, if it made one. */
export function volumeFor(
  claim: PersistentVolumeClaim,
  found: StorageClass,
  node: Node | undefined,
  nodes: Iterable<Node>,
): PersistentVolume | string {
  const name = `pvc-${uidOf(claim)}`;
  const local = found.provisioner === LOCAL_PROVISIONER;
  const source = local ? localSource(claim, name, node) : diskSource(claim, name, node, nodes);
  if (typeof source === 'string') return source;
  const { storage = '0' } = claim.spec.resources?.requests ?? {};
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, annotations: { [PROVISIONED_BY]: found.provisioner } },
    spec: {
      ...source,
      accessModes: claim.spec.accessModes ?? [],
      capacity: { storage },
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        name: nameOf(claim),
        namespace: namespaceOf(claim),
        uid: uidOf(claim),
        resourceVersion: claim.metadata.resourceVersion ?? '',
      },
      ...(found.mountOptions === undefined ? {} : { mountOptions: found.mountOptions }),
      persistentVolumeReclaimPolicy: found.reclaimPolicy ?? 'Delete',
      storageClassName: nameOf(found),
      volumeMode: claim.spec.volumeMode ?? 'Filesystem',
    },
  };
}

type Source = Pick<PersistentVolumeSpec, 'hostPath' | 'csi' | 'nodeAffinity'>;

function localSource(claim: PersistentVolumeClaim, name: string, node: Node | undefined): Source | string {
  const modes = claim.spec.accessModes ?? [];
  if (modes.some((mode) => mode !== 'ReadWriteOnce' && mode !== 'ReadWriteOncePod'))
    return 'NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes';
  if (claim.spec.selector !== undefined) return 'claim.Spec.Selector is not supported';
  if (node === undefined) return 'configuration error, no node was specified';
  const path = `${ROOT}/${name}_${namespaceOf(claim)}_${nameOf(claim)}`;
  return {
    hostPath: { path, type: 'DirectoryOrCreate' },
    nodeAffinity: onlyIn(HOSTNAME, node.metadata.labels?.[HOSTNAME] ?? nameOf(node)),
  };
}

function diskSource(
  claim: PersistentVolumeClaim,
  name: string,
  node: Node | undefined,
  nodes: Iterable<Node>,
): Source | string {
  const modes = claim.spec.accessModes ?? [];
  if (modes.includes('ReadWriteMany') && claim.spec.volumeMode !== 'Block')
    return 'rpc error: code = InvalidArgument desc = multi node access modes are not supported for mount volumes';
  if (claim.spec.selector !== undefined) return 'claim Selector is not supported';
  const zone = node === undefined ? anyZone(claim, nodes) : node.metadata.labels?.[ZONE];
  return {
    csi: { driver: DISK_DRIVER, volumeHandle: name, fsType: 'ext4' },
    ...(zone === undefined ? {} : { nodeAffinity: onlyIn(ZONE, zone) }),
  };
}

/** Where nobody has chosen yet, claims are spread over the zones by their names. */
function anyZone(claim: PersistentVolumeClaim, nodes: Iterable<Node>): string | undefined {
  const zones = new Set<string>();
  for (const { metadata } of nodes) {
    const zone = metadata.labels?.[ZONE];
    if (zone !== undefined) zones.add(zone);
  }
  return [...zones].sort()[fnv1a32(nameOf(claim)) % Math.max(1, zones.size)];
}

function onlyIn(key: string, value: string): PersistentVolumeSpec['nodeAffinity'] & object {
  return {
    required: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'In', values: [value] }] }] },
  };
}
