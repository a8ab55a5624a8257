import type { ContainerImage, Node, NodeCondition, NodeStatus } from '../api/generated/types.ts';
import { formatQuantity, milliOf, quantityFromMilli, quantityFromValue } from '../apimachinery/quantity.ts';
import type { KubeletConfig, NodeInfo } from './config.ts';
import type { ContainerRuntime, ImageRecord, RuntimeStatus } from './cri.ts';
import { type Pressure, reservedFor } from './eviction/thresholds.ts';

export const KUBELET_VERSION = 'v1.35.6';

/** A node reports at most so many images, the largest first. */
const MAX_IMAGES = 50;

/** What a node has and what of it pods may use. */
export interface NodeResources {
  readonly capacity: Readonly<Record<string, string>>;
  readonly allocatable: Readonly<Record<string, string>>;
}

/** Allocatable is capacity less what is reserved and the eviction threshold (cm/node_container_manager). */
export function nodeResources(info: NodeInfo, config: KubeletConfig): NodeResources {
  const capacity: Record<string, string> = { pods: String(config.maxPods), ...info.capacity };
  const allocatable: Record<string, string> = { ...capacity };
  if (capacity.cpu !== undefined && config.reservedCpu > 0)
    allocatable.cpu = formatQuantity(
      quantityFromMilli(Math.max(0, milliOf(capacity.cpu) - config.reservedCpu)),
    );
  const total = milliOf(capacity.memory) / 1000;
  const withheld = config.reservedMemory + reservedFor(config, 'memory.available', total);
  if (capacity.memory !== undefined && withheld > 0)
    allocatable.memory = formatQuantity(quantityFromValue(Math.max(0, total - withheld), 'BinarySI'));
  const disk = milliOf(capacity['ephemeral-storage']) / 1000;
  const kept = reservedFor(config, 'nodefs.available', disk);
  if (kept > 0)
    allocatable['ephemeral-storage'] = formatQuantity(
      quantityFromValue(Math.max(0, disk - kept), 'DecimalSI'),
    );
  return Object.freeze({ capacity: Object.freeze(capacity), allocatable: Object.freeze(allocatable) });
}

/** The labels a kubelet registers its node with. */
function nodeLabels(name: string, info: NodeInfo): Readonly<Record<string, string>> {
  const arch = info.architecture ?? 'amd64';
  return {
    'beta.kubernetes.io/arch': arch,
    'beta.kubernetes.io/os': 'linux',
    ...info.labels,
    'kubernetes.io/arch': arch,
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
  };
}

/** The labels that a kubelet sets right whenever it starts (kubelet_node_status.go updateDefaultLabels). */
const DEFAULT_LABELS: readonly string[] = [
  'kubernetes.io/hostname',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'node.kubernetes.io/instance-type',
  'beta.kubernetes.io/instance-type',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
];

/**
 * A known node's labels when its kubelet starts again: the default ones as the kubelet has them, all others
 * as whoever set them left them, those of the registration included.
 */
export function withDefaultLabels(
  known: Readonly<Record<string, string>>,
  name: string,
  info: NodeInfo,
): Readonly<Record<string, string>> {
  const own = nodeLabels(name, info);
  const next: Record<string, string> = { ...known };
  for (const label of DEFAULT_LABELS) {
    const value = own[label];
    if (value === undefined) delete next[label];
    else next[label] = value;
  }
  return next;
}

/** The parts of a node's status that do not change while the kubelet runs. */
export function fixedNodeStatus(
  info: NodeInfo,
  resources: NodeResources,
  runtimeVersion: string,
): Pick<NodeStatus, 'addresses' | 'allocatable' | 'capacity' | 'daemonEndpoints' | 'features' | 'nodeInfo'> {
  return Object.freeze({
    addresses: info.addresses,
    allocatable: resources.allocatable,
    capacity: resources.capacity,
    daemonEndpoints: Object.freeze({ kubeletEndpoint: Object.freeze({ Port: 10250 }) }),
    features: Object.freeze({ supplementalGroupsPolicy: true }),
    nodeInfo: Object.freeze({
      architecture: info.architecture ?? 'amd64',
      bootID: info.bootID,
      containerRuntimeVersion: runtimeVersion,
      kernelVersion: info.kernelVersion ?? '6.12.48',
      kubeProxyVersion: '',
      kubeletVersion: KUBELET_VERSION,
      machineID: info.machineID,
      operatingSystem: 'linux',
      osImage: info.osImage ?? 'Debian GNU/Linux 13 (trixie)',
      systemUUID: info.systemUUID,
    }),
  });
}

type FixedNodeStatus = ReturnType<typeof fixedNodeStatus>;

/**
 * The node's own resources and those that others advertise on it, such as example.com/dongle: their
 * capacity stands, and all of it is allocatable (nodestatus/setters.go MachineInfo).
 */
