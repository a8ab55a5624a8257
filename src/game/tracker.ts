import type { Event } from '../api/generated/types.ts';
import { event as eventKind } from '../api/kinds/event.ts';
import { Priority } from '../sim/queue.ts';
import type { Check, GoalContext, Subject } from './goals/goal.ts';
import { goalTypes } from './goals/registry.ts';
import type { GoalSpec } from './goalspec.ts';
import { anyKindOf } from './kindof.ts';
import type { Phrases } from './texts/phrases.ts';
import { phrasesFor } from './texts/texts.ts';
import type { GoalLeaf, GoalView, Language } from './types.ts';

/** What a tracker needs of the session: the check's surroundings, and where to report. */
export type TrackerContext = Omit<GoalContext, 'changed'> & {
  /** Called when the goal was met or failed, once for each. */
  readonly settled: (tracker: Tracker, state: 'met' | 'failed') => void;
  /** Called when something of the goal's view changed. */
  readonly touched: () => void;
};

interface Failure {
  /** ms since the level began. */
  readonly at: number;
  /** For a deadline: when it was. */
  readonly by: number | undefined;
  /** Per language, because the texts of leaves differ. */
  readonly leaves: Readonly<Record<Language, readonly GoalLeaf[]>>;
  readonly events: readonly string[];
}

const EVENTS_SHOWN = 3;
const LEAVES_SHOWN = 3;

/**
 * One goal over time. The check compares; the tracker decides what that means now: open, holding,
 * met or failed. Goals that mean "always" are evaluated inside every commit that may matter, so a
 * moment between two writes of one instant is seen too; all others once an instant has settled.
 */
export class Tracker {
  readonly goal: GoalSpec;
  readonly check: Check;
  readonly #context: TrackerContext;
  #matched = 0;
  #total = 1;
  #since = 0;
  #state: GoalView['state'] = 'open';
  /** Since when all leaves match; undefined while one does not. */
  #fullSince: number | undefined;
  #met = false;
  #queued = false;
  #failure: Failure | undefined;

