/**
 * What a plugin answered (pkg/scheduler/framework Status). `unschedulable`: not now, taking pods
 * away may help. `unresolvable`: nothing on the node helps. `skip`: the plugin has no say on this
 * pod. `wait`: not yet, ask again in a second; only before binding. `error`: the plugin could not tell; the pod is tried again.
 */
export type Code = 'success' | 'unschedulable' | 'unresolvable' | 'skip' | 'wait' | 'error';

/** A plugin's answer. Make each once and share it: filters return one for every node. */
export interface Status {
  readonly code: Code;
  /** As they stand in events, e.g. `Insufficient cpu`. */
  readonly reasons: readonly string[];
  /** The plugin that said so; empty in the two answers that carry no message. */
  readonly plugin: string;
}

const NO_REASONS: readonly string[] = Object.freeze([]);

/** Nothing stands against it. */
export const SUCCESS: Status = Object.freeze({ code: 'success', reasons: NO_REASONS, plugin: '' });

/** The plugin need not be asked again for this pod. */
export const SKIP: Status = Object.freeze({ code: 'skip', reasons: NO_REASONS, plugin: '' });

/** What must be ready before the pod is bound is not yet. */
export const WAIT: Status = Object.freeze({ code: 'wait', reasons: NO_REASONS, plugin: '' });

/** A frozen answer with reasons. */
export function rejection(code: Code, plugin: string, ...reasons: readonly string[]): Status {
  return Object.freeze({ code, reasons: Object.freeze(reasons), plugin });
}

/** Whether the answer is a plain no, not a failure to tell. */
export function isRejected(status: Status): boolean {
  return status.code === 'unschedulable' || status.code === 'unresolvable';
}

/** The reasons as one text (Status.Message). */
export function messageOf(status: Status): string {
  return status.reasons.join(', ');
}
