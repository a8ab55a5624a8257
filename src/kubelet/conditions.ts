import type { ContainerStatus, Pod, PodCondition } from '../api/generated/types.ts';
import { isRestartableInitContainer } from '../api/podstatus.ts';
import { Recent } from '../apimachinery/recent.ts';
import type { PodPhase } from './phase.ts';

/** The condition types only the kubelet writes (pkg/kubelet/types/pod_status.go). */
export const KUBELET_CONDITIONS: ReadonlySet<string> = new Set([
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodScheduled',
  'PodResizePending',
  'PodResizeInProgress',
]);

interface Verdict {
  readonly status: 'True' | 'False';
  readonly reason?: string;
  readonly message?: string;
}

const TRUE: Verdict = Object.freeze({ status: 'True' });

export interface ConditionInputs {
  readonly pod: Pod;
  readonly phase: PodPhase;
  readonly init: readonly ContainerStatus[];
  readonly main: readonly ContainerStatus[];
  /** The sandbox is up and has its network. */
  readonly sandboxReady: boolean;
  /** What there is to say of a resize. */
  readonly resizing: readonly PodCondition[];
  /** The kubelet's conditions as they were last. */
  readonly old: readonly PodCondition[];
  /** RFC 3339. */
  readonly now: string;
}

/**
 * All conditions of the pod: those of others as they are, then the kubelet's (pkg/kubelet/status/generate.go).
 * A condition that did not change is the same object as before.
 */
export function podConditions(inputs: ConditionInputs): readonly PodCondition[] {
  const containersReady = containersVerdict(inputs);
  const others = (inputs.pod.status?.conditions ?? []).filter(({ type }) => !KUBELET_CONDITIONS.has(type));
  // Not `[...others, five]`: a list that grows has room to spare for good.
  const list = others.concat(inputs.resizing, [
    condition(inputs, 'PodReadyToStartContainers', inputs.sandboxReady ? TRUE : { status: 'False' }),
    condition(inputs, 'Initialized', initializedVerdict(inputs)),
    condition(inputs, 'Ready', readyVerdict(inputs, containersReady, others)),
    condition(inputs, 'ContainersReady', containersReady),
    condition(inputs, 'PodScheduled', TRUE),
  ]);
  return recentLists.of(list);
}

/** Pods that come to the same at the same time share their conditions; of each type there are few at once. */
const recent: ReadonlyMap<string, Recent<PodCondition>> = new Map(
  [...KUBELET_CONDITIONS].map((type) => [type, new Recent(6)]),
);
const recentLists = new Recent<readonly PodCondition[]>(8);

function condition(inputs: ConditionInputs, type: string, verdict: Verdict): PodCondition {
  const { pod, old } = inputs;
  const before = old.find((c) => c.type === type);
  const { generation } = pod.metadata;
  const sameStatus = before?.status === verdict.status;
  if (
    before !== undefined &&
    sameStatus &&
    before.reason === verdict.reason &&
    before.message === verdict.message &&
    before.observedGeneration === generation
  )
    return before;
  const made = newCondition(inputs, type, verdict, sameStatus ? before : undefined);
  return recent.get(type)?.of(made) ?? made;
}

function newCondition(
  { pod, now }: ConditionInputs,
  type: string,
  verdict: Verdict,
  standing: PodCondition | undefined,
): PodCondition {
  const { generation } = pod.metadata;
  const lastTransitionTime = standing?.lastTransitionTime ?? now;
  const { status, reason, message } = verdict;
  // The usual ones are spelled out: every pod keeps ten or more, and what grows field by field takes more room.
  if (generation !== undefined && reason === undefined && message === undefined)
    return { type, status, lastTransitionTime, observedGeneration: generation };
  if (generation !== undefined && reason !== undefined && message !== undefined)
    return { type, status, reason, message, lastTransitionTime, observedGeneration: generation };
  return {
    type,
    ...verdict,
    lastTransitionTime,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  };
}

/** Of a pod that is over. */
function terminalVerdict(phase: PodPhase): Verdict | undefined {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  return undefined;
}

function containersVerdict({ pod, phase, init, main }: ConditionInputs): Verdict {
  const terminal = terminalVerdict(phase);
  if (terminal !== undefined) return terminal;
  const unready: string[] = [];
  for (const container of pod.spec.initContainers ?? []) {
    if (!isRestartableInitContainer(container)) continue;
    if (init.find(({ name }) => name === container.name)?.ready !== true) unready.push(container.name);
  }
  for (const { name } of pod.spec.containers) {
    if (main.find((status) => status.name === name)?.ready !== true) unready.push(name);
  }
  if (unready.length === 0) return TRUE;
  const message = `containers with unready status: [${unready.join(' ')}]`;
  return { status: 'False', reason: 'ContainersNotReady', message };
}

function readyVerdict(
  inputs: ConditionInputs,
  containers: Verdict,
  others: readonly PodCondition[],
): Verdict {
  if (containers.status === 'False') return containers;
  const unmet: string[] = [];
  for (const { conditionType } of inputs.pod.spec.readinessGates ?? []) {
    const gate = others.find(({ type }) => type === conditionType);
    if (gate === undefined)
      unmet.push(`corresponding condition of pod readiness gate "${conditionType}" does not exist.`);
    else if (gate.status !== 'True')
      unmet.push(`the status of pod readiness gate "${conditionType}" is not "True", but ${gate.status}`);
  }
  return unmet.length === 0
    ? TRUE
    : { status: 'False', reason: 'ReadinessGatesNotReady', message: unmet.join(', ') };
}

function initializedVerdict({ pod, phase, init, main }: ConditionInputs): Verdict {
  if (phase === 'Succeeded') return { status: 'True', reason: 'PodCompleted' };
  const started = main.some(({ state }) => state?.running !== undefined || state?.terminated !== undefined);
  if (started) return TRUE;
  const incomplete: string[] = [];
  for (const container of pod.spec.initContainers ?? []) {
    const status = init.find(({ name }) => name === container.name);
    const done = isRestartableInitContainer(container) ? status?.started === true : status?.ready === true;
    if (!done) incomplete.push(container.name);
  }
  if (incomplete.length === 0) return TRUE;
  const message = `containers with incomplete status: [${incomplete.join(' ')}]`;
  return { status: 'False', reason: 'ContainersNotInitialized', message };
}
