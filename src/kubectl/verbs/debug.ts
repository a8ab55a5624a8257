import type { ContainerStatus, Pod } from '../../api/generated/types.ts';
import { type KubeObject, nameOf, namespaceOf } from '../../api/object.ts';
import { schema } from '../../api/schema.ts';
import { isPatchError } from '../../apimachinery/patcherror.ts';
import { createTwoWayMergePatch } from '../../apimachinery/strategicdiff.ts';
import { attachTo } from '../attaching.ts';
import type { KubectlContext } from '../context.ts';
import { copyWith, debugContainer, nodePod } from '../debugging/pods.ts';
import { PROFILES } from '../debugging/profiles.ts';
import { type DebugWishes, wishesOf } from '../debugging/wishes.ts';
import { builtin } from '../discovery.ts';
import { type Failure, fail, failure, isFailed } from '../errors.ts';
import { FILENAME_FLAGS, namespaceFor } from '../flagsets.ts';
import { asJson } from '../printers/value.ts';
import { createObject, deleteObject, patchObject } from '../requests.ts';
import { fetch, resolve, selectionOf } from '../resources.ts';
import type { Waiting } from '../run.ts';
import { copyTo, openStream } from '../streams.ts';
import type { Flag, Verb } from '../verb.ts';
import { until } from '../watching.ts';

const keep = (what: string, byDefault = false): Flag => ({
  name: `keep-${what}`,
  type: 'bool',
  default: byDefault,
  usage: `If true, keep the ${what} of the original pod, with '--copy-to'`,
});

const FLAGS: readonly Flag[] = [
  ...FILENAME_FLAGS,
  {
    name: 'arguments-only',
    type: 'bool',
    usage: 'Pass everything after -- as arguments instead of as command',
  },
  {
    name: 'attach',
    type: 'bool',
    usage: 'If true, wait for the container to start running, and then attach to it',
  },
  { name: 'container', shorthand: 'c', type: 'string', usage: 'Container name to use for debug container' },
  { name: 'copy-to', type: 'string', usage: 'Create a copy of the target pod with this name' },
  {
    name: 'custom',
    type: 'string',
    usage: 'A file with a partial container spec to customize the profile (not supported)',
  },
  { name: 'env', type: 'strings', usage: 'Environment variables to set in the container' },
  { name: 'image', type: 'string', usage: 'Container image to use for debug container' },
  { name: 'image-pull-policy', type: 'string', usage: 'The image pull policy for the container' },
  keep('annotations'),
  keep('init-containers', true),
  keep('labels'),
  keep('liveness'),
  keep('readiness'),
  keep('startup'),
  {
    name: 'profile',
    type: 'string',
    default: 'legacy',
    usage: `Options are ${[...PROFILES.keys()].map((name) => `"${name}"`).join(', ')}`,
  },
  { name: 'quiet', shorthand: 'q', type: 'bool', usage: 'If true, suppress informational messages' },
  { name: 'replace', type: 'bool', usage: "When used with '--copy-to', delete the original pod" },
  {
    name: 'same-node',
    type: 'bool',
    usage: "When used with '--copy-to', schedule the copy on the same node",
  },
  {
    name: 'set-image',
    type: 'strings',
    usage: "With '--copy-to', name=image pairs for changing container images",
  },
  {
    name: 'share-processes',
    type: 'bool',
    default: true,
    usage: "With '--copy-to', share processes in the copy",
  },
  { name: 'stdin', shorthand: 'i', type: 'bool', usage: 'Keep stdin open on the container(s) in the pod' },
  {
    name: 'target',
    type: 'string',
    usage: 'When using an ephemeral container, target processes in this container',
  },
  { name: 'tty', shorthand: 't', type: 'bool', usage: 'Allocate a TTY for the debugging container' },
];

/** `kubectl debug` (pkg/cmd/debug/debug.go). */
export const debug: Verb = {
  name: 'debug',
  takesCommand: true,
  short: 'Create debugging sessions for troubleshooting workloads and nodes',
  usage: 'kubectl debug (POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]',
  examples: `  # A shell in a container of its own beside those of a pod
  kubectl debug web -it --image=busybox

  # The same, seeing the processes of one of its containers
  kubectl debug web -it --image=busybox --target=app

  # A copy of a pod with another command in one of its containers
  kubectl debug web -it --copy-to=web-debug --container=app -- sh

  # A pod in the namespaces of a node, with the node's files in /host
  kubectl debug node/cargo-1 -it --image=busybox`,
  flags: FLAGS,
  *run(context, args) {
    const wishes = wishesOf(args);
    if (isFailed(wishes)) return fail(context, wishes.failure);
    if (wishes.target !== '' && !wishes.quiet)
      context.stdio.out(
        `Targeting container "${wishes.target}". If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`,
      );
    if (wishes.tty && !wishes.stdin)
      return fail(context, '-i/--stdin is required for containers with -t/--tty=true');
    if (wishes.profile === 'legacy')
      context.stdio.err(
        '--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, for example "--profile=general".\n',
      );
    const words = args.args.map((word) => (word.includes('/') ? word : `pods/${word}`));
    const resolved = resolve(context, { ...selectionOf(context, args, ['filename']), args: words });
    if (isFailed(resolved)) return fail(context, resolved.failure);
    const { infos, errors } = fetch(context, resolved.infos);
    const refused = [...resolved.errors, ...errors];
    if (refused.length > 0) return fail(context, ...refused);
    for (const { kind, object, namespace } of infos) {
      const made = begin(
        context,
        wishes,
        kind.plural,
        object,
        namespace === '' ? namespaceFor(context, args) : namespace,
      );
      if (isFailed(made)) return fail(context, made.failure);
      if (!wishes.attach || made.container === '') continue;
      const code = yield* join(context, wishes, made.pod, made.container);
      if (code !== 0) return code;
    }
    return 0;
  },
};

