import type { Container, EnvVar, Pod } from '../../api/generated/types.ts';
import { parseImageName } from '../../api/imagename.ts';
import { type KubeObject, nameOf, namespaceOf } from '../../api/object.ts';
import { isPodTerminal } from '../../api/podstatus.ts';
import { attachTo } from '../attaching.ts';
import type { KubectlContext } from '../context.ts';
import { defaultAccount } from '../defaultaccount.ts';
import { builtin } from '../discovery.ts';
import { type Failure, fail, failure, isFailed, usageError } from '../errors.ts';
import { namespaceFor, POD_RUNNING_TIMEOUT_FLAG, unsupported } from '../flagsets.ts';
import { PATCH_TYPES, patchLocally, readPatch } from '../localpatch.ts';
import { deleteObject } from '../requests.ts';
import type { Waiting } from '../run.ts';
import { copyTo, openStream } from '../streams.ts';
import type { ParsedArgs, Verb } from '../verb.ts';
import { until } from '../watching.ts';
import { CREATE_FLAGS, createGenerated } from './create/generated.ts';

const PATH = 'kubectl run';

/** `kubectl run` (pkg/cmd/run/run.go). */
export const run: Verb = {
  name: 'run',
  takesCommand: true,
  short: 'Create and run a particular image in a pod',
  usage:
    'kubectl run NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--command] -- [COMMAND] [args...]',
  examples: `  # Start a pod with nginx
  kubectl run web --image=nginx

  # Start a shell, and remove its pod when it ends
  kubectl run -it --rm tmp --image=busybox --restart=Never -- sh

  # Write the manifest of a pod without creating it
  kubectl run web --image=nginx --dry-run=client -o yaml`,
  flags: [
    ...CREATE_FLAGS.map((flag) =>
      flag.name === 'field-manager' ? { ...flag, default: 'kubectl-run' } : flag,
    ),
    { name: 'annotations', type: 'array', usage: 'Annotations to apply to the pod' },
    {
      name: 'attach',
      type: 'bool',
      usage: 'If true, wait for the Pod to start running, and then attach to the Pod',
    },
    {
      name: 'command',
      type: 'bool',
      usage:
        "If true and extra arguments are present, use them as the 'command' field in the container, rather than the 'args' field which is the default",
    },
    { name: 'env', type: 'array', usage: 'Environment variables to set in the container' },
    {
      name: 'expose',
      type: 'bool',
      usage: 'If true, create a ClusterIP service associated with the pod. Requires `--port`',
    },
    {
      name: 'grace-period',
      type: 'int',
      default: -1,
      usage: 'Period of time in seconds given to the pod to terminate, with --rm',
    },
    { name: 'image', type: 'string', usage: 'The image for the container to run' },
    { name: 'image-pull-policy', type: 'string', usage: 'The image pull policy for the container' },
    {
      name: 'labels',
      shorthand: 'l',
      type: 'string',
      usage: 'Comma separated labels to apply to the pod. Will override previous values',
    },
    {
      name: 'leave-stdin-open',
      type: 'bool',
      usage: 'Leave stdin open after the first attach completes (not supported)',
    },
    {
      name: 'override-type',
      type: 'string',
      default: 'merge',
      usage: 'The method used to override the generated object: json, merge, or strategic',
    },
    {
      name: 'overrides',
      type: 'string',
      usage: 'An inline JSON override for the generated object',
    },
    POD_RUNNING_TIMEOUT_FLAG,
    { name: 'port', type: 'string', usage: 'The port that this container exposes' },
    { name: 'privileged', type: 'bool', usage: 'If true, run the container in privileged mode' },
    { name: 'quiet', shorthand: 'q', type: 'bool', usage: 'If true, suppress prompt messages' },
    {
      name: 'restart',
      type: 'string',
      default: 'Always',
      usage: 'The restart policy for this Pod. Legal values [Always, OnFailure, Never]',
    },
    {
      name: 'rm',
      type: 'bool',
      usage: 'If true, delete the pod after it exits. Only valid when attaching to the container',
    },
    {
      name: 'stdin',
      shorthand: 'i',
      type: 'bool',
      usage: 'Keep stdin open on the container in the pod, even if nothing is attached',
    },
    { name: 'tty', shorthand: 't', type: 'bool', usage: 'Allocate a TTY for the container in the pod' },
  ],
  *run(context, args) {
    const refused = unsupported(args, ['leave-stdin-open']);
    if (refused !== undefined) return fail(context, refused);
    const made = podFrom(args);
    if ('failure' in made) return fail(context, made.failure);
    const pod = overridden(args, made);
    if ('failure' in pod) return fail(context, pod.failure);
    const attached = args.given('attach') ? args.bool('attach') : args.bool('stdin');
    if (args.bool('rm') && !attached)
      return fail(context, usageError(PATH, '--rm should only be used for attached containers'));
    if (args.bool('tty') && !args.bool('stdin'))
      return fail(context, '-i/--stdin is required for containers with -t/--tty=true');
    if (args.bool('expose') && args.string('port') === '')
      return fail(context, usageError(PATH, '--port must be set when exposing a service'));
    const dry = args.string('dry-run') !== 'none';
    if (attached && dry)
      return fail(
        context,
        "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
      );
    const quiet: KubectlContext = attached ? muted(context) : context;
    const namespace = namespaceFor(context, args);
    if (args.string('dry-run') !== 'client') yield* defaultAccount(context, builtin('pods'), namespace, pod);
    const created = createGenerated(quiet, args, 'pods', pod);
    if (created.code !== 0 || created.object === undefined) return created.code;
    if (args.bool('expose')) {
      const exposed = createGenerated(context, args, 'services', serviceOf(pod)).code;
      if (exposed !== 0) return exposed;
    }
    if (!attached) return 0;
    return yield* attach(context, args, created.object as KubeObject as unknown as Pod);
  },
};

