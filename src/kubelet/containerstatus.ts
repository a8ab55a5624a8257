import type {
  Container,
  ContainerState,
  ContainerStateTerminated,
  ContainerStatus,
  Pod,
  VolumeMountStatus,
} from '../api/generated/types.ts';
import { isRestartableInitContainer } from '../api/podstatus.ts';
import { Recent } from '../apimachinery/recent.ts';
import { formatTime } from '../apimachinery/time.ts';
import type { ContainerRuntime, CriContainer, LinuxUser } from './cri.ts';
import { shouldRestart } from './restart.ts';
import type { RuntimeView } from './runtimeview.ts';

/** Why a container waits: `CrashLoopBackOff`, `ErrImagePull` ... and the sentence that goes with it. */
export interface WaitingReason {
  readonly reason: string;
  readonly message: string;
}

/** What probes have found out about a pod's containers. */
export interface ProbeState {
  isStarted(container: Container, id: string): boolean;
  isReady(container: Container, id: string): boolean;
}

export interface ContainerStatusContext {
  readonly pod: Pod;
  readonly view: RuntimeView;
  readonly runtime: ContainerRuntime;
  /** Why containers could not be started the last time that was tried. */
  readonly waiting: ReadonlyMap<string, WaitingReason>;
  readonly probes: ProbeState;
  /** What the kubelet or its predecessor reported last. */
  readonly old: readonly ContainerStatus[];
}

const EMPTY_STATE: ContainerState = Object.freeze({});
const MAX_MESSAGE = 4096;
const MAX_LOG_LINES = 80;

const CREATING = waitingState('ContainerCreating');
const INITIALIZING = waitingState('PodInitializing');

function waitingState(reason: string, message?: string): ContainerState {
  return Object.freeze({ waiting: Object.freeze(message === undefined ? { reason } : { reason, message }) });
}

/** Containers that started within the same second share their state. */
const recentStarts = new Recent<NonNullable<ContainerState['running']>>(4);
const recentStates = new Recent<ContainerState>(4);

const states = new WeakMap<CriContainer, ContainerState>();

/** The state of a container as the API shows it; the same object for the same incarnation and state. */
function stateOf(
  container: CriContainer,
  spec: Container,
  runtime: ContainerRuntime,
): ContainerState | undefined {
  if (container.state === 'created') return undefined;
  const known = states.get(container);
  if (known !== undefined) return known;
  const state: ContainerState = recentStates.of(
    container.state === 'running'
      ? { running: recentStarts.of({ startedAt: formatTime(container.startedAt) }) }
      : { terminated: terminatedState(container, spec, runtime) },
  );
  states.set(container, state);
  return state;
}

function terminatedState(
  c: CriContainer,
  spec: Container,
  runtime: ContainerRuntime,
): ContainerStateTerminated {
  const message = terminationMessage(c, spec, runtime);
  return Object.freeze({
    exitCode: c.exitCode,
    reason: c.reason,
    ...(message === '' ? {} : { message }),
    startedAt: formatTime(c.startedAt),
    finishedAt: formatTime(c.finishedAt),
    containerID: containerID(c.id),
  });
}

/** What the program left as its last words, or with FallbackToLogsOnError the end of its log. */
function terminationMessage(c: CriContainer, spec: Container, runtime: ContainerRuntime): string {
  if (c.message !== '') return c.message.slice(0, MAX_MESSAGE);
  if (c.terminationMessage !== '') return c.terminationMessage.slice(0, MAX_MESSAGE);
  if (spec.terminationMessagePolicy !== 'FallbackToLogsOnError' || c.exitCode === 0) return '';
  const log = runtime.logs(c.id, { follow: false, timestamps: false, tailLines: MAX_LOG_LINES });
  if (!log.ok) return '';
  let text = '';
  log.value.onOutput((chunk) => {
    text += chunk.text;
  });
  log.value.close();
  return text.slice(-MAX_MESSAGE);
}

/** `containerd://<id>`. */
export function containerID(id: string): string {
  return `containerd://${id}`;
}

/** The id in `containerd://<id>`. */
export function bareContainerID(id: string | undefined): string {
  return id === undefined ? '' : id.slice(id.indexOf('://') + 3);
}

interface Static {
  readonly volumeMounts?: readonly VolumeMountStatus[];
  readonly allocatedResources?: NonNullable<ContainerStatus['allocatedResources']>;
  readonly resources?: NonNullable<ContainerStatus['resources']>;
}

const NO_RESOURCES = Object.freeze({});
const statics = new WeakMap<Container, Static>();

