import type { Level } from './level.ts';
import type { Move } from './move.ts';
import type { Session } from './session.ts';

/** Why a list of moves could not be made to its end. */
export interface Stuck {
  /** Counts from 0. */
  readonly move: number;
  readonly reason: string;
}

const STEP_MS = 1000;
/** A command that has not ended by then, or a goal that has not been met, never will. */
const PATIENCE_MS = 600_000;

/**
 * Makes the moves of a solution in a session, each when it is due, as a player would through the same
 * actions. Returns undefined when all were made, or at which one it could not go on.
 */
export function makeMoves(session: Session, moves: readonly Move[]): Stuck | undefined {
  for (const [i, move] of moves.entries()) {
    const late = waitFor(session, move);
    if (late !== undefined) return { move: i, reason: late };
    const reason = make(session, move);
    if (reason !== undefined) return { move: i, reason };
  }
  return undefined;
}

/** Plays on until the level is over, but not past `until` (ms since it began). */
export function playOut(session: Session, until: number): void {
  while (session.state.kind === 'playing' && session.elapsed < until) toNextSecond(session);
}

/** When a level that has not ended by itself is given up: its limit, or well past its last date. */
export function horizonOf(level: Level): number {
  if (level.limit !== undefined) return level.limit + STEP_MS;
  let last = 300_000;
  for (const { at } of level.timeline) last = Math.max(last, at + 120_000);
  for (const { time } of level.goals) {
    const end = time.type === 'always' ? (time.to ?? time.from) : (time.by ?? 0) + (time.hold ?? 0);
    last = Math.max(last, end + level.hold + 60_000);
  }
  return last;
}

function waitFor(session: Session, move: Move): string | undefined {
  const start = session.elapsed;
  const due = move.at ?? start + (move.wait ?? 0);
  if (due > session.elapsed) session.advance(due - session.elapsed);
  const ready = (): boolean => {
    const goal = session.goals.find(({ id }) => id === move.after);
    if (move.after !== undefined && goal?.state !== 'met') return false;
    return move.input === undefined ? session.prompt.kind === 'ready' : session.prompt.kind === 'reading';
  };
  const limit = session.elapsed + PATIENCE_MS;
  while (!ready()) {
    if (session.elapsed >= limit || session.state.kind === 'lost')
      return move.after === undefined ? 'the command before does not end' : `goal ${move.after} is not met`;
    toNextSecond(session);
  }
  return undefined;
}

function toNextSecond(session: Session): void {
  session.advance(STEP_MS - (session.elapsed % STEP_MS));
}

function make(session: Session, move: Move): string | undefined {
  if (move.answer !== undefined) {
    const text = move.text ?? session.rightAnswer(move.answer);
    if (text === undefined) return `there is no right answer to ${move.answer} yet`;
    session.act({ type: 'answer', goal: move.answer, text });
    return undefined;
  }
  if (move.input !== undefined) {
    session.act({ type: 'input', line: move.input });
    return undefined;
  }
  if (move.command !== undefined) {
    session.act({ type: 'command', line: move.command });
    return undefined;
  }
  const path = move.file ?? move.apply ?? '';
  const text = move.text ?? session.level.solutionFiles.get(path);
  if (text === undefined) return `there is no file solution/${path}`;
  session.act({ type: 'file', path, text });
  if (move.apply !== undefined) session.act({ type: 'command', line: `kubectl apply -f ${path}` });
  return undefined;
}