/** A context that prints no results: what attaches says nothing about its creation. */
function muted(context: KubectlContext): KubectlContext {
  return {
    client: context.client,
    stdio: { out: () => {}, err: (text) => context.stdio.err(text) },
    files: context.files,
    now: () => context.now(),
    random: context.random,
    config: context.config,
    interactive: context.interactive,
  };
}

function podFrom(args: ParsedArgs): Pod | Failure {
  const [name, ...words] = args.args;
  if (!args.given('image')) return failure('required flag(s) "image" not set');
  if (name === undefined) return failure(usageError(PATH, 'NAME is required for run'));
  const image = args.string('image');
  if (image === '') return failure('--image is required');
  const named = parseImageName(image);
  if ('error' in named) return failure(`Invalid image name "${image}": ${named.error}`);
  const restart = args.string('restart');
  if (!['Always', 'OnFailure', 'Never'].includes(restart))
    return failure(usageError(PATH, `invalid restart policy: ${restart}`));
  const pull = args.string('image-pull-policy');
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(pull))
    return failure(usageError(PATH, `invalid image pull policy: ${pull}`));
  const env: EnvVar[] = [];
  for (const pair of args.strings('env')) {
    const equals = pair.indexOf('=');
    if (equals < 1) return failure(`invalid env: ${pair}`);
    env.push({ name: pair.slice(0, equals), value: pair.slice(equals + 1) });
  }
  const port = args.string('port');
  if (port !== '' && !/^\d+$/.test(port))
    return failure(`strconv.ParseInt: parsing "${port}": invalid syntax`);
  const labels = readPairs(
    args
      .string('labels')
      .split(',')
      .filter((p) => p !== ''),
  );
  const annotations = readPairs(args.strings('annotations'));
  if (typeof labels === 'string') return failure(`unexpected label spec: ${labels}`);
  if (typeof annotations === 'string') return failure(`unexpected annotation spec: ${annotations}`);
  const given = [...words, ...(args.afterDash ?? [])];
  const container: Container = {
    ...(given.length === 0 ? {} : args.bool('command') ? { command: given } : { args: given }),
    ...(env.length === 0 ? {} : { env }),
    image,
    ...(pull === '' ? {} : { imagePullPolicy: pull }),
    name,
    ...(port === '' ? {} : { ports: [{ containerPort: Number(port) }] }),
    resources: {},
    ...(args.bool('privileged') ? { securityContext: { privileged: true } } : {}),
    ...(args.bool('stdin') ? { stdin: true, stdinOnce: true } : {}),
    ...(args.bool('tty') ? { tty: true } : {}),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      labels: Object.keys(labels).length === 0 ? { run: name } : labels,
      name,
    },
    spec: { containers: [container], dnsPolicy: 'ClusterFirst', restartPolicy: restart },
    status: {},
  };
}

/** The pod as `--overrides` has it (pkg/cmd/util/override_options.go). */
function overridden(args: ParsedArgs, pod: Pod): Pod | Failure {
  const text = args.string('overrides');
  if (text === '') return pod;
  const type = PATCH_TYPES.find((known) => known === args.string('override-type'));
  if (type === undefined) return failure(`invalid override type: ${args.string('override-type')}`);
  const read = readPatch(text, type);
  if (typeof read === 'string') return failure(read);
  const changed = patchLocally(builtin('pods'), pod as unknown as KubeObject, type, read.patch);
  return 'failure' in changed ? changed : (changed.object as unknown as Pod);
}