/** The pod with the container to attach to; the name is empty when there is none. */
interface Debugged {
  readonly pod: Pod;
  readonly container: string;
}

function begin(
  context: KubectlContext,
  wishes: DebugWishes,
  plural: string,
  object: KubeObject,
  namespace: string,
): Debugged | Failure {
  if (plural === 'nodes') return onNode(context, wishes, nameOf(object), namespace);
  if (plural !== 'pods') return failure(`"${object.apiVersion}, Kind=${object.kind}" not supported by debug`);
  const pod = object as Pod;
  return wishes.copyTo === '' ? beside(context, wishes, pod) : byCopy(context, wishes, pod);
}

function onNode(
  context: KubectlContext,
  wishes: DebugWishes,
  node: string,
  namespace: string,
): Debugged | Failure {
  const pod = nodePod(wishes, node, context.random);
  const container = pod.spec.containers[0]?.name ?? '';
  if (!wishes.quiet)
    context.stdio.out(`Creating debugging pod ${nameOf(pod)} with container ${container} on node ${node}.\n`);
  const created = createObject(context, builtin('pods'), namespace, pod, {});
  return isFailed(created) ? created : { pod: created.object as Pod, container };
}

/** Adds an ephemeral container to the pod itself. */
function beside(context: KubectlContext, wishes: DebugWishes, pod: Pod): Debugged | Failure {
  const container = debugContainer(wishes, pod, context);
  const before = pod.spec.ephemeralContainers ?? [];
  warnOfUser(context, pod, container.securityContext);
  const next: Pod = { ...pod, spec: { ...pod.spec, ephemeralContainers: [...before, container] } };
  const patch = createTwoWayMergePatch(asJson(pod), asJson(next), schema, 'Pod');
  if (isPatchError(patch)) return failure(`error creating patch to add debug container: ${patch.error}`);
  const patched = patchObject(context, builtin('pods'), namespaceOf(pod), nameOf(pod), 'strategic', patch, {
    subresource: 'ephemeralcontainers',
  });
  return isFailed(patched) ? patched : { pod: patched.object as Pod, container: container.name };
}

function byCopy(context: KubectlContext, wishes: DebugWishes, pod: Pod): Debugged | Failure {
  const copy = copyWith(wishes, pod, context);
  if (isFailed(copy)) return copy;
  const added = copy.pod.spec.containers.find(({ name }) => name === copy.container);
  warnOfUser(context, copy.pod, added?.securityContext);
  const created = createObject(context, builtin('pods'), namespaceOf(pod), copy.pod, {});
  if (isFailed(created)) return created;
  if (wishes.replace) {
    const options = { gracePeriodSeconds: 0 };
    const deleted = deleteObject(context, builtin('pods'), namespaceOf(pod), nameOf(pod), options);
    if (isFailed(deleted)) return deleted;
  }
  return { pod: created.object as Pod, container: copy.container };
}

/** Capabilities mean little to a user that is not root. */
function warnOfUser(
  context: KubectlContext,
  { spec }: Pod,
  own: Pod['spec']['containers'][number]['securityContext'],
): void {
  if ((spec.securityContext?.runAsUser ?? 0) === 0 || own === undefined || own.runAsUser === 0) return;
  if (own.privileged !== true && (own.capabilities?.add ?? []).length === 0) return;
  context.stdio.err(
    'Warning: Non-root user is configured for the entire target Pod, and some capabilities granted by debug profile may not work. Please consider using "--custom" with a custom profile that specifies "securityContext.runAsUser: 0".\n',
  );
}

/** Waits until the container runs or has ended, and attaches to it or prints what it said. */
function* join(context: KubectlContext, wishes: DebugWishes, pod: Pod, container: string): Waiting<number> {
  const options = { namespace: namespaceOf(pod), fieldSelector: `metadata.name=${nameOf(pod)}` };
  let said = '';
  const end = yield* until<Pod>(context, builtin('pods'), options, undefined, (objects) => {
    const now = [...objects.values()][0] as Pod | undefined;
    const { running, terminated, waiting } =
      (now === undefined ? undefined : statusOf(now, container))?.state ?? {};
    if (now !== undefined && (running !== undefined || terminated !== undefined)) return now;
    const message = waiting?.message ?? '';
    if (!wishes.quiet && message !== '' && message !== said)
      context.stdio.err(`Warning: container ${container}: ${message}\n`);
    said = message;
    return undefined;
  });
  if (end.type !== 'done')
    return fail(context, end.type === 'refused' ? end.status : 'timed out waiting for the condition');
  if (statusOf(end.value, container)?.state?.terminated !== undefined)
    return yield* printLog(context, end.value, container);
  const { stdin, tty, quiet } = wishes;
  const refused = yield* attachTo(context, end.value, container, { stdin, tty, quiet });
  if (refused === undefined) return 0;
  const why = typeof refused.failure === 'string' ? refused.failure : (refused.failure.message ?? '');
  context.stdio.err(
    `warning: couldn't attach to pod/${nameOf(pod)}, falling back to streaming logs: ${why}\n`,
  );
  return yield* printLog(context, end.value, container);
}

function statusOf({ status }: Pod, container: string): ContainerStatus | undefined {
  const {
    initContainerStatuses = [],
    containerStatuses = [],
    ephemeralContainerStatuses = [],
  } = status ?? {};
  return [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses].find(
    ({ name }) => name === container,
  );
}

function* printLog(context: KubectlContext, pod: Pod, container: string): Waiting<number> {
  const opened = openStream(context, pod, 'log', { container });
  if (isFailed(opened)) return fail(context, opened.failure);
  yield* copyTo(context, opened.stream);
  return 0;
}
