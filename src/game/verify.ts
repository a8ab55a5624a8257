import { horizonOf, makeMoves, playOut, type Stuck } from './autopilot.ts';
import type { NewCommandLine } from './commandline.ts';
import { type Level, MIN_HINTS } from './level.ts';
import { LANGUAGES } from './localized.ts';
import type { Move } from './move.ts';
import { Session } from './session.ts';
import { phrasesFor } from './texts/texts.ts';
import { goalSentence } from './tracker.ts';

/** One thing that was looked at. */
export interface Finding {
  readonly check:
    | 'hints'
    | 'sentences'
    | 'languages'
    | 'starts'
    | 'idle'
    | 'wrong'
    | 'solution'
    | 'repeatable'
    | 'timeline';
  /** The solution or attempt, or empty. */
  readonly subject: string;
  readonly seed: number | undefined;
  readonly ok: boolean;
  /** One sentence on what is wrong; empty when ok. */
  readonly detail: string;
}

/** Findings that say the same of a solution or an attempt on several seeds. */
export interface Failure {
  readonly check: Finding['check'];
  readonly subject: string;
  /** `1-20`, `3, 7-9`; empty where no seed matters. */
  readonly seeds: string;
  /** What is wrong on the first of them. */
  readonly detail: string;
}

export interface LevelReport {
  readonly level: string;
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  /** What is not ok, each check of each solution once. */
  readonly failures: readonly Failure[];
  /** Of the reference solution over all seeds that won: what par values can be set by. */
  readonly scores: readonly { readonly service: number; readonly cargo: number; readonly helm: number }[];
}

export interface VerifyOptions {
  readonly newCommandLine: NewCommandLine;
  /** How many seeds each solution is played on; default 20. */
  readonly seeds?: number;
  /** Called after each run. */
  readonly progress?: (finding: Finding) => void;
}

const DEFAULT_SEEDS = 20;

/**
 * Verifies that a level does what it says: doing nothing does not win it, every wrong attempt fails
 * at the goal it should, every solution wins on every seed, and the same seed gives the same
 * revisions. Loading it has checked its form before.
 */
export function verifyLevel(level: Level, options: VerifyOptions): LevelReport {
  const findings: Finding[] = [];
  const scores: LevelReport['scores'][number][] = [];
  const report = (finding: Finding): void => {
    findings.push(finding);
    options.progress?.(finding);
  };
  for (const finding of verifyTexts(level)) report(finding);
  report(verifyIdle(level, options));
  for (const attempt of level.wrong) report(verifyWrong(level, attempt, options));
  level.solutions.forEach((solution, i) => {
    for (let seed = 1; seed <= (options.seeds ?? DEFAULT_SEEDS); seed++) {
      const { finding, score } = verifySolution(level, solution, seed, options);
      report(finding);
      if (i === 0 && score !== undefined) scores.push(score);
    }
  });
  for (const finding of verifyAgain(level, options)) report(finding);
  const failures = failuresOf(findings);
  return { level: level.id, ok: failures.length === 0, findings, failures, scores };
}

function failuresOf(findings: readonly Finding[]): readonly Failure[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.ok) continue;
    const key = JSON.stringify([finding.check, finding.subject]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const seeds = [first, ...others].flatMap(({ seed }) => seed ?? []);
    return [{ check: first.check, subject: first.subject, seeds: ranges(seeds), detail: first.detail }];
  });
}

