import type { Event } from '../../api/generated/types.ts';
import type { KindDefinition } from '../../api/kind.ts';
import type { KubeObject } from '../../api/object.ts';
import type { WaitWords } from './waitwords.ts';

/** One thing that an object needs before it is as it should be. */
export interface Wait {
  /** A sentence in the words that were asked for; names, fields and messages stay as Kubernetes has them. */
  readonly text: string;
  /** The command that shows more of the cause, e.g. `kubectl describe node node-1`. */
  readonly look?: string;
}

/** The objects at one moment, now or earlier: all that a rule may read. A Cluster is one. */
export interface WaitSource {
  readonly sim: { now(): number };
  /** The objects of a kind in key order. */
  objects<T extends KubeObject>(kind: KindDefinition<T>, namespace?: string): readonly T[];
}

/** What a rule reads: objects and events as recorded, and the words to say it in. */
export interface WaitView {
  /** ms since the epoch. */
  readonly now: number;
  readonly words: WaitWords;
  objects<T extends KubeObject>(kind: KindDefinition<T>, namespace?: string): readonly T[];
  get<T extends KubeObject>(kind: KindDefinition<T>, namespace: string, name: string): T | undefined;
  /** The events about an object, those that happened last at the end. */
  events(object: KubeObject): readonly Event[];
  /** What another object waits for, e.g. a pod of a workload. */
  of(object: KubeObject): readonly Wait[];
  /** How long ago a moment was, `45s`; undefined when it is unknown. */
  since(time: string | undefined): string | undefined;
}

/** What objects of a kind wait for; one file each, all in the registry. */
export interface WaitRule<T extends KubeObject = KubeObject> {
  readonly kind: KindDefinition<T>;
  waits(object: T, view: WaitView): readonly Wait[];
}
