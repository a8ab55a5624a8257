import type {
  Container,
  Pod,
  PodSpec,
  ServiceAccount,
  Volume,
  VolumeMount,
  VolumeProjection,
} from '../../api/generated/types.ts';
import { mapShared } from '../../api/kind.ts';
import { serviceAccount } from '../../api/kinds/serviceaccount.ts';
import { deepFreeze } from '../../apimachinery/freeze.ts';
import { simpleNameGenerator } from '../../apimachinery/names.ts';
import type { Status } from '../../apimachinery/status.ts';
import type { Random } from '../../sim/random.ts';
import { type AdmissionRequest, admissionForbidden } from '../context.ts';
import type { AdmissionPlugin } from './admission.ts';

const DEFAULT_ACCOUNT = 'default';
const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';
const VOLUME_PREFIX = 'kube-api-access-';
const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const FILE_MODE = 0o644;
/** An hour, and 7 s by which a kubelet's request is told from one that asks for an hour. */
const TOKEN_SECONDS = 3607;

/** Token, CA and namespace, for the clients in every pod; the same for all. */
const SOURCES: readonly VolumeProjection[] = deepFreeze([
  { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
  { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  {
    downwardAPI: {
      items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
    },
  },
]);
const PROJECTED = deepFreeze({ defaultMode: FILE_MODE, sources: SOURCES });

/**
 * Every pod runs as a service account, and finds its token mounted
 * (plugin/pkg/admission/serviceaccount/admission.go).
 */
export const serviceAccountPlugin: AdmissionPlugin = {
  name: 'ServiceAccount',
  handles: ({ operation, group, resource, subresource }) =>
    operation === 'CREATE' && group === '' && resource === 'pods' && subresource === '',
  admit(request, object) {
    const pod = object as Pod;
    if (pod.metadata.annotations?.[MIRROR_ANNOTATION] !== undefined) return refuseMirror(request, pod) ?? pod;
    const name = pod.spec.serviceAccountName ?? '';
    const accountName = name === '' ? DEFAULT_ACCOUNT : name;
    const account = request.ctx.server.lookup(serviceAccount, request.namespace, accountName);
    if (account === undefined) {
      const missing = `error looking up service account ${request.namespace}/${accountName}: serviceaccount "${accountName}" not found`;
      return admissionForbidden(request.ctx, pod, missing);
    }
    const mounted = wantsToken(pod, account)
      ? withToken(pod.spec, request.ctx.server.process.random)
      : pod.spec;
    const pullSecrets =
      (pod.spec.imagePullSecrets ?? []).length === 0 && (account.imagePullSecrets ?? []).length > 0
        ? { imagePullSecrets: account.imagePullSecrets as NonNullable<PodSpec['imagePullSecrets']> }
        : undefined;
    return {
      ...pod,
      spec: { ...mounted, serviceAccountName: accountName, serviceAccount: accountName, ...pullSecrets },
    };
  },
};

/** A mirror of a static pod has no identity in the cluster. */
function refuseMirror(request: AdmissionRequest, pod: Pod): Status | undefined {
  if ((pod.spec.serviceAccountName ?? '') !== '') {
    return admissionForbidden(request.ctx, pod, 'a mirror pod may not reference service accounts');
  }
  if (
    (pod.spec.volumes ?? []).some((volume) => volume.projected?.sources?.some((s) => s.serviceAccountToken))
  ) {
    return admissionForbidden(
      request.ctx,
      pod,
      'a mirror pod may not use ServiceAccountToken volume projections',
    );
  }
  return undefined;
}

/** The pod's own word counts before the account's; without either, yes. */
function wantsToken(pod: Pod, account: ServiceAccount): boolean {
  return pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
}

function withToken(spec: PodSpec, random: Random): PodSpec {
  const volumes = spec.volumes ?? [];
  const existing = volumes.find((volume) => volume.name.startsWith(VOLUME_PREFIX));
  let name = existing?.name ?? '';
  while (name === '' || (existing === undefined && volumes.some((volume) => volume.name === name))) {
    name = simpleNameGenerator(VOLUME_PREFIX, () => random.float());
  }
  const mount: VolumeMount = Object.freeze({ name, readOnly: true, mountPath: MOUNT_PATH });
  const mounts: readonly VolumeMount[] = Object.freeze([mount]);
  let added = false;
  const mountInto = (container: Container): Container => {
    const own = container.volumeMounts ?? [];
    if (own.some(({ mountPath }) => mountPath === MOUNT_PATH)) return container;
    added = true;
    return { ...container, volumeMounts: own.length === 0 ? mounts : own.concat(mount) };
  };
  // A pod without containers is refused by validation, which comes later.
  const containers = mapShared(spec.containers ?? [], mountInto);
  const initContainers =
    spec.initContainers === undefined ? undefined : mapShared(spec.initContainers, mountInto);
  const volume: Volume = Object.freeze({ name, projected: PROJECTED });
  return {
    ...spec,
    containers,
    ...(initContainers === undefined ? {} : { initContainers }),
    ...(added && existing === undefined ? { volumes: volumes.concat(volume) } : {}),
  };
}