/** Ascending whole numbers in few words: `1-3, 5`. */
function ranges(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const n of numbers) {
    const last = runs.at(-1);
    if (last !== undefined && n === last[1] + 1) last[1] = n;
    else runs.push([n, n]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}

function found(
  check: Finding['check'],
  subject: string,
  seed: number | undefined,
  problem: string | undefined,
): Finding {
  return { check, subject, seed, ok: problem === undefined, detail: problem ?? '' };
}

function verifyTexts(level: Level): readonly Finding[] {
  const few =
    level.hints.length < MIN_HINTS
      ? `wanted at least ${MIN_HINTS} hints, got ${level.hints.length}`
      : undefined;
  const texts = [level.title, level.idea, level.briefing, level.debrief, ...level.hints];
  const missing = LANGUAGES.find((language) => texts.some((text) => text[language].trim() === ''));
  const silent = LANGUAGES.flatMap((language) =>
    level.goals.filter((goal) => goalSentence(goal, phrasesFor(language)).trim() === ''),
  )[0];
  return [
    found('hints', '', undefined, few),
    found('languages', '', undefined, missing === undefined ? undefined : `a text is empty in ${missing}`),
    found('sentences', '', undefined, silent === undefined ? undefined : `goal ${silent.id} has no sentence`),
  ];
}

function start(level: Level, seed: number, { newCommandLine }: VerifyOptions): Session | string {
  const started = Session.start({ level, seed, language: 'en', newCommandLine });
  return started.ok ? started.session : started.problem;
}

function verifyIdle(level: Level, options: VerifyOptions): Finding {
  const session = start(level, 1, options);
  if (typeof session === 'string') return found('starts', '', 1, session);
  playOut(session, horizonOf(level));
  return found('idle', '', 1, session.state.kind === 'won' ? 'doing nothing wins the level' : undefined);
}

function verifyWrong(level: Level, attempt: Level['wrong'][number], options: VerifyOptions): Finding {
  const session = start(level, 1, options);
  if (typeof session === 'string') return found('wrong', attempt.name, 1, session);
  const stuck = makeMoves(session, attempt.moves);
  if (stuck !== undefined && session.state.kind === 'playing')
    return found('wrong', attempt.name, 1, stuckText(attempt.moves, stuck));
  playOut(session, horizonOf(level));
  if (session.state.kind === 'won') return found('wrong', attempt.name, 1, 'it wins the level');
  const goal = session.goals.find(({ id }) => id === attempt.fails);
  const missed = goal?.state === 'failed' || (goal?.match ?? 0) < 1 || goal?.state === 'open';
  const problem = `it should fail at ${attempt.fails}, but that goal is ${goal?.state ?? 'not there'}`;
  return found('wrong', attempt.name, 1, missed ? undefined : problem);
}

function verifySolution(
  level: Level,
  solution: Level['solutions'][number],
  seed: number,
  options: VerifyOptions,
): { readonly finding: Finding; readonly score?: LevelReport['scores'][number] } {
  const session = play(level, solution.moves, seed, options);
  if (typeof session === 'string') return { finding: found('solution', solution.name, seed, session) };
  if (session.state.kind !== 'won')
    return { finding: found('solution', solution.name, seed, notWon(session)) };
  const { service, cargo, helm } = session.score;
  return { finding: found('solution', solution.name, seed, undefined), score: { service, cargo, helm } };
}

function play(level: Level, moves: readonly Move[], seed: number, options: VerifyOptions): Session | string {
  const session = start(level, seed, options);
  if (typeof session === 'string') return session;
  const stuck = makeMoves(session, moves);
  if (stuck !== undefined) return stuckText(moves, stuck);
  playOut(session, horizonOf(level));
  return session;
}

function stuckText(moves: readonly Move[], stuck: Stuck): string {
  return `move ${stuck.move + 1} of ${moves.length} cannot be made: ${stuck.reason}`;
}

/** The goals that are missing, with the first leaf that does not match. */
function notWon(session: Session): string {
  const missing = session.goals.filter(
    ({ state, match }) => state !== 'met' && !(state === 'holding' && match === 1),
  );
  const texts = missing.map(({ id, state, leaves }) => {
    const leaf = leaves.find(({ ok }) => !ok);
    return leaf === undefined
      ? `${id} is ${state}`
      : `${id}: ${leaf.path}: ${leaf.wanted === '' ? leaf.got : `wanted ${leaf.wanted}, got ${leaf.got}`}`;
  });
  const said = session.transcript.findLast(({ kind }) => kind === 'stderr')?.text.trim();
  const last = said === undefined ? '' : `; last error: ${said}`;
  return `not won after ${Math.round(session.elapsed / 1000)} s (${session.state.kind}): ${texts.join('; ')}${last}`;
}

/** Plays the reference solution twice on one seed: no difference, and nothing of the timeline refused. */
function verifyAgain(level: Level, options: VerifyOptions): readonly Finding[] {
  const moves = level.solutions[0]?.moves ?? [];
  const [first, second] = [0, 1].map(() => play(level, moves, 1, options));
  if (typeof first !== 'object' || typeof second !== 'object')
    return [found('repeatable', '', 1, 'the reference solution cannot be played')];
  const same =
    first.cluster.stateHash() === second.cluster.stateHash() && first.score.service === second.score.service;
  return [
    found('timeline', '', 1, first.problems[0]),
    found('repeatable', '', 1, same ? undefined : 'two runs of one seed differ'),
  ];
}
