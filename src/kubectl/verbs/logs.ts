import type { Pod } from '../../api/generated/types.ts';
import { type KubeObject, nameOf } from '../../api/object.ts';
import type { RequestOptions } from '../../api/request.ts';
import { parseTime, timeProblem } from '../../apimachinery/time.ts';
import type { KubectlContext } from '../context.ts';
import { builtin } from '../discovery.ts';
import { type Failure, fail, failure, isFailed, usageError } from '../errors.ts';
import { namespaceFor, SELECTOR_FLAG, unsupported } from '../flagsets.ts';
import type { Waiting } from '../run.ts';
import { containerOf, copyOutput, openStream, podsNamed } from '../streams.ts';
import type { ParsedArgs, Verb } from '../verb.ts';
import { interleave } from './logsfollow.ts';

const PATH = 'kubectl logs';
/** How many lines `-l` shows of each container unless told. */
const SELECTOR_TAIL = 10;

/** `kubectl logs` (pkg/cmd/logs/logs.go). */
export const logs: Verb = {
  name: 'logs',
  short: 'Print the logs for a container in a pod',
  usage: 'kubectl logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]',
  examples: `  # The logs of a pod with one container
  kubectl logs web

  # The logs of the container before the last restart
  kubectl logs -p web -c app

  # Follow the logs of a deployment's pod
  kubectl logs -f deployment/web

  # The last 20 lines of all pods with a label
  kubectl logs -l app=web --tail=20`,
  flags: [
    SELECTOR_FLAG,
    { name: 'all-containers', type: 'bool', usage: "Get all containers' logs in the pod(s)" },
    { name: 'all-pods', type: 'bool', usage: 'Get logs from all pod(s). Sets prefix to true' },
    { name: 'container', shorthand: 'c', type: 'string', usage: 'Print the logs of this container' },
    { name: 'follow', shorthand: 'f', type: 'bool', usage: 'Specify if the logs should be streamed' },
    {
      name: 'ignore-errors',
      type: 'bool',
      usage: 'If watching / following pod logs, allow for any errors that occur to be non-fatal',
    },
    { name: 'limit-bytes', type: 'int', usage: 'Maximum bytes of logs to return. Defaults to no limit' },
    {
      name: 'max-log-requests',
      type: 'int',
      default: 5,
      usage: 'Specify maximum number of concurrent logs to follow when using by a selector',
    },
    {
      name: 'pod-running-timeout',
      type: 'duration',
      default: '20s',
      usage: 'The length of time to wait until at least one pod is running',
    },
    {
      name: 'prefix',
      type: 'bool',
      usage: 'Prefix each log line with the log source (pod name and container name)',
    },
    {
      name: 'previous',
      shorthand: 'p',
      type: 'bool',
      usage: 'If true, print the logs for the previous instance of the container in a pod if it exists',
    },
    {
      name: 'since',
      type: 'duration',
      usage: 'Only return logs newer than a relative duration like 5s, 2m, or 3h',
    },
    { name: 'since-time', type: 'string', usage: 'Only return logs after a specific date (RFC3339)' },
    {
      name: 'tail',
      type: 'int',
      default: -1,
      usage:
        'Lines of recent log file to display. Defaults to -1 with no selector, showing all log lines otherwise 10',
    },
    { name: 'timestamps', type: 'bool', usage: 'Include timestamps on each line in the log output' },
    {
      name: 'insecure-skip-tls-verify-backend',
      type: 'bool',
      usage: 'Skip verifying the identity of the kubelet (not supported)',
    },
  ],
  *run(context, args) {
    const refused = unsupported(args, ['insecure-skip-tls-verify-backend']);
    if (refused !== undefined) return fail(context, refused);
    const options = readOptions(context, args);
    if (isFailed(options)) return fail(context, options.failure);
    const pods = findPods(context, args);
    if (isFailed(pods)) return fail(context, pods.failure);
    const sources: LogSource[] = [];
    for (const pod of pods.pods) {
      const containers = containersOf(context, args, pod);
      if (isFailed(containers)) return fail(context, containers.failure);
      sources.push(...containers.names.map((container) => ({ pod, container })));
    }
    const most = args.int('max-log-requests');
    if (args.bool('follow') && sources.length > 1 && sources.length > most)
      return fail(
        context,
        `you are attempting to follow ${sources.length} log streams, but maximum allowed concurrency is ${most}, use --max-log-requests to increase the limit`,
      );
    const prefix = args.bool('prefix') || args.bool('all-pods');
    return yield* printAll(context, sources, options, prefix, args.bool('ignore-errors'));
  },
};

/** One log: a container of a pod. */
export interface LogSource {
  readonly pod: Pod;
  readonly container: string;
}