  constructor(goal: GoalSpec, context: TrackerContext) {
    this.goal = goal;
    this.#context = context;
    const type = typeNamed(goal.type);
    this.check = type.check(goal.spec, { ...context, changed: () => this.#changed() });
    const { time } = goal;
    if (time.type === 'eventually') {
      if (time.by !== undefined) this.#at(time.by, () => this.#deadline(time.by ?? 0));
    } else {
      this.#at(time.from, () => this.evaluate());
      if (time.to !== undefined) this.#at(time.to, () => this.evaluate());
    }
    this.evaluate();
  }

  /** Matched leaves of all leaves; what was met for good, and an `always` outside its time, is 1. */
  get match(): number {
    if (this.#state === 'failed') return 0;
    if (this.#latched || (this.goal.time.type === 'always' && !this.#inForce)) return 1;
    return this.#matched / this.#total;
  }

  get state(): GoalView['state'] {
    return this.#state;
  }

  /** True when nothing is missing: it is met, or it holds and has no end before the level's. */
  get fulfilled(): boolean {
    const { time } = this.goal;
    if (time.type === 'always' && time.to === undefined)
      return this.#state !== 'failed' && this.#elapsed >= time.from;
    return this.#state === 'met';
  }

  /** Called at every whole second. */
  tick(): void {
    this.check.tick?.();
    if (this.check.timed === true || this.#state === 'holding') this.evaluate();
  }

  /** Compares and takes the consequences. */
  evaluate(): void {
    this.#queued = false;
    if (this.#state === 'failed') return;
    const { matched, total } = this.check.evaluate();
    if (matched / total !== this.#matched / this.#total) this.#since = this.#elapsed;
    const touched = matched !== this.#matched || total !== this.#total;
    this.#matched = matched;
    this.#total = total;
    const full = matched >= total;
    if (!full) this.#fullSince = undefined;
    else this.#fullSince ??= this.#elapsed;
    const before = this.#state;
    if (this.goal.time.type === 'always') this.#judgeAlways(full);
    else this.#judgeEventually(full);
    if (touched || this.#state !== before) this.#context.touched();
  }

  view(language: Language): GoalView {
    const { goal } = this;
    const { time } = goal;
    const phrases = phrasesFor(language);
    const hold = time.type === 'eventually' ? time.hold : undefined;
    const by = time.type === 'eventually' ? time.by : time.to;
    const answers = this.check.answers?.();
    const failure = this.#failureText(phrases);
    return {
      id: goal.id,
      type: goal.type,
      text: goalSentence(goal, phrases),
      state: this.#state,
      match: this.match,
      leaves: this.#failure?.leaves[language] ?? this.check.leaves(phrases),
      since: this.#since,
      ...(hold === undefined ? {} : { hold, held: this.#held(hold) }),
      ...(by === undefined ? {} : { by }),
      ...(failure === undefined ? {} : { failure }),
      ...(answers === undefined ? {} : { answers }),
    };
  }

  get #elapsed(): number {
    return this.#context.sim.now() - this.#context.start;
  }

  get #latched(): boolean {
    return this.goal.latch && this.#met;
  }

  /** Whether an `always` goal's time is now. Its end itself does not belong to it. */
  get #inForce(): boolean {
    const { time } = this.goal;
    if (time.type !== 'always') return true;
    return this.#elapsed >= time.from && (time.to === undefined || this.#elapsed < time.to);
  }

  #held(hold: number): number {
    if (this.#latched) return hold;
    return this.#fullSince === undefined ? 0 : Math.min(hold, this.#elapsed - this.#fullSince);
  }

  #changed(): void {
    if (this.goal.time.type === 'always') {
      if (this.#inForce) this.evaluate();
      return;
    }
    if (this.#queued || this.#latched) return;
    this.#queued = true;
    this.#context.sim.after(0, () => this.evaluate(), Priority.observer);
  }

  #judgeAlways(full: boolean): void {
    const { time } = this.goal;
    if (time.type !== 'always' || this.#elapsed < time.from) return;
    if (!this.#inForce) {
      if (this.#state !== 'met') this.#settle('met');
      return;
    }
    if (full) this.#state = 'holding';
    else this.#fail(undefined);
  }

  #judgeEventually(full: boolean): void {
    if (this.#latched) return;
    const { time } = this.goal;
    const hold = time.type === 'eventually' ? (time.hold ?? 0) : 0;
    if (!full) {
      this.#state = 'open';
      return;
    }
    if (this.#elapsed - (this.#fullSince ?? this.#elapsed) < hold) {
      this.#state = 'holding';
      return;
    }
    if (this.#state !== 'met') this.#settle('met');
  }

  #deadline(by: number): void {
    this.evaluate();
    if (!this.#met) this.#fail(by);
  }

  #settle(state: 'met' | 'failed'): void {
    this.#state = state;
    const first = state === 'failed' || !this.#met;
    if (state === 'met') this.#met = true;
    if (first) this.#context.settled(this, state);
  }

  #fail(by: number | undefined): void {
    const leaves = (language: Language): readonly GoalLeaf[] => this.check.leaves(phrasesFor(language));
    this.#failure = {
      at: this.#elapsed,
      by,
      leaves: { en: leaves('en'), ko: leaves('ko') },
      events: this.#lastEvents(),
    };
    this.#since = this.#elapsed;
    this.#settle('failed');
    this.#context.touched();
  }

  /** The last events of the object that is to blame, the newest first: of the worst one that has any. */
  #lastEvents(): readonly string[] {
    for (const subject of this.check.subjects()) {
      const events = this.#eventsOf(subject);
      if (events.length > 0) return events.slice(-EVENTS_SHOWN).reverse();
    }
    return [];
  }

  #eventsOf(subject: Subject): readonly string[] {
    const texts: { readonly at: string; readonly text: string }[] = [];
    for (const object of this.#context.mirror.objects(EVENT)) {
      const { involvedObject, reason = '', message = '' } = object as Event;
      if (involvedObject.kind !== subject.kind || involvedObject.name !== subject.name) continue;
      if ((involvedObject.namespace ?? '') !== subject.namespace) continue;
      texts.push({ at: timeOf(object as Event), text: `${reason}: ${message}` });
    }
    return texts.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).map(({ text }) => text);
  }

  #failureText(phrases: Phrases): string | undefined {
    const failure = this.#failure;
    if (failure === undefined) return undefined;
    const lines = failure.by === undefined ? [] : [phrases.lateFailure(failure.by)];
    const wrong = failure.leaves[phrases.language].filter(({ ok }) => !ok).slice(0, LEAVES_SHOWN);
    for (const { path, wanted, got } of wrong)
      lines.push(phrases.failure({ path, wanted, got, at: lines.length === 0 ? failure.at : undefined }));
    if (failure.events.length > 0) lines.push(phrases.lastEvents, ...failure.events);
    return lines.join('\n');
  }

  #at(elapsed: number, run: () => void): void {
    const { sim, start } = this.#context;
    if (start + elapsed >= sim.now()) sim.at(start + elapsed, run, Priority.observer);
  }
}

const EVENT = anyKindOf(eventKind);

/** When an event was last seen; events of the newer API have other fields for it. */
function timeOf({ lastTimestamp, series, eventTime, metadata }: Event): string {
  return lastTimestamp ?? series?.lastObservedTime ?? eventTime ?? metadata.creationTimestamp ?? '';
}

function typeNamed(name: string): (typeof goalTypes)[number] {
  const type = goalTypes.find((candidate) => candidate.name === name);
  if (type === undefined) throw new Error(`unknown goal type ${name}`);
  return type;
}

/** The goal in words: what, and when. */
export function goalSentence(goal: GoalSpec, phrases: Phrases): string {
  const sentence = typeNamed(goal.type).sentence(goal.spec, phrases);
  const { time } = goal;
  return time.type === 'always'
    ? phrases.always(sentence, time.from, time.to)
    : phrases.eventually(sentence, time.by, time.hold);
}
