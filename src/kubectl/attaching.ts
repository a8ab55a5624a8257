import type { Pod } from '../api/generated/types.ts';
import { nameOf } from '../api/object.ts';
import type { KubectlContext } from './context.ts';
import { type Failure, isFailed } from './errors.ts';
import type { Waiting } from './run.ts';
import { copyTo, openStream, withInput } from './streams.ts';

/** How somebody wants to be attached: `-i`, `-t`, `-q`. */
export interface AttachOptions {
  readonly stdin: boolean;
  readonly tty: boolean;
  readonly quiet: boolean;
}

const RECORDED =
  'All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.';

/**
 * Joins the program of a container until it ends or hangs up (pkg/cmd/attach/attach.go). Unlike `exec`
 * it does not hand on the program's exit code.
 */
export function* attachTo(
  context: KubectlContext,
  pod: Pod,
  container: string,
  options: AttachOptions,
): Waiting<Failure | undefined> {
  const { stdin, quiet } = options;
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec;
  const made = [...containers, ...initContainers, ...ephemeralContainers].find((c) => c.name === container);
  const tty = made?.tty === true;
  if (options.tty && !tty && !quiet)
    context.stdio.err(`error: Unable to use a TTY - container ${container} did not allocate one\n`);
  if (!quiet) context.stdio.err(`${RECORDED}\nIf you don't see a command prompt, try pressing enter.\n`);
  const opened = openStream(context, pod, 'attach', { container, stdin, tty });
  if (isFailed(opened)) return opened;
  yield* stdin ? withInput(context, opened.stream) : copyTo(context, opened.stream);
  const raw = tty && stdin && context.stdin === undefined && context.interactive;
  if (quiet || !raw) return undefined;
  const again = `kubectl attach ${nameOf(pod)} -c ${container} -i -t`;
  if (ephemeralContainers.some((c) => c.name === container))
    context.stdio.out(
      `Session ended, the ephemeral container will not be restarted but may be reattached using '${again}' if it is still running\n`,
    );
  else if ((pod.spec.restartPolicy ?? 'Always') === 'Always')
    context.stdio.out(`Session ended, resume using '${again}' command when the pod is running\n`);
  return undefined;
}
