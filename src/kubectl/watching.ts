import type { KindDefinition } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';
import type { WatchEvent, WatchHandle } from '../api/request.ts';
import type { Status } from '../apimachinery/status.ts';
import type { ListOptions } from '../client/client.ts';
import type { KubectlContext } from './context.ts';
import type { Waiting } from './run.ts';

/** How a wait for changes ended. */
export type WatchEnd<T> =
  | { readonly type: 'done'; readonly value: T }
  | { readonly type: 'timeout' }
  /** The server ended the watch. */
  | { readonly type: 'closed' }
  | { readonly type: 'refused'; readonly status: Status };

/**
 * Watches from `options.resourceVersion` and hands each event to `handle`, until that returns
 * something, the deadline (ms since the epoch) passes or the watch ends. However the program ends,
 * the watch is stopped.
 */
export function* watchEvents<T>(
  context: KubectlContext,
  kind: KindDefinition,
  options: ListOptions,
  deadline: number | undefined,
  handle: (event: Exclude<WatchEvent, { type: 'BOOKMARK' | 'ERROR' }>) => T | undefined,
): Waiting<WatchEnd<T>> {
  const queue: WatchEvent[] = [];
  let closed = false;
  let wake: (() => void) | undefined;
  const result = context.client.watch<KubeObject>(
    kind,
    options,
    (event) => {
      queue.push(event);
      wake?.();
    },
    () => {
      closed = true;
      wake?.();
    },
  );
  if (!result.ok) return { type: 'refused', status: result.status };
  const handleOf: WatchHandle = result.value;
  try {
    for (;;) {
      for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
        if (event.type === 'ERROR') return { type: 'refused', status: event.status };
        if (event.type === 'BOOKMARK') continue;
        const value = handle(event);
        if (value !== undefined) return { type: 'done', value };
      }
      if (closed) return { type: 'closed' };
      const left = deadline === undefined ? undefined : deadline - context.now();
      if (left !== undefined && left <= 0) return { type: 'timeout' };
      yield {
        type: 'signal',
        subscribe: (callback) => {
          wake = callback;
          if (queue.length > 0 || closed) callback();
          return () => {
            wake = undefined;
          };
        },
        ...(left === undefined ? {} : { timeout: left }),
      };
    }
  } finally {
    handleOf.stop();
  }
}

/** How long to wait before a server that does not answer is asked again, ms. */
const RETRY = 1000;

/**
 * Follows a list until `check` returns something: it sees the current objects first and again after
 * each change. A watch that ends, and a server that is out of reach, are tried again.
 */
export function* until<T>(
  context: KubectlContext,
  kind: KindDefinition,
  options: ListOptions,
  deadline: number | undefined,
  check: (objects: ReadonlyMap<string, KubeObject>) => T | undefined,
): Waiting<WatchEnd<T>> {
  for (;;) {
    const list = context.client.list<KubeObject>(kind, options);
    if (list.ok) {
      const objects = new Map(list.value.items.map((object) => [keyOf(object), object]));
      const at = check(objects);
      if (at !== undefined) return { type: 'done', value: at };
      const from = { ...options, resourceVersion: list.value.resourceVersion };
      const end = yield* watchEvents(context, kind, from, deadline, (event) => {
        if (event.type === 'DELETED') objects.delete(keyOf(event.object));
        else objects.set(keyOf(event.object), event.object);
        return check(objects);
      });
      if (end.type === 'done' || end.type === 'timeout') return end;
    } else if (list.status.code !== 0 && list.status.code < 500)
      return { type: 'refused', status: list.status };
    const left = deadline === undefined ? RETRY : deadline - context.now();
    if (left <= 0) return { type: 'timeout' };
    yield { type: 'sleep', ms: Math.min(RETRY, left) };
  }
}

function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}/${object.metadata.uid ?? ''}`;
}
