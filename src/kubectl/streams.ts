import type { Container, Pod } from '../api/generated/types.ts';
import { type KubeObject, nameOf } from '../api/object.ts';
import type { ByteStream, RequestOptions } from '../api/request.ts';
import type { KubectlContext } from './context.ts';
import { builtin, kindFor } from './discovery.ts';
import { type Failure, failure, isFailed } from './errors.ts';
import { podSelectorOf, podSpecOf } from './podtemplates.ts';
import { getObject } from './requests.ts';
import type { Waiting } from './run.ts';

/** Names the container that a verb takes when the player names none. */
const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';
/** How long to let a program answer a line before the next one is read, ms of virtual time. */
const ANSWER_TIME = 200;

/** Opens `pods/log`, `pods/attach` or `pods/exec`. */
export function openStream(
  context: KubectlContext,
  pod: Pod,
  subresource: 'attach' | 'exec' | 'log',
  options: RequestOptions,
): { readonly stream: ByteStream } | Failure {
  const { name = '', namespace = '' } = pod.metadata;
  const verb = subresource === 'log' ? 'get' : 'create';
  const result = context.client.stream(builtin('pods'), verb, name, namespace, subresource, options);
  return result.ok ? { stream: result.value } : failure(result.status);
}

/** How a stream ended. */
export interface StreamEnd {
  readonly exitCode: number;
  readonly error: string | undefined;
}

/** Copies output until the stream ends; Ctrl+C hangs up. `print` gets each chunk. */
export function* copyOutput(
  stream: ByteStream,
  print: (chunk: { readonly stream: 'stdout' | 'stderr'; readonly text: string }) => void,
): Waiting<StreamEnd> {
  const state = listen(stream, print);
  try {
    while (state.end === undefined) yield state.change();
    return state.end;
  } finally {
    if (state.end === undefined) stream.close();
  }
}

/** Prints what a program writes until it ends. */
export function* copyTo(context: KubectlContext, stream: ByteStream): Waiting<StreamEnd> {
  return yield* copyOutput(stream, ({ stream: which, text }) =>
    which === 'stdout' ? context.stdio.out(text) : context.stdio.err(text),
  );
}

/** Prints what a program writes, and gives it what was piped in or what the player types, until it ends. */
export function* withInput(context: KubectlContext, stream: ByteStream): Waiting<StreamEnd> {
  if (context.stdin === undefined && context.interactive) return yield* talk(context, stream);
  const text = context.stdin ?? '';
  if (text !== '') for (const line of text.replace(/\n$/, '').split('\n')) stream.write(line);
  stream.closeInput();
  return yield* copyTo(context, stream);
}

/** Copies output, and sends the player's lines to the program's standard input, until it ends. */
function* talk(context: KubectlContext, stream: ByteStream): Waiting<StreamEnd> {
  const state = listen(stream, ({ stream: which, text }) =>
    which === 'stdout' ? context.stdio.out(text) : context.stdio.err(text),
  );
  try {
    // A program may answer a little later: its output comes before the next line is asked for.
    yield state.change(ANSWER_TIME);
    while (state.end === undefined) {
      const answer = yield { type: 'line', prompt: '', subscribe: state.onEnd };
      if (state.end !== undefined) break;
      if (answer.type !== 'line') continue;
      if (answer.line === undefined) stream.closeInput();
      else stream.write(answer.line);
      if (state.end === undefined) yield state.change(ANSWER_TIME);
      if (answer.line === undefined) while (state.end === undefined) yield state.change();
    }
    return state.end ?? { exitCode: 0, error: undefined };
  } finally {
    if (state.end === undefined) stream.close();
  }
}

interface Listening {
  end: StreamEnd | undefined;
  /** Calls back once, when the stream has ended; for a wait that goes on while output comes. */
  onEnd(wake: () => void): () => void;
  /** Waits for output or the end. */
  change(timeout?: number): { type: 'signal'; subscribe: (wake: () => void) => () => void; timeout?: number };
}

