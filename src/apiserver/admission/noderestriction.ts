import type { Lease, Node, Pod, TokenRequest } from '../../api/generated/types.ts';
import { node as nodeKind } from '../../api/kinds/node.ts';
import { pod as podKind } from '../../api/kinds/pod.ts';
import { forbiddenNodeLabels } from '../../api/nodelabels.ts';
import type { KubeObject } from '../../api/object.ts';
import { deepEqual } from '../../apimachinery/equal.ts';
import { isStatus, notFound, type Status } from '../../apimachinery/status.ts';
import { nodeOf } from '../authorization/node.ts';
import { configMapsOf, secretsOf } from '../authorization/podreferences.ts';
import { type AdmissionRequest, admissionForbidden } from '../context.ts';
import type { AdmissionPlugin } from './admission.ts';

const MIRROR = 'kubernetes.io/config.mirror';
const NODE_LEASES = 'kube-node-lease';
const RESOURCES: ReadonlySet<string> = new Set([
  'pods',
  'nodes',
  'persistentvolumeclaims',
  'serviceaccounts',
  'leases.coordination.k8s.io',
]);

/** Why a node may not do it; undefined when it may. */
type Verdict = string | Status | undefined;

/**
 * A kubelet writes about its own node and its own pods only (plugin/pkg/admission/noderestriction). Off
 * by default upstream; kubeadm switches it on.
 */
export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  handles: ({ operation, group, resource }) =>
    operation !== 'CONNECT' && RESOURCES.has(group === '' ? resource : `${resource}.${group}`),
  admit(request, object) {
    const { ctx } = request;
    const node = nodeOf(ctx.request.user);
    if (node === undefined) return object;
    const verdict =
      node === ''
        ? `could not determine node from user "${ctx.request.user.name}"`
        : judge(request, object, node);
    if (verdict === undefined) return object;
    return isStatus(verdict) ? verdict : admissionForbidden(ctx, object, verdict);
  },
};

function judge(request: AdmissionRequest, object: KubeObject, node: string): Verdict {
  const { resource, subresource } = request.ctx;
  switch (resource.kind.plural) {
    case 'pods':
      return judgePod(request, object, node);
    case 'nodes':
      return judgeNode(request, object as Node, node);
    case 'persistentvolumeclaims':
      return subresource === 'status' ? undefined : 'may only update PVC status';
    case 'serviceaccounts':
      return subresource === 'token' ? judgeToken(request, object as TokenRequest, node) : undefined;
    default:
      return judgeLease(request, object as Lease, node);
  }
}

function judgePod(request: AdmissionRequest, object: KubeObject, node: string): Verdict {
  const { operation, ctx, old } = request;
  switch (ctx.subresource) {
    case '':
      if (operation === 'CREATE') return judgeMirror(request, object as Pod, node);
      if (operation === 'DELETE')
        return (object as Pod).spec.nodeName === node
          ? undefined
          : `node "${node}" can only delete pods with spec.nodeName set to itself`;
      return `unexpected operation "${operation}", node "${node}" can only create and delete mirror pods`;
    case 'status': {
      if (operation !== 'UPDATE') return `unexpected operation "${operation}"`;
      if ((old as Pod).spec.nodeName !== node)
        return `node "${node}" can only update pod status for pods with spec.nodeName set to itself`;
      const [before, after] = [old?.metadata.labels, object.metadata.labels];
      return before === after || deepEqual(before ?? {}, after ?? {})
        ? undefined
        : `node "${node}" cannot update labels through pod status`;
    }
    case 'eviction': {
      const pod = ctx.server.lookup(podKind, ctx.namespace, ctx.name);
      if (pod === undefined) return notFound(ctx.resource.groupResource, ctx.name);
      return pod.spec.nodeName === node
        ? undefined
        : `node ${node} can only evict pods with spec.nodeName set to itself`;
    }
    default:
      return `unexpected pod subresource "${ctx.subresource}", only 'status' and 'eviction' are allowed`;
  }
}

