import type { Container, ContainerStatus, Event, Pod } from '../../api/generated/types.ts';
import { isPodConditionTrue, isRestartableInitContainer } from '../../api/podstatus.ts';
import { parseTime } from '../../apimachinery/time.ts';
import { logsCommand } from './look.ts';
import type { Wait, WaitView } from './wait.ts';

/** Events that say what the setting up of a pod fails for. */
const SETUP_FAILURES: ReadonlySet<string> = new Set([
  'FailedMount',
  'FailedAttachVolume',
  'FailedMapVolume',
  'FailedCreatePodSandBox',
  'NetworkNotReady',
]);
const IMAGE_TROUBLE: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
]);

/** What the containers of a pod wait for that its kubelet has in hand. */
export function containerWaits(pod: Pod, view: WaitView): readonly Wait[] {
  const inits = pod.spec.initContainers ?? [];
  for (const [i, container] of inits.entries()) {
    const status = pod.status?.initContainerStatuses?.[i];
    const sidecar = isRestartableInitContainer(container);
    if (sidecar ? status?.started === true : status?.state?.terminated?.exitCode === 0) continue;
    const [first] = ofContainer(pod, container, status, view);
    const text = first?.text ?? view.words.pod.running;
    return [{ text: view.words.pod.initFirst(container.name, text), look: logsCommand(pod, container) }];
  }
  const waits = pod.spec.containers.flatMap((container) =>
    ofContainer(
      pod,
      container,
      pod.status?.containerStatuses?.find(({ name }) => name === container.name),
      view,
    ),
  );
  const gates = (pod.spec.readinessGates ?? [])
    .filter(({ conditionType }) => !isPodConditionTrue(pod, conditionType))
    .map(({ conditionType }) => ({ text: view.words.pod.readinessGate(conditionType) }));
  return unique([...waits, ...gates, ...resizeWaits(pod, view)]);
}

/** A resize that its kubelet has not granted, or has not brought about. */
function resizeWaits({ status }: Pod, view: WaitView): readonly Wait[] {
  return (status?.conditions ?? [])
    .filter(({ type, reason }) => RESIZES.has(type) && reason !== undefined)
    .map(({ reason = '', message = '' }) => ({ text: view.words.pod.resize(reason, message) }));
}

const RESIZES: ReadonlySet<string> = new Set(['PodResizePending', 'PodResizeInProgress']);

/** Containers of a pod often wait for the same. */
function unique(waits: readonly Wait[]): readonly Wait[] {
  return waits.filter(({ text }, i) => waits.findIndex((other) => other.text === text) === i);
}

function ofContainer(
  pod: Pod,
  container: Container,
  status: ContainerStatus | undefined,
  view: WaitView,
): readonly Wait[] {
  const { pod: words } = view.words;
  const { state, lastState, restartCount = 0 } = status ?? {};
  const { waiting, terminated, running } = state ?? {};
  if (terminated !== undefined) {
    const policy = pod.spec.restartPolicy ?? 'Always';
    const final = policy === 'Never' || (policy === 'OnFailure' && terminated.exitCode === 0);
    if (final)
      return terminated.exitCode === 0
        ? []
        : [
            {
              text: words.endedForGood(container.name, terminated.exitCode, policy),
              look: logsCommand(pod, container),
            },
          ];
    return [crash(pod, container, terminated, restartCount, view)];
  }
  if (running !== undefined) return ofRunning(pod, container, status, view);
  const { reason = '', message = '' } = waiting ?? {};
  if (reason === 'CrashLoopBackOff' && lastState?.terminated !== undefined)
    return [crash(pod, container, lastState.terminated, restartCount, view)];
  if (IMAGE_TROUBLE.has(reason))
    return [
      {
        text: words.noImage(container.name, container.image ?? '', pullError(pod, container, message, view)),
      },
    ];
  if (reason === '' || reason === 'ContainerCreating' || reason === 'PodInitializing')
    return [setUp(pod, container, view)];
  return [{ text: words.waiting(container.name, reason, message) }];
}

/** Of a pull that is backed off the status tells no more than that; the failed attempt's event tells why. */
function pullError(pod: Pod, container: Container, message: string, view: WaitView): string {
  const failed = last(
    view.events(pod),
    (event) =>
      event.reason === 'Failed' && isAbout(event, container) && (event.message ?? '').includes('pull'),
  );
  return failed?.message?.replace(/^spec\.\w+\{[^}]*\}: /, '') ?? message;
}

function crash(
  pod: Pod,
  container: Container,
  { exitCode, reason = '' }: { readonly exitCode: number; readonly reason?: string },
  restarts: number,
  view: WaitView,
): Wait {
  const { pod: words } = view.words;
  return {
    text: words.crashes(container.name, exitCode, reason, restarts),
    look: logsCommand(pod, container, restarts > 0),
  };
}

function setUp(pod: Pod, container: Container, view: WaitView): Wait {
  const { pod: words } = view.words;
  const events = view.events(pod);
  const trouble = last(events, ({ reason = '' }) => SETUP_FAILURES.has(reason));
  if (trouble !== undefined)
    return { text: words.waiting(container.name, trouble.reason ?? '', trouble.message ?? '') };
  const pulling = last(events, (event) => event.reason === 'Pulling' && isAbout(event, container));
  const pulled = last(events, (event) => event.reason === 'Pulled' && isAbout(event, container));
  const began = pulling?.lastTimestamp ?? pulling?.eventTime;
  if (began !== undefined && (pulled === undefined || time(pulled) < time(pulling)))
    return { text: words.pulling(container.image ?? '', view.since(began)) };
  return { text: words.preparing };
}

function ofRunning(
  pod: Pod,
  container: Container,
  status: ContainerStatus | undefined,
  view: WaitView,
): readonly Wait[] {
  if (status?.ready === true) return [];
  const { pod: words } = view.words;
  const since = parseTime(status?.state?.running?.startedAt ?? '') ?? 0;
  const unhealthy = last(
    view.events(pod),
    (event) => event.reason === 'Unhealthy' && isAbout(event, container) && time(event) >= since,
  );
  const message = unhealthy?.message?.replace(/^spec\.\w+\{[^}]*\}: /, '') ?? '';
  if (container.startupProbe !== undefined && status?.started !== true)
    return [{ text: words.notStarted(container.name, message) }];
  return [{ text: words.notReady(container.name, message) }];
}

function isAbout({ involvedObject }: Event, { name }: Container): boolean {
  return involvedObject.fieldPath?.endsWith(`{${name}}`) === true;
}

function time(event: Event | undefined): number {
  return parseTime(event?.lastTimestamp ?? event?.eventTime ?? '') ?? 0;
}

function last(events: readonly Event[], wanted: (event: Event) => boolean): Event | undefined {
  return events.findLast(wanted);
}
