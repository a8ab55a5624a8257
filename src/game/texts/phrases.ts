import type { Language } from '../types.ts';

/** How many objects are wanted. */
export interface Count {
  readonly min: number;
  /** Absent: any number from `min` on. */
  readonly max?: number;
}

/** A leaf of a partial object. */
export interface Term {
  readonly path: string;
  readonly wanted: unknown;
}

/** Where requests come from. */
export type PlacePhrase = 'outside' | { readonly node?: string; readonly pod?: string };

export type BudgetItem = 'nodes' | 'cpu' | 'memory' | 'moves' | 'time' | 'restarts';

/** Objects that a goal speaks of. */
export interface ObjectsPhrase {
  readonly kind: string;
  readonly name: string | undefined;
  readonly selector: string | undefined;
  readonly terms: readonly Term[];
  /** The author's words for an expression about each of them: `on other ships than cargo-2`. */
  readonly also: string | undefined;
}

export interface TrafficPhrase {
  /** As it is read: names instead of placeholders. */
  readonly url: string;
  readonly from: PlacePhrase;
  readonly availability: number;
  readonly status: number | undefined;
  readonly body: string | undefined;
  /** ms */
  readonly latency: number | undefined;
  /** ms */
  readonly window: number;
}

export interface FailurePhrase {
  readonly path: string;
  /** Empty where what is wanted is not told: the right answer to a question. */
  readonly wanted: string;
  readonly got: string;
  /** ms since the level began; undefined where it has been said before. */
  readonly at: number | undefined;
}

/**
 * Every sentence the game itself says, in one language. Goals are put into words from what they
 * check, so that text and check cannot differ. All times are ms.
 */
export interface Phrases {
  readonly language: Language;

  stateHolds(objects: ObjectsPhrase & { readonly count: Count | undefined }): string;
  neverMatching(objects: ObjectsPhrase & { readonly moreThan: number }): string;
  neverNoEndpoints(service: string): string;
  neverNodes(moreThan: number): string;
  traffic(traffic: TrafficPhrase): string;
  budget(items: readonly { readonly item: BudgetItem; readonly text: string }[]): string;
  question(question: string): string;

  /** Adds to a goal's sentence when it must come true, and for how long. */
  eventually(sentence: string, by: number | undefined, hold: number | undefined): string;
  always(sentence: string, from: number, to: number | undefined): string;

  /** Words of leaves. */
  matching(kind: string): string;
  /** In the place of a value: the object is not there yet. */
  noObject(kind: string): string;
  /** In the place of a value: there is none, there is any, it is so, it is not so. */
  readonly none: string;
  readonly any: string;
  readonly exists: string;
  readonly yes: string;
  readonly no: string;
  atMost(amount: string): string;
  budgetItem(item: BudgetItem): string;
  readyEndpoints(service: string): string;
  readonly answer: string;
  readonly noAnswer: string;

  duration(ms: number): string;
  failure(failure: FailurePhrase): string;
  lateFailure(by: number): string;
  readonly lastEvents: string;

  /** Remarks in the transcript, and marks on the timeline. */
  readonly busy: string;
  readonly lineTooLong: string;
  readonly logFull: string;
  readonly notReading: string;
  readonly noEditor: string;
  readonly nothingToInterrupt: string;
  readonly noHintLeft: string;
  readonly unknownGoal: string;
  readonly notAQuestion: string;
  readonly onlyInSandbox: string;
  readonly fileRefused: string;
  notAllowed(command: string, allowed: string): string;
  readonly emptyAnswer: string;
  readonly answerRight: string;
  /** Says that the guess has cost a point on Helm. */
  readonly answerWrong: string;
  /** Of a word of the command `fault` that is no field. */
  noField(word: string): string;
  /** The game's own commands, as `help` lists them. */
  readonly commands: Readonly<
    Record<'hint' | 'answer' | 'fault', { readonly summary: string; readonly usage: string }>
  >;
  readonly won: string;
  lost(goal: string): string;
  readonly outOfTime: string;
}