function listen(
  stream: ByteStream,
  print: (chunk: { readonly stream: 'stdout' | 'stderr'; readonly text: string }) => void,
): Listening {
  let wake: (() => void) | undefined;
  let ended: (() => void) | undefined;
  const state: Listening = {
    end: undefined,
    onEnd: (callback) => {
      ended = callback;
      if (state.end !== undefined) callback();
      return () => {
        ended = undefined;
      };
    },
    change: (timeout) => ({
      type: 'signal',
      subscribe: (callback) => {
        wake = callback;
        if (state.end !== undefined) callback();
        return () => {
          wake = undefined;
        };
      },
      ...(timeout === undefined ? {} : { timeout }),
    }),
  };
  stream.onOutput((chunk) => {
    print(chunk);
    wake?.();
  });
  stream.onExit((exitCode, error) => {
    state.end = { exitCode, error };
    ended?.();
    wake?.();
  });
  return state;
}

/**
 * The pods that `x`, `pod/x`, `deployment/web` or another workload name, best first. `what` says in a
 * refusal what cannot be done with a kind that has none: `get the logs from`.
 */
export function podsNamed(
  context: KubectlContext,
  resource: string,
  namespace: string,
  what: 'attach to' | 'get the logs from',
): { readonly pods: readonly Pod[] } | Failure {
  const slash = resource.indexOf('/');
  const kind = kindFor(context, slash < 0 ? 'pods' : resource.slice(0, slash));
  if (isFailed(kind)) return kind;
  const found = getObject(context, kind.kind, namespace, resource.slice(slash + 1));
  if (isFailed(found)) return found;
  if (kind.kind.plural === 'pods') return { pods: [found.object as KubeObject as unknown as Pod] };
  const goType = `*${kind.kind.version}.${kind.kind.kind}`;
  const selector = podSelectorOf(found.object);
  if (selector === undefined || (podSpecOf(found.object) === undefined && kind.kind.plural !== 'services'))
    return failure(`cannot ${what} ${goType}: selector for ${goType} not implemented`);
  const list = context.client.list<KubeObject>(builtin('pods'), {
    namespace,
    labelSelector: selector.toString(),
  });
  if (!list.ok) return failure(list.status);
  const pods = [...(list.value.items as unknown as readonly Pod[])].sort(byReadiness);
  return pods.length === 0 ? failure('timed out waiting for the condition') : { pods };
}

/** Pods that run and are ready come first, then the older ones. */
function byReadiness(a: Pod, b: Pod): number {
  const rank = (pod: Pod): number => {
    if (pod.metadata.deletionTimestamp !== undefined) return 3;
    if (pod.status?.phase !== 'Running') return 2;
    return pod.status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') === true ? 0 : 1;
  };
  const [x, y] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
  return rank(a) - rank(b) || (x < y ? -1 : x > y ? 1 : 0);
}

/** The container to take: the one named, else the pod's default, saying so when there are several. */
export function containerOf(
  context: KubectlContext,
  pod: Pod,
  named: string,
  quiet = false,
): { readonly name: string } | Failure {
  const { containers: main, initContainers = [], ephemeralContainers = [] } = pod.spec;
  const containers: readonly Pick<Container, 'name'>[] = [...main, ...ephemeralContainers, ...initContainers];
  if (named !== '') {
    if (containers.some((c) => c.name === named)) return { name: named };
    return failure(`container ${named} not found in pod ${nameOf(pod)}`);
  }
  const annotated = pod.metadata.annotations?.[DEFAULT_CONTAINER];
  const chosen = containers.find((c) => c.name === annotated) ?? containers[0];
  if (chosen === undefined) return failure(`no containers in pod ${nameOf(pod)}`);
  if (!quiet && containers.length > 1 && chosen.name !== annotated) {
    const names = [
      ...main.map((c) => c.name),
      ...ephemeralContainers.map((c) => `${c.name} (ephem)`),
      ...initContainers.map((c) => `${c.name} (init)`),
    ];
    context.stdio.err(`Defaulted container "${chosen.name}" out of: ${names.join(', ')}\n`);
  }
  return { name: chosen.name };
}
