import type { Cluster } from '../cluster/cluster.ts';
import { faults } from '../cluster/faults/registry.ts';
import type { GameCommand } from './commandline.ts';
import { faultCommand, faultIn } from './faultcommand.ts';
import { faultText } from './happenings.ts';
import type { Level } from './level.ts';
import type { Phrases } from './texts/phrases.ts';
import type { Tracker } from './tracker.ts';
import type { TimelineMark } from './types.ts';

/** What the desk works on, and whom it tells. */
export interface DeskContext {
  readonly level: Level;
  readonly cluster: Cluster;
  readonly phrases: Phrases;
  readonly trackers: () => readonly Tracker[];
  readonly note: (text: string) => void;
  readonly mark: (kind: TimelineMark['kind'], text: string) => void;
  readonly moved: () => void;
}

/**
 * Where hints are opened, questions answered and faults thrown: by the keys of the screen, or by the
 * commands that do the same.
 */
export class Desk {
  readonly #context: DeskContext;
  #hints = 0;
  #wrongAnswers = 0;

  constructor(context: DeskContext) {
    this.#context = context;
  }

  /** How many hints are open. */
  get hints(): number {
    return this.#hints;
  }

  get wrongAnswers(): number {
    return this.#wrongAnswers;
  }

  /** The commands that do what the keys do. */
  get commands(): readonly GameCommand[] {
    return [this.#hintCommand(), this.#answerCommand(), this.#faultCommand()];
  }

  /** Opens the next hint; returns a sentence when there is none. */
  hint(): string | undefined {
    const { level, phrases, mark } = this.#context;
    if (this.#hints >= level.hints.length) return phrases.noHintLeft;
    this.#hints++;
    mark('hint', String(this.#hints));
    return undefined;
  }

  /** Answers a question and says whether that was right; returns a sentence when it is no answer. */
  answer(goal: string, text: string): string | undefined {
    const { phrases, note } = this.#context;
    const tracker = this.#tracker(goal);
    if (tracker === undefined) return phrases.unknownGoal;
    if (tracker.check.answer === undefined) return phrases.notAQuestion;
    if (text.trim() === '') return phrases.emptyAnswer;
    const solved = tracker.state === 'met';
    const right = tracker.check.answer(text);
    if (!right && !solved) this.#wrongAnswers++;
    note(right ? phrases.answerRight : phrases.answerWrong);
    tracker.evaluate();
    return undefined;
  }

  /** Throws a fault by hand; returns a sentence when that cannot be. */
  fault(fault: Readonly<Record<string, unknown>>): string | undefined {
    const { level, cluster, phrases, moved, mark } = this.#context;
    if (!level.sandbox) return phrases.onlyInSandbox;
    const problem = cluster.inject(fault);
    if (problem !== undefined) return problem;
    moved();
    mark('fault', faultText(fault));
    return undefined;
  }

  #tracker(goal: string): Tracker | undefined {
    return this.#context.trackers().find((tracker) => tracker.goal.id === goal);
  }

  #questions(): readonly string[] {
    return this.#context
      .trackers()
      .filter(({ check }) => check.answer !== undefined)
      .map(({ goal }) => goal.id);
  }

  #hintCommand(): GameCommand {
    const { level, phrases } = this.#context;
    return {
      name: 'hint',
      ...phrases.commands.hint,
      complete: () => [],
      run: () => {
        const refused = this.hint();
        if (refused !== undefined) return { err: `${refused}\n` };
        return { out: `${level.hints[this.#hints - 1]?.[phrases.language] ?? ''}\n` };
      },
    };
  }

  #answerCommand(): GameCommand {
    const { phrases } = this.#context;
    return {
      name: 'answer',
      ...phrases.commands.answer,
      complete: (args) => (args.length <= 1 ? this.#questions() : []),
      run: ([goal = '', ...words]) => {
        const refused = this.answer(goal, words.join(' '));
        if (refused === undefined) return { out: '' };
        const questions = this.#questions();
        const which = questions.includes(goal) || questions.length === 0 ? '' : `: ${questions.join(', ')}`;
        return { err: `${refused}\n${phrases.commands.answer.usage}${which}\n` };
      },
    };
  }

  #faultCommand(): GameCommand {
    const { level, cluster, phrases } = this.#context;
    return {
      name: 'fault',
      ...phrases.commands.fault,
      complete: ([kind = '', ...fields]) => {
        if (!level.sandbox) return [];
        if (fields.length === 0) return faults.map((fault) => fault.kind);
        const known = faults.find((fault) => fault.kind === kind);
        return (known?.targets(cluster) ?? []).flatMap((target) =>
          faultCommand({ kind, ...target })
            .split(' ')
            .slice(2),
        );
      },
      run: (args) => {
        const fault = faultIn(args);
        const problem = typeof fault === 'string' ? phrases.noField(fault) : this.fault(fault);
        return problem === undefined ? { out: '' } : { err: `${problem}\n${phrases.commands.fault.usage}\n` };
      },
    };
  }
}