function findPods(context: KubectlContext, args: ParsedArgs): { readonly pods: readonly Pod[] } | Failure {
  const namespace = namespaceFor(context, args);
  const selector = args.string('selector');
  const words = args.args;
  if (selector !== '') {
    if (words.length > 0) return failure(usageError(PATH, 'only a selector (-l) or a POD name is allowed'));
    const list = context.client.list<KubeObject>(builtin('pods'), { namespace, labelSelector: selector });
    if (!list.ok) return failure(list.status);
    if (list.value.items.length === 0) context.stdio.err(`No resources found in ${namespace} namespace.\n`);
    return { pods: list.value.items as unknown as readonly Pod[] };
  }
  const [resource] = words;
  if (resource === undefined || words.length > 2)
    return failure(
      usageError(
        PATH,
        "'logs (POD | TYPE/NAME) [CONTAINER_NAME]'.\nPOD or TYPE/NAME is a required argument for the logs command",
      ),
    );
  const found = podsNamed(context, resource, namespace, 'get the logs from');
  if (isFailed(found)) return found;
  if (args.bool('all-pods')) return found;
  const [first] = found.pods;
  if (found.pods.length > 1 && first !== undefined)
    context.stdio.err(`Found ${found.pods.length} pods, using pod/${nameOf(first)}\n`);
  return { pods: found.pods.slice(0, 1) };
}

function containersOf(
  context: KubectlContext,
  args: ParsedArgs,
  pod: Pod,
): { readonly names: readonly string[] } | Failure {
  if (args.bool('all-containers')) {
    const [, second = ''] = args.args;
    const container = args.string('container') || second;
    if (container !== '')
      return failure(`--all-containers=true should not be specified with container name ${container}`);
    const { initContainers = [], containers, ephemeralContainers = [] } = pod.spec;
    return { names: [...initContainers, ...containers, ...ephemeralContainers].map((c) => c.name) };
  }
  const named = args.string('container') || (args.string('selector') === '' ? (args.args[1] ?? '') : '');
  if (named !== '') {
    const all = [
      ...pod.spec.containers,
      ...(pod.spec.initContainers ?? []),
      ...(pod.spec.ephemeralContainers ?? []),
    ];
    if (!all.some((c) => c.name === named))
      return failure(`container ${named} is not valid for pod ${nameOf(pod)}`);
    return { names: [named] };
  }
  const chosen = containerOf(context, pod, '');
  return isFailed(chosen) ? chosen : { names: [chosen.name] };
}

function readOptions(context: KubectlContext, args: ParsedArgs): RequestOptions | Failure {
  if (args.given('since') && args.given('since-time'))
    return failure('at most one of `sinceTime` or `sinceSeconds` may be specified');
  if (args.given('container') && args.args.length === 2)
    return failure('only one of -c or an inline [CONTAINER] arg is allowed');
  if (args.given('since') && args.duration('since') < 0) return failure('--since must be greater than 0');
  if (args.given('tail') && args.int('tail') < -1)
    return failure('--tail must be greater than or equal to -1');
  if (args.int('limit-bytes') < 0) return failure('--limit-bytes must be greater than 0');
  const tail = args.given('tail') ? args.int('tail') : args.string('selector') === '' ? -1 : SELECTOR_TAIL;
  let sinceSeconds: number | undefined;
  if (args.given('since')) sinceSeconds = Math.ceil(args.duration('since') / 1000);
  if (args.given('since-time')) {
    const from = parseTime(args.string('since-time'));
    if (from === undefined) return failure(timeProblem(args.string('since-time')) ?? '');
    sinceSeconds = Math.max(1, Math.ceil((context.now() - from) / 1000));
  }
  return {
    follow: args.bool('follow'),
    previous: args.bool('previous'),
    timestamps: args.bool('timestamps'),
    ...(tail < 0 ? {} : { tailLines: tail }),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
    ...(args.int('limit-bytes') === 0 ? {} : { limitBytes: args.int('limit-bytes') }),
  };
}

function* printAll(
  context: KubectlContext,
  sources: readonly LogSource[],
  options: RequestOptions,
  prefix: boolean,
  ignoreErrors: boolean,
): Waiting<number> {
  if (options.follow === true && sources.length > 1)
    return yield* interleave(context, sources, options, prefix);
  for (const { pod, container } of sources) {
    const opened = openStream(context, pod, 'log', { ...options, container });
    if (isFailed(opened)) {
      if (!ignoreErrors) return fail(context, opened.failure);
      fail(context, opened.failure);
      continue;
    }
    const end = yield* copyOutput(opened.stream, (chunk) =>
      context.stdio.out(prefix ? prefixed(pod, container, chunk.text) : chunk.text),
    );
    if (end.error !== undefined && end.error !== '' && !ignoreErrors) return fail(context, end.error);
  }
  return 0;
}

/** Lines with the pod and container in front. */
export function prefixed(pod: Pod, container: string, text: string): string {
  return text
    .replace(/^(?=.|\n)/gm, `[pod/${nameOf(pod)}/${container}] `)
    .replace(/\n\[pod\/[^\]]*\] $/, '\n');
}
