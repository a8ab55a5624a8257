import type { Container, Pod } from '../api/generated/types.ts';
import { nameOf, namespaceOf, uidOf } from '../api/object.ts';
import { computeQosClass } from '../api/qos.ts';
import { milliOf, valueOf as wholeOf } from '../apimachinery/quantity.ts';
import { Recent } from '../apimachinery/recent.ts';
import type { Transport } from '../network/types.ts';
import { containerHash, HASH_ANNOTATION } from './actions.ts';
import type { ContainerConfig, ContainerResources, ContainerUserConfig, ImageRecord } from './cri.ts';
import { makeEnvironment } from './env.ts';
import { expand } from './expansion.ts';
import { podDescription, specGracePeriod } from './podtext.ts';
import type { PodServices } from './services.ts';

export type ConfigResult =
  | { readonly ok: true; readonly config: ContainerConfig }
  | { readonly ok: false; readonly error: string };

const RESTART_COUNT = 'io.kubernetes.container.restartCount';

/** All that the runtime needs to make a container (kuberuntime_container.go generateContainerConfig). */
export function containerConfig(
  pod: Pod,
  container: Container,
  image: ImageRecord,
  attempt: number,
  podIPs: readonly string[],
  services: PodServices,
): ConfigResult {
  const refusal = refuseRoot(pod, container, image);
  if (refusal !== undefined) return { ok: false, error: refusal };
  const facts = services.facts(pod, podIPs);
  const environment = makeEnvironment(facts, container, services);
  if (!environment.ok) return environment;
  const { values } = environment;
  const mounts = services.volumes.mounts(facts, container, values);
  if (!mounts.ok) return mounts;
  const expanded = (list: readonly string[]): readonly string[] =>
    list.map((text) => expand(text, (n) => values.get(n)));
  const user = userOf(pod, container);
  const { command, args, workingDir, securityContext } = container;
  const stopSignal = container.lifecycle?.stopSignal;
  const config: ContainerConfig = {
    name: container.name,
    attempt,
    image: container.image ?? '',
    imageId: image.id,
    imageName: image.repoTags[0] ?? image.repoDigests[0] ?? image.id,
    imageRef: image.repoDigests[0] ?? image.id,
    ...(command === undefined || command.length === 0 ? {} : { command: expanded(command) }),
    ...(args === undefined || args.length === 0 ? {} : { args: expanded(args) }),
    ...(workingDir === undefined ? {} : { workingDir }),
    env: environment.env,
    mounts: mounts.mounts,
    resources: resourcesOf(pod, container, services),
    stdin: container.stdin === true,
    stdinOnce: container.stdinOnce === true,
    tty: container.tty === true,
    ...(user === undefined ? {} : { user }),
    readOnlyRootFilesystem: securityContext?.readOnlyRootFilesystem === true,
    privileged: securityContext?.privileged === true,
    ...(stopSignal === undefined ? {} : { stopSignal }),
    terminationMessagePath: container.terminationMessagePath ?? '/dev/termination-log',
    ports: portsOf(container),
    labels: {
      'io.kubernetes.container.name': container.name,
      'io.kubernetes.pod.name': nameOf(pod),
      'io.kubernetes.pod.namespace': namespaceOf(pod),
      'io.kubernetes.pod.uid': uidOf(pod),
    },
    annotations: {
      [HASH_ANNOTATION]: containerHash(container),
      [RESTART_COUNT]: String(attempt),
      [GRACE_ANNOTATION]: String(specGracePeriod(pod)),
    },
  };
  return { ok: true, config };
}

/** The pod's grace period, seconds, for a kubelet that finds the container without its pod. */
export const GRACE_ANNOTATION = 'io.kubernetes.pod.terminationGracePeriod';

const NO_PORTS: ContainerConfig['ports'] = Object.freeze([]);

function portsOf({ ports }: Container): ContainerConfig['ports'] {
  if (ports === undefined || ports.length === 0) return NO_PORTS;
  return ports.map(({ name = '', containerPort, protocol = 'TCP' }) => ({
    name,
    port: containerPort,
    transport: protocol as Transport,
  }));
}

function userOf(pod: Pod, container: Container): ContainerUserConfig | undefined {
  const uid = container.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser;
  const gid = container.securityContext?.runAsGroup ?? pod.spec.securityContext?.runAsGroup;
  if (uid === undefined && gid === undefined) return undefined;
  return { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
}

/** runAsNonRoot (kuberuntime security_context.go verifyRunAsNonRoot). */
function refuseRoot(pod: Pod, container: Container, image: ImageRecord): string | undefined {
  const nonRoot = container.securityContext?.runAsNonRoot ?? pod.spec.securityContext?.runAsNonRoot;
  if (nonRoot !== true) return undefined;
  const where = `(pod: "${podDescription(pod)}", container: ${container.name})`;
  const uid = container.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser;
  if (uid !== undefined)
    return uid === 0 ? `container's runAsUser breaks non-root policy ${where}` : undefined;
  const user = image.user ?? '0';
  if (user === '0' || user === 'root')
    return `container has runAsNonRoot and image will run as root ${where}`;
  return /^\d+$/.test(user)
    ? undefined
    : `container has runAsNonRoot and image has non-numeric user (${user}), cannot verify user is non-root ${where}`;
}

/** The container's resources as the runtime enforces them. */
export function resourcesOf(pod: Pod, container: Container, services: PodServices): ContainerResources {
  const { requests, limits } = container.resources ?? {};
  const memoryRequest = wholeOf(requests?.memory);
  return recentResources.of({
    cpuRequest: milliOf(requests?.cpu),
    cpuLimit: milliOf(limits?.cpu),
    memoryRequest,
    memoryLimit: wholeOf(limits?.memory),
    oomScoreAdj: oomScore(pod, memoryRequest, wholeOf(services.node().status?.capacity?.memory)),
  });
}

const recentResources = new Recent<ContainerResources>(8);

/** pkg/kubelet/qos/policy.go GetContainerOOMScoreAdjust. */
function oomScore(pod: Pod, memoryRequest: number, capacity: number): number {
  if (pod.spec.priorityClassName === 'system-node-critical') return -997;
  const qos = pod.status?.qosClass ?? computeQosClass(pod.spec);
  if (qos === 'Guaranteed') return -997;
  if (qos === 'BestEffort') return 1000;
  const score = 1000 - Math.floor((1000 * memoryRequest) / Math.max(capacity, 1));
  return Math.min(Math.max(score, 3), 999);
}