/** The parts of a running container's status that follow from its spec alone. */
function staticParts(container: Container): Static {
  const known = statics.get(container);
  if (known !== undefined) return known;
  const { volumeMounts, resources } = container;
  const parts: Static = Object.freeze({
    ...(volumeMounts === undefined
      ? {}
      : {
          volumeMounts: volumeMounts.map(({ name, mountPath, readOnly }) =>
            readOnly === true
              ? { name, mountPath, readOnly, recursiveReadOnly: 'Disabled' }
              : { name, mountPath },
          ),
        }),
    ...(resources?.requests === undefined ? {} : { allocatedResources: resources.requests }),
    resources: resources ?? NO_RESOURCES,
  });
  statics.set(container, parts);
  return parts;
}

/** The statuses of the spec's containers, sorted by name as upstream sorts them. */
export function containerStatuses(context: ContainerStatusContext): readonly ContainerStatus[] {
  const list = context.pod.spec.containers.map((container) => containerStatus(context, container, 'main'));
  return list.length < 2 ? list : list.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The statuses of the init containers, in the order of the spec. */
export function initContainerStatuses(context: ContainerStatusContext): readonly ContainerStatus[] {
  return (context.pod.spec.initContainers ?? []).map((container) =>
    containerStatus(context, container, 'init'),
  );
}

export function ephemeralContainerStatuses(context: ContainerStatusContext): readonly ContainerStatus[] {
  const list = (context.pod.spec.ephemeralContainers ?? []) as readonly Container[];
  return list.map((container) => containerStatus(context, container, 'ephemeral'));
}

type Group = 'main' | 'init' | 'ephemeral';

function containerStatus(
  context: ContainerStatusContext,
  container: Container,
  group: Group,
): ContainerStatus {
  const { pod, view, runtime } = context;
  const { name } = container;
  const old = context.old.find((status) => status.name === name);
  const found = view.get(name);
  if (found === undefined) return unseenStatus(context, container, group, old);
  const { latest, previous } = found;
  const actual = stateOf(latest, container, runtime);
  const before = previous === undefined ? undefined : stateOf(previous, container, runtime);
  let state = actual ?? defaultWaiting(pod, group);
  let lastState = before ?? old?.lastState ?? EMPTY_STATE;
  const waiting = shouldRestart(pod, container, latest) ? context.waiting.get(name) : undefined;
  if (waiting !== undefined) {
    if (actual?.terminated !== undefined) lastState = actual;
    state = waitingState(waiting.reason, waiting.message);
  }
  const running = latest.state === 'running';
  const sidecarOrMain = group === 'main' || isRestartableInitContainer(container);
  const started = running && (!sidecarOrMain || context.probes.isStarted(container, latest.id));
  const done = group === 'init' && latest.state === 'exited' && latest.exitCode === 0;
  const ready = sidecarOrMain ? running && context.probes.isReady(container, latest.id) : done;
  return {
    name,
    state,
    lastState,
    ready,
    restartCount: latest.config.attempt,
    image: latest.config.imageName,
    imageID: latest.config.imageRef,
    containerID: containerID(latest.id),
    // Of an ephemeral container nobody asks (prober_manager.go UpdatePodStatus).
    ...(group === 'ephemeral' ? {} : { started }),
    user: userStatus(latest.user),
    ...staticParts(container),
  };
}

const users = new WeakMap<LinuxUser, NonNullable<ContainerStatus['user']>>();

/** Containers of one image that say nothing of users share theirs. */
function userStatus(linux: LinuxUser): NonNullable<ContainerStatus['user']> {
  let user = users.get(linux);
  if (user === undefined) {
    user = Object.freeze({ linux });
    users.set(linux, user);
  }
  return user;
}

function defaultWaiting(pod: Pod, group: Group): ContainerState {
  return group !== 'ephemeral' && (pod.spec.initContainers?.length ?? 0) > 0 ? INITIALIZING : CREATING;
}

/** A container the runtime has nothing of: not made yet, or lost. */
function unseenStatus(
  { pod, waiting }: ContainerStatusContext,
  container: Container,
  group: Group,
  old: ContainerStatus | undefined,
): ContainerStatus {
  const reason = waiting.get(container.name);
  if (old?.state?.terminated !== undefined && reason === undefined) return old;
  let lastState = old?.lastState ?? EMPTY_STATE;
  let restartCount = old?.restartCount ?? 0;
  if (old?.state?.running !== undefined) {
    lastState = LOST;
    restartCount++;
  }
  return {
    name: container.name,
    state: reason === undefined ? defaultWaiting(pod, group) : waitingState(reason.reason, reason.message),
    lastState,
    ready: false,
    restartCount,
    image: container.image ?? '',
    imageID: '',
    started: false,
    ...(staticParts(container).volumeMounts === undefined
      ? {}
      : { volumeMounts: staticParts(container).volumeMounts ?? [] }),
  };
}

const LOST: ContainerState = Object.freeze({
  terminated: Object.freeze({
    exitCode: 137,
    reason: 'ContainerStatusUnknown',
    message: 'The container could not be located when the pod was terminated',
  }),
});
