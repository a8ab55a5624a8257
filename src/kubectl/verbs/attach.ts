import { attachTo } from '../attaching.ts';
import { fail, isFailed } from '../errors.ts';
import { CONTAINER_FLAG, namespaceFor, POD_RUNNING_TIMEOUT_FLAG } from '../flagsets.ts';
import { containerOf, podsNamed } from '../streams.ts';
import type { Verb } from '../verb.ts';

/** `kubectl attach` (pkg/cmd/attach/attach.go). */
export const attach: Verb = {
  name: 'attach',
  short: 'Attach to a running container',
  long: 'Attach to a process that is already running inside an existing container.',
  usage: 'kubectl attach (POD | TYPE/NAME) -c CONTAINER',
  examples: `  # Show what the first container of a pod prints from now on
  kubectl attach web

  # The same of one container of several
  kubectl attach web -c app

  # Type into the shell that a pod runs
  kubectl attach tmp -it

  # The first pod of a replica set
  kubectl attach rs/web`,
  flags: [
    CONTAINER_FLAG,
    POD_RUNNING_TIMEOUT_FLAG,
    { name: 'quiet', shorthand: 'q', type: 'bool', usage: 'Only print output from the remote session' },
    { name: 'stdin', shorthand: 'i', type: 'bool', usage: 'Pass stdin to the container' },
    { name: 'tty', shorthand: 't', type: 'bool', usage: 'Stdin is a TTY' },
  ],
  *run(context, args) {
    const words = args.args;
    if (words.length === 0) return fail(context, 'at least 1 argument is required for attach');
    if (words.length > 2)
      return fail(
        context,
        `expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${words.length}: [${words.join(' ')}]`,
      );
    const found = podsNamed(context, words.join('/'), namespaceFor(context, args), 'attach to');
    if (isFailed(found)) return fail(context, found.failure);
    const [pod] = found.pods;
    if (pod === undefined) return fail(context, `no pods found for ${words.join('/')}`);
    const phase = pod.status?.phase;
    if (phase === 'Succeeded' || phase === 'Failed')
      return fail(context, `cannot attach a container in a completed pod; current phase is ${phase}`);
    const container = containerOf(context, pod, args.string('container'), args.bool('quiet'));
    if (isFailed(container)) return fail(context, `cannot attach to the container: ${container.failure}`);
    const end = yield* attachTo(context, pod, container.name, {
      stdin: args.bool('stdin'),
      tty: args.bool('tty'),
      quiet: args.bool('quiet'),
    });
    return end === undefined ? 0 : fail(context, end.failure);
  },
};
