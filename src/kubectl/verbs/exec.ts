import type { KubectlContext } from '../context.ts';
import { fail, isFailed, usageError } from '../errors.ts';
import { CONTAINER_FLAG, namespaceFor, POD_RUNNING_TIMEOUT_FLAG, unsupported } from '../flagsets.ts';
import { containerOf, copyTo, openStream, podsNamed, type StreamEnd, withInput } from '../streams.ts';
import type { Verb } from '../verb.ts';

const PATH = 'kubectl exec';

/** `kubectl exec` (pkg/cmd/exec/exec.go). */
export const exec: Verb = {
  name: 'exec',
  takesCommand: true,
  short: 'Execute a command in a container',
  usage: 'kubectl exec (POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]',
  examples: `  # Run a command in a pod's first container
  kubectl exec web -- date

  # A shell in a container
  kubectl exec web -c app -it -- sh`,
  flags: [
    CONTAINER_FLAG,
    {
      name: 'filename',
      shorthand: 'f',
      type: 'strings',
      usage: 'to use to exec into the resource (not supported)',
    },
    POD_RUNNING_TIMEOUT_FLAG,
    { name: 'quiet', shorthand: 'q', type: 'bool', usage: 'Only print output from the remote session' },
    { name: 'stdin', shorthand: 'i', type: 'bool', usage: 'Pass stdin to the container' },
    { name: 'tty', shorthand: 't', type: 'bool', usage: 'Stdin is a TTY' },
  ],
  *run(context, args) {
    const refused = unsupported(args, ['filename']);
    if (refused !== undefined) return fail(context, refused);
    const [resource, ...words] = args.args;
    const command = args.afterDash ?? [];
    if (resource === undefined) return fail(context, 'pod, type/name or --filename must be specified');
    if (args.afterDash === undefined && words.length > 0)
      return fail(
        context,
        usageError(
          PATH,
          'exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead',
        ),
      );
    if (command.length === 0) return fail(context, 'you must specify at least one command for the container');
    const found = podsNamed(context, resource, namespaceFor(context, args), 'attach to');
    if (isFailed(found)) return fail(context, found.failure);
    const [pod] = found.pods;
    if (pod === undefined) return fail(context, `no pods found for ${resource}`);
    const phase = pod.status?.phase;
    if (phase === 'Succeeded' || phase === 'Failed')
      return fail(context, `cannot exec into a container in a completed pod; current phase is ${phase}`);
    const container = containerOf(context, pod, args.string('container'), args.bool('quiet'));
    if (isFailed(container)) return fail(context, container.failure);
    const stdin = args.bool('stdin');
    // There is no terminal without input (`SetupTTY`).
    const tty = stdin && args.bool('tty');
    const opened = openStream(context, pod, 'exec', { command, container: container.name, stdin, tty });
    if (isFailed(opened)) return fail(context, opened.failure);
    const end = yield* stdin ? withInput(context, opened.stream) : copyTo(context, opened.stream);
    return exitWith(context, end);
  },
};

/** Says how a command ended, and ends likewise. */
function exitWith(context: KubectlContext, end: StreamEnd): number {
  if (end.error !== undefined && end.error !== '') return fail(context, end.error);
  if (end.exitCode !== 0) context.stdio.err(`command terminated with exit code ${end.exitCode}\n`);
  return end.exitCode;
}
