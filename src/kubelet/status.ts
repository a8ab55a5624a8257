import type { ContainerStatus, HostIP, Pod, PodCondition, PodIP, PodStatus } from '../api/generated/types.ts';
import { isTerminalPhase } from '../api/podstatus.ts';
import { computeQosClass } from '../api/qos.ts';
import { formatTime } from '../apimachinery/time.ts';
import { podConditions } from './conditions.ts';
import {
  containerStatuses,
  ephemeralContainerStatuses,
  initContainerStatuses,
  type ProbeState,
  type WaitingReason,
} from './containerstatus.ts';
import type { ContainerRuntime } from './cri.ts';
import { type PodPhase, podPhase } from './phase.ts';

import type { RuntimeView } from './runtimeview.ts';

/** Why a pod is over by decision of the kubelet rather than by its containers' ends. */
export interface Verdict {
  readonly phase: PodPhase;
  readonly reason: string;
  readonly message: string;
  /** DisruptionTarget, where the kubelet is what disrupts. */
  readonly condition?: PodCondition;
}

export interface StatusInputs {
  readonly pod: Pod;
  /** What was reported last: by this kubelet, else what the API server has. */
  readonly old: PodStatus;
  readonly view: RuntimeView;
  readonly runtime: ContainerRuntime;
  readonly waiting: ReadonlyMap<string, WaitingReason>;
  readonly probes: ProbeState;
  readonly hostIPs: readonly HostIP[];
  /** The conditions of a resize under way. */
  readonly resizing: readonly PodCondition[];
  readonly verdict: Verdict | undefined;
  /** The pod is being stopped. */
  readonly ending: boolean;
  /** Nothing of the pod runs any more: only now may a phase be reported that says so. */
  readonly ended: boolean;
  readonly now: number;
}

const podIPLists = new WeakMap<readonly string[], readonly PodIP[]>();

function podIPsOf(ips: readonly string[]): readonly PodIP[] {
  const known = podIPLists.get(ips);
  if (known !== undefined) return known;
  const list = Object.freeze(ips.map((ip) => Object.freeze({ ip })));
  podIPLists.set(ips, list);
  return list;
}

/** A pod's status as the runtime and the probes have it now (kubelet_pods.go generateAPIPodStatus). */
export function generatePodStatus(inputs: StatusInputs): {
  readonly status: PodStatus;
  readonly phase: PodPhase;
} {
  const { pod, old, view, verdict } = inputs;
  const context = {
    ...inputs,
    old: [
      ...(old.initContainerStatuses ?? []),
      ...(old.containerStatuses ?? []),
      ...(old.ephemeralContainerStatuses ?? []),
    ],
  };
  const init = initContainerStatuses(context);
  const main = containerStatuses(context);
  const ephemeral = ephemeralContainerStatuses(context);
  const phase = decidePhase(inputs, podPhase(pod, init, main, inputs.ending));
  // What runs could still end otherwise: the last phase stands until it has (mergePodStatus).
  const shown = isTerminalPhase(phase) && !inputs.ended ? ((old.phase ?? 'Pending') as PodPhase) : phase;
  const now = formatTime(inputs.now);
  const shownConditions = podConditions({
    pod,
    phase: shown,
    init,
    main,
    sandboxReady: view.sandbox?.state === 'ready' && !inputs.ended,
    resizing: inputs.ended ? [] : inputs.resizing,
    old: old.conditions ?? [],
    now,
  });
  // What the kubelet decided is told together with the phase that it leads to, and not before.
  const over = isTerminalPhase(shown);
  const conditions = over ? withVerdict(shownConditions, verdict, now) : shownConditions;
  const reason = over ? (verdict ?? (isTerminalPhase(old.phase) ? old : undefined)) : undefined;
  const { generation } = pod.metadata;
  const ips =
    view.ips.length > 0 ? podIPsOf(view.ips) : inputs.ending || inputs.ended ? (old.podIPs ?? []) : [];
  const podIP = ips[0]?.ip;
  const hostIP = inputs.hostIPs[0]?.ip;
  const startTime = old.startTime ?? now;
  const qosClass = old.qosClass ?? computeQosClass(pod.spec);
  const plain =
    generation !== undefined &&
    hostIP !== undefined &&
    reason?.message === undefined &&
    reason?.reason === undefined &&
    init.length + ephemeral.length === 0;
  const status: PodStatus = plain
    ? plainStatus(generation, shown, conditions, hostIP, inputs.hostIPs, ips, startTime, main, qosClass)
    : {
        ...(generation === undefined ? {} : { observedGeneration: generation }),
        phase: shown,
        conditions,
        ...(reason?.message === undefined ? {} : { message: reason.message }),
        ...(reason?.reason === undefined ? {} : { reason: reason.reason }),
        ...(hostIP === undefined ? {} : { hostIP, hostIPs: inputs.hostIPs }),
        ...(podIP === undefined ? {} : { podIP, podIPs: ips }),
        startTime,
        ...(init.length === 0 ? {} : { initContainerStatuses: init }),
        containerStatuses: main,
        ...(ephemeral.length === 0 ? {} : { ephemeralContainerStatuses: ephemeral }),
        qosClass,
      };
  return { status, phase };
}

/** Whoever was to go already has been so since then (updateLastTransitionTime in status_manager.go). */
function withVerdict(
  conditions: readonly PodCondition[],
  verdict: Verdict | undefined,
  now: string,
): readonly PodCondition[] {
  const condition = verdict?.condition;
  if (condition === undefined) return conditions;
  const before = conditions.find(({ type }) => type === condition.type);
  const since = before?.status === condition.status ? before.lastTransitionTime : undefined;
  return [
    { ...condition, lastTransitionTime: since ?? now },
    ...conditions.filter((each) => each !== before),
  ];
}

/** The status of most pods, with all its fields spelled out: one that grows field by field takes twice the room. */
function plainStatus(
  observedGeneration: number,
  phase: PodPhase,
  conditions: readonly PodCondition[],
  hostIP: string,
  hostIPs: readonly HostIP[],
  podIPs: readonly PodIP[],
  startTime: string,
  containerStatuses: readonly ContainerStatus[],
  qosClass: string,
): PodStatus {
  const podIP = podIPs[0]?.ip;
  if (podIP === undefined) {
    return { observedGeneration, phase, conditions, hostIP, hostIPs, startTime, containerStatuses, qosClass };
  }
  return {
    observedGeneration,
    phase,
    conditions,
    hostIP,
    hostIPs,
    podIP,
    podIPs,
    startTime,
    containerStatuses,
    qosClass,
  };
}

/** A terminal phase never changes, whatever the containers say (invariant of the pod lifecycle). */
function decidePhase({ old, verdict }: StatusInputs, computed: PodPhase): PodPhase {
  if (isTerminalPhase(old.phase)) return old.phase as PodPhase;
  return verdict?.phase ?? computed;
}

/** The status of a pod that was never let in (kubelet.go rejectPod). */
export function rejectedStatus(pod: Pod, reason: string, message: string, now: number): PodStatus {
  const { generation } = pod.metadata;
  const conditions = (pod.status?.conditions ?? []).filter(({ type }) => type === 'PodScheduled');
  return {
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    phase: 'Failed',
    ...(conditions.length === 0 ? {} : { conditions }),
    reason,
    message: `Pod was rejected: ${message}`,
    startTime: formatTime(now),
    qosClass: pod.status?.qosClass ?? computeQosClass(pod.spec),
  };
}
