/**
 * Why something was written. Every write to the store carries its cause, so that "how did this get
 * here?" is answered from records. Causes are shared by all writes of one reaction: make one, keep it.
 */
export interface Cause {
  /** Who wrote: `deployment-controller`, `kubelet/cargo-1`, `kubectl`. */
  readonly component: string;
  /** The store revision the writer reacted to; 0 when the impulse came from outside or from a timer. */
  readonly trigger: number;
  /** What was asked, in the asker's own words: the player's command line, the name of a timer. */
  readonly input?: string;
  /** A structured account of a decision, e.g. the scheduler's node -> plugin -> verdict. */
  readonly decision?: Decision;
}

/** A recorded decision. `type` says who can read it; the rest is that component's own. */
export interface Decision {
  readonly type: string;
}
