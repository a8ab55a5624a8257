import { type DecisionWords, decisionWords } from '../scheduler/decisionwords.ts';
import { type WaitWords, waitWords } from './waits/waitwords.ts';

/** How changes of objects are put into words; names, fields and reasons stay as Kubernetes has them. */
export interface WhyWords {
  readonly decision: DecisionWords;
  readonly waits: WaitWords;
  /** Headings of the tables: what happened to an object, and what was decided about a pod. */
  readonly headings: {
    readonly lines: readonly [
      time: string,
      revision: string,
      reactedTo: string,
      component: string,
      what: string,
    ];
    readonly decision: readonly [node: string, filter: string, total: string, scores: string];
  };
  /** Of a node in a decision: it passed the filters, or a plugin rejected it. */
  readonly fits: string;
  readonly rejectedBy: (plugin: string) => string;
  readonly notShown: (count: number) => string;
  readonly noRecord: (kind: string, name: string, namespace: string | undefined) => string;
  /** `asked`: the command line that asked for it, if one did. */
  readonly created: (name: string, asked: string | undefined) => string;
  readonly deleted: (name: string, asked: string | undefined) => string;
  readonly wrote: (name: string, changes: readonly string[], asked: string | undefined) => string;
  readonly stillAlive: string;
  readonly bookkeeping: string;
  readonly times: (text: string, count: number) => string;
  readonly more: (count: number) => string;
  readonly markedForDeletion: string;
  readonly changed: (field: string) => string;
  readonly added: (thing: string) => string;
  readonly removed: (thing: string) => string;
  readonly set: (field: string, value: string) => string;
  readonly unset: (field: string, value: string) => string;
  readonly cordoned: string;
  readonly uncordoned: string;
  readonly nouns: Readonly<
    Record<
      | 'taint'
      | 'finalizer'
      | 'endpoint'
      | 'label'
      | 'annotation'
      | 'container'
      | 'initContainer'
      | 'ephemeralContainer',
      string
    >
  >;
  readonly endpointStates: Readonly<Record<'ready' | 'notReady' | 'terminating', string>>;
  readonly assigned: (node: string) => string;
  readonly roomMade: (node: string) => string;
  readonly phase: (before: string, after: string) => string;
  readonly image: (container: string, before: string, after: string) => string;
  readonly adopted: (owner: string) => string;
  readonly released: string;
  readonly address: (ip: string) => string;
  readonly podReady: string;
  readonly podNotReady: string;
  readonly restarted: (container: string, count: number) => string;
  readonly noState: string;
  readonly running: string;
  readonly waiting: (reason: string) => string;
  readonly terminated: (reason: string, exitCode: string) => string;
  readonly noReason: string;
}

const by = (asked: string | undefined): string => (asked === undefined ? '' : ` (${asked})`);

/** English, as Kubernetes' own messages are. */
export const whyWords: WhyWords = {
  decision: decisionWords,
  waits: waitWords,
  headings: {
    lines: ['TIME', 'REVISION', 'REACTED TO', 'COMPONENT', 'WHAT'],
    decision: ['NODE', 'FILTER', 'TOTAL OR REASON', 'SCORES'],
  },
  fits: 'fits',
  rejectedBy: (plugin) => `rejected by ${plugin}`,
  notShown: (count) => `and ${count} nodes that were not looked at or not recorded`,
  noRecord: (kind, name, namespace) =>
    `There is no record of ${kind} "${name}"${namespace === undefined ? '' : ` in namespace ${namespace}`}.`,
  created: (name, asked) => `created ${name}${by(asked)}`,
  deleted: (name, asked) => `deleted ${name}${by(asked)}`,
  wrote: (name, changes, asked) => `${name}: ${changes.join(', ')}${by(asked)}`,
  stillAlive: 'still alive',
  bookkeeping: 'bookkeeping',
  times: (text, count) => `${text} (${count} times)`,
  more: (count) => `${count} more`,
  markedForDeletion: 'marked for deletion',
  changed: (field) => `${field} changed`,
  added: (thing) => `${thing} added`,
  removed: (thing) => `${thing} removed`,
  set: (field, value) => `${field} set to ${value}`,
  unset: (field, value) => `${field} ${value} removed`,
  cordoned: 'cordoned',
  uncordoned: 'uncordoned',
  nouns: {
    taint: 'taint',
    finalizer: 'finalizer',
    endpoint: 'endpoint',
    label: 'label',
    annotation: 'annotation',
    container: 'container',
    initContainer: 'init container',
    ephemeralContainer: 'ephemeral container',
  },
  endpointStates: { ready: 'ready', notReady: 'not ready', terminating: 'terminating' },
  assigned: (node) => `assigned to ${node}`,
  roomMade: (node) => `room is being made on ${node}`,
  phase: (before, after) => `phase ${before} -> ${after}`,
  image: (container, before, after) => `image of ${container} ${before} -> ${after}`,
  adopted: (owner) => `adopted by ${owner}`,
  released: 'released by its owner',
  address: (ip) => `address ${ip}`,
  podReady: 'pod is ready',
  podNotReady: 'pod is not ready',
  restarted: (container, count) => `${container} restarted (${count} so far)`,
  noState: 'no state',
  running: 'running',
  waiting: (reason) => `waiting, ${reason}`,
  terminated: (reason, exitCode) => `terminated, ${reason} (exit code ${exitCode})`,
  noReason: 'no reason given',
};
