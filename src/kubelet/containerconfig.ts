import type { Container, Pod } from '../api/generated/types.ts';
import { nameOf, namespaceOf, uidOf } from '../api/object.ts';
import { computeQosClass } from '../api/qos.ts';
import { valueOf as wholeOf } from '../apimachinery/quantity.ts';
import { Recent } from '../apimachinery/recent.ts';
import type { Transport } from '../network/types.ts';
import { containerHash, HASH_ANNOTATION } from './actions.ts';
import { amountsOf } from './amounts.ts';
import type { ContainerConfig, ContainerResources, ImageRecord } from './cri.ts';
import { makeEnvironment } from './env.ts';
import { expand } from './expansion.ts';
import { specGracePeriod } from './podtext.ts';
import { refuseRoot, securityOf } from './security.ts';
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
  const { command, args, workingDir } = container;
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
    ...processesOf(pod),
    stdin: container.stdin === true,
    stdinOnce: container.stdinOnce === true,
    tty: container.tty === true,
    ...securityOf(pod, container),
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

function processesOf({ spec }: Pod): Pick<ContainerConfig, 'processes'> {
  if (spec.hostPID === true) return { processes: 'machine' };
  return spec.shareProcessNamespace === true ? { processes: 'pod' } : {};
}

const NO_PORTS: ContainerConfig['ports'] = Object.freeze([]);

function portsOf({ ports }: Container): ContainerConfig['ports'] {
  if (ports === undefined || ports.length === 0) return NO_PORTS;
  return ports.map(({ name = '', containerPort, protocol = 'TCP' }) => ({
    name,
    port: containerPort,
    transport: protocol as Transport,
  }));
}

/** The container's resources as the runtime enforces them. */
export function resourcesOf(pod: Pod, container: Container, services: PodServices): ContainerResources {
  const amounts = amountsOf(container);
  const capacity = wholeOf(services.node().status?.capacity?.memory);
  return recentResources.of({ ...amounts, oomScoreAdj: oomScore(pod, amounts.memoryRequest, capacity) });
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