function readPairs(pairs: readonly string[]): Record<string, string> | string {
  const out: Record<string, string> = {};
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals < 1) return pair;
    out[pair.slice(0, equals)] = pair.slice(equals + 1);
  }
  return out;
}

function serviceOf(pod: Pod): KubeObject {
  const port = pod.spec.containers[0]?.ports?.[0]?.containerPort ?? 0;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: nameOf(pod) },
    spec: { ports: [{ port, protocol: 'TCP', targetPort: port }], selector: pod.metadata.labels },
    status: { loadBalancer: {} },
  } as KubeObject;
}

/**
 * Attaches to a pod that was just created. With `--rm` the pod is deleted however this ends.
 */
function* attach(context: KubectlContext, args: ParsedArgs, pod: Pod): Waiting<number> {
  const [name, namespace] = [nameOf(pod), namespaceOf(pod)];
  // As upstream, it is told to go and not waited for.
  const remove = (): void => {
    const grace = args.int('grace-period');
    const options = grace < 0 ? {} : { gracePeriodSeconds: grace };
    const deleted = deleteObject(context, builtin('pods'), namespace, name, options);
    if (isFailed(deleted)) fail(context, deleted.failure);
    else context.stdio.out(`pod "${name}" deleted from ${namespace} namespace\n`);
  };
  try {
    return yield* converse(context, args, pod);
  } finally {
    if (args.bool('rm')) remove();
  }
}

function* converse(context: KubectlContext, args: ParsedArgs, pod: Pod): Waiting<number> {
  const running = yield* awaitPod(context, args, pod, runsReady);
  if ('failure' in running) return fail(context, running.failure);
  const containerName = pod.spec.containers[0]?.name ?? '';
  if (isPodTerminal(running.pod)) yield* printLog(context, running.pod, containerName);
  else {
    const end = yield* attachTo(context, running.pod, containerName, {
      stdin: args.bool('stdin'),
      tty: args.bool('tty'),
      quiet: args.bool('quiet'),
    });
    if (end !== undefined) {
      const why = typeof end.failure === 'string' ? end.failure : (end.failure.message ?? '');
      context.stdio.err(
        `warning: couldn't attach to pod/${nameOf(pod)}, falling back to streaming logs: ${why}\n`,
      );
      yield* printLog(context, running.pod, containerName);
    }
  }
  const restart = pod.spec.restartPolicy;
  if (restart !== 'Never' && restart !== 'OnFailure') return 0;
  const done = restart === 'Never' ? isPodTerminal : (seen: Pod) => seen.status?.phase === 'Succeeded';
  const ended = yield* awaitPod(context, args, pod, done);
  return 'failure' in ended ? fail(context, ended.failure) : exitCodeOf(context, ended.pod);
}

function* printLog(context: KubectlContext, pod: Pod, container: string): Waiting<void> {
  const opened = openStream(context, pod, 'log', { container });
  if (isFailed(opened)) fail(context, opened.failure);
  else yield* copyTo(context, opened.stream);
}

/** Whether a pod runs and is ready, or has come to its end. */
function runsReady(pod: Pod): boolean {
  const ready = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  return isPodTerminal(pod) || (pod.status?.phase === 'Running' && ready === true);
}

/** Waits until the pod is as wanted, at most as long as `--pod-running-timeout` says. */
function* awaitPod(
  context: KubectlContext,
  args: ParsedArgs,
  pod: Pod,
  wanted: (pod: Pod) => boolean,
): Waiting<{ readonly pod: Pod } | Failure> {
  const options = { namespace: namespaceOf(pod), fieldSelector: `metadata.name=${nameOf(pod)}` };
  const deadline = context.now() + args.duration('pod-running-timeout');
  const end = yield* until<Pod>(context, builtin('pods'), options, deadline, (objects) => {
    const now = [...objects.values()].find((object) => object.metadata.uid === pod.metadata.uid);
    return now !== undefined && wanted(now as Pod) ? (now as Pod) : undefined;
  });
  if (end.type === 'done') return { pod: end.value };
  return failure(end.type === 'refused' ? end.status : 'timed out waiting for the condition');
}

/** The exit code of a pod's container that has ended for good, with a word about it where it failed. */
function exitCodeOf(context: KubectlContext, pod: Pod): number {
  if (pod.status?.phase !== 'Failed') return 0;
  const where = `pod ${namespaceOf(pod)}/${nameOf(pod)}`;
  const terminated = pod.status.containerStatuses?.[0]?.state?.terminated;
  if (terminated === undefined || terminated.exitCode === 0)
    return fail(context, `${where} failed with unknown exit code`);
  const { reason = '', message = '', exitCode } = terminated;
  context.stdio.err(`${where} terminated (${reason})\n${message === '' ? '' : `${message}\n`}`);
  return exitCode;
}