/** A node creates mirrors of its static pods, which refer to nothing in the cluster but the node itself. */
function judgeMirror({ ctx }: AdmissionRequest, pod: Pod, node: string): Verdict {
  if (pod.metadata.annotations?.[MIRROR] === undefined)
    return `pod does not have "${MIRROR}" annotation, node "${node}" can only create mirror pods`;
  if (pod.spec.nodeName !== node)
    return `node "${node}" can only create pods with spec.nodeName set to itself`;
  const owners = pod.metadata.ownerReferences ?? [];
  const [owner] = owners;
  if (owners.length > 1)
    return `node "${node}" can only create pods with a single owner reference set to itself`;
  if (owner === undefined || owner.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node)
    return `node "${node}" can only create pods with an owner reference set to itself`;
  if (owner.controller !== true)
    return `node "${node}" can only create pods with a controller owner reference set to itself`;
  if (owner.blockOwnerDeletion === true)
    return `node "${node}" must not set blockOwnerDeletion on an owner reference`;
  const home = ctx.server.lookup(nodeKind, '', node);
  if (home === undefined) return notFound({ group: '', resource: 'nodes' }, node);
  if (owner.uid !== home.metadata.uid)
    return `node ${node} UID mismatch: expected ${owner.uid} got ${home.metadata.uid}`;
  const reference = referenceOf(pod);
  return reference === undefined
    ? undefined
    : `node "${node}" can not create pods that reference ${reference}`;
}

/** What of the cluster a pod refers to. */
function referenceOf(pod: Pod): string | undefined {
  if ((pod.spec.serviceAccountName ?? '') !== '') return 'a service account';
  if (secretsOf(pod).next().done !== true) return 'secrets';
  if (configMapsOf(pod).next().done !== true) return 'configmaps';
  const volumes = pod.spec.volumes ?? [];
  if (volumes.some(({ projected }) => projected?.sources?.some((source) => source.clusterTrustBundle)))
    return 'clustertrustbundles';
  return volumes.some((volume) => volume.persistentVolumeClaim !== undefined)
    ? 'persistentvolumeclaims'
    : undefined;
}

function judgeNode({ operation, ctx, old }: AdmissionRequest, object: Node, node: string): Verdict {
  const requested = operation === 'CREATE' ? (object.metadata.name ?? '') : ctx.name;
  if (requested !== node) return `node "${node}" is not allowed to modify node "${requested}"`;
  if (operation === 'CREATE') {
    const labels = forbiddenNodeLabels(object.metadata.labels, undefined);
    if (labels.length > 0)
      return `node "${node}" is not allowed to set the following labels: ${labels.join(', ')}`;
  }
  if (operation === 'UPDATE' && old !== undefined) {
    const before = (old as Node).spec?.taints;
    const after = object.spec?.taints;
    if (before !== after && !deepEqual(before ?? [], after ?? []))
      return `node "${node}" is not allowed to modify taints`;
    if (object.metadata.labels === old.metadata.labels) return undefined;
    const labels = forbiddenNodeLabels(object.metadata.labels, old.metadata.labels);
    if (labels.length > 0) return `is not allowed to modify labels: ${labels.join(', ')}`;
  }
  return undefined;
}

function judgeToken({ operation, ctx }: AdmissionRequest, request: TokenRequest, node: string): Verdict {
  if (operation !== 'CREATE') return undefined;
  const ref = request.spec?.boundObjectRef;
  if (ref === undefined || ref.apiVersion !== 'v1' || ref.kind !== 'Pod' || (ref.name ?? '') === '')
    return 'node requested token not bound to a pod';
  if ((ref.uid ?? '') === '') return 'node requested token with a pod binding without a uid';
  const pod = ctx.server.lookup(podKind, ctx.namespace, ref.name ?? '');
  if (pod === undefined) return notFound({ group: '', resource: 'pods' }, ref.name ?? '');
  if (pod.metadata.uid !== ref.uid)
    return `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`;
  return pod.spec.nodeName === node
    ? undefined
    : 'node requested token bound to a pod scheduled on a different node';
}

function judgeLease({ operation, ctx, namespace }: AdmissionRequest, lease: Lease, node: string): Verdict {
  if (namespace !== NODE_LEASES) return `can only access leases in the "${NODE_LEASES}" system namespace`;
  const name = operation === 'CREATE' ? lease.metadata.name : ctx.name;
  return name === node ? undefined : 'can only access node lease with the same name as the requesting node';
}
