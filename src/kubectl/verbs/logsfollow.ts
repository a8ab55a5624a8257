import type { Pod } from '../../api/generated/types.ts';
import { type KubeObject, nameOf } from '../../api/object.ts';
import type { ByteStream, RequestOptions } from '../../api/request.ts';
import type { KubectlContext } from '../context.ts';
import { fail, isFailed } from '../errors.ts';
import type { Waiting } from '../run.ts';
import { openStream } from '../streams.ts';

interface Source {
  readonly pod: Pod;
  readonly container: string;
}

/** Follows several logs at once, line by line as they come, until all have ended. */
export function* interleave(
  context: KubectlContext,
  sources: readonly Source[],
  options: RequestOptions,
  prefix: boolean,
): Waiting<number> {
  const streams: ByteStream[] = [];
  let open = 0;
  let wake: (() => void) | undefined;
  try {
    for (const { pod, container } of sources) {
      const opened = openStream(context, pod, 'log', { ...options, container });
      if (isFailed(opened)) return fail(context, opened.failure);
      streams.push(opened.stream);
      open++;
      const head = prefix ? `[pod/${nameOf(pod as KubeObject)}/${container}] ` : '';
      opened.stream.onOutput(({ text }) => {
        for (const line of text.split('\n')) if (line !== '') context.stdio.out(`${head}${line}\n`);
      });
      opened.stream.onExit(() => {
        open--;
        wake?.();
      });
    }
    while (open > 0) {
      yield {
        type: 'signal',
        subscribe: (callback) => {
          wake = callback;
          if (open === 0) callback();
          return () => {
            wake = undefined;
          };
        },
      };
    }
    return 0;
  } finally {
    if (open > 0) for (const stream of streams) stream.close();
  }
}