export function withOthersResources(fixed: FixedNodeStatus, old: NodeStatus): FixedNodeStatus {
  const others = Object.entries(old.capacity ?? {}).filter(([name]) => fixed.capacity?.[name] === undefined);
  if (others.length === 0) return fixed;
  const added = Object.fromEntries(others);
  return {
    ...fixed,
    capacity: { ...added, ...fixed.capacity },
    allocatable: { ...added, ...fixed.allocatable },
  };
}

const imageLists = new WeakMap<readonly ImageRecord[], readonly ContainerImage[]>();

/** status.images: the same list for the same images. */
export function nodeImages(runtime: ContainerRuntime): readonly ContainerImage[] {
  const records = runtime.listImages();
  const known = imageLists.get(records);
  if (known !== undefined) return known;
  const list = [...records]
    .sort((a, b) => b.sizeBytes - a.sizeBytes)
    .slice(0, MAX_IMAGES)
    .map((image) => ({ names: [...image.repoDigests, ...image.repoTags], sizeBytes: image.sizeBytes }));
  imageLists.set(records, list);
  return list;
}

interface Verdict {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** What is said of each shortage while there is none, and while there is one (nodestatus/setters.go). */
const PRESSURES: readonly PressureWords[] = [
  pressureVerdicts(
    'MemoryPressure',
    ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    ['KubeletHasInsufficientMemory', 'kubelet has insufficient memory available'],
  ),
  pressureVerdicts(
    'DiskPressure',
    ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    ['KubeletHasDiskPressure', 'kubelet has disk pressure'],
  ),
  pressureVerdicts(
    'PIDPressure',
    ['KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
    ['KubeletHasInsufficientPID', 'kubelet has insufficient PID available'],
  ),
];

type Words = readonly [reason: string, message: string];

interface PressureWords {
  readonly pressure: Pressure;
  readonly well: Verdict;
  readonly short: Verdict;
}

function pressureVerdicts(pressure: Pressure, well: Words, short: Words): PressureWords {
  return {
    pressure,
    well: { type: pressure, status: 'False', reason: well[0], message: well[1] },
    short: { type: pressure, status: 'True', reason: short[0], message: short[1] },
  };
}

const READY: Verdict = {
  type: 'Ready',
  status: 'True',
  reason: 'KubeletReady',
  message: 'kubelet is posting ready status',
};

/** Ready, or why not (nodestatus/setters.go ReadyCondition). */
export function readyVerdict(runtime: RuntimeStatus): Verdict {
  const problems: string[] = [];
  if (!runtime.runtimeReady) problems.push('container runtime is down');
  if (!runtime.networkReady)
    problems.push(
      `container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:${runtime.message}`,
    );
  if (problems.length === 0) return READY;
  const message = problems.length === 1 ? (problems[0] ?? '') : `[${problems.join(', ')}]`;
  return { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message };
}

/**
 * The node's conditions: the kubelet's own, and those of others (NetworkUnavailable) as they are. A
 * transition time changes with the status only; every heartbeat time is `now`.
 */
export function nodeConditions(
  old: readonly NodeCondition[],
  runtime: RuntimeStatus,
  hasPressure: (pressure: Pressure) => boolean,
  now: string,
): readonly NodeCondition[] {
  const pressures = PRESSURES.map(({ pressure, well, short }) => (hasPressure(pressure) ? short : well));
  const verdicts = [...pressures, readyVerdict(runtime)];
  const others = old.filter(({ type }) => !verdicts.some((verdict) => verdict.type === type));
  const own = verdicts.map((verdict): NodeCondition => {
    const before = old.find(({ type }) => type === verdict.type);
    const since = before?.status === verdict.status ? before.lastTransitionTime : undefined;
    return { ...verdict, lastHeartbeatTime: now, lastTransitionTime: since ?? now };
  });
  return [...others, ...own];
}

/** Whether two lists of conditions differ in more than their heartbeats. */
export function conditionsDiffer(a: readonly NodeCondition[], b: readonly NodeCondition[]): boolean {
  return (
    a.length !== b.length ||
    a.some((condition, i) => {
      const other = b[i];
      return (
        condition.type !== other?.type ||
        condition.status !== other.status ||
        condition.reason !== other.reason ||
        condition.message !== other.message
      );
    })
  );
}

/** The Node object this kubelet registers (kubelet_node_status.go initialNode). */
export function initialNode(name: string, info: NodeInfo, status: NodeStatus): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: nodeLabels(name, info),
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
    },
    spec: {
      ...(info.podCIDR === undefined ? {} : { podCIDR: info.podCIDR, podCIDRs: [info.podCIDR] }),
      ...(info.providerID === undefined ? {} : { providerID: info.providerID }),
      ...(info.taints === undefined || info.taints.length === 0 ? {} : { taints: info.taints }),
    },
    status,
  };
}
