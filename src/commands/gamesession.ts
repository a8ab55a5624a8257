import type { Level } from '../game/level.ts';
import { Session, type SessionOptions } from '../game/session.ts';
import type { Language, Starting } from '../game/types.ts';
import { Shell } from '../shell/shell.ts';
import { whyTexts } from '../ui/texts/whytexts.ts';

/** What a session of a level is made of. */
export function sessionOptions(level: Level, seed: number, language: Language): SessionOptions {
  const words = whyTexts[language];
  return { level, seed, language, newCommandLine: (options) => new Shell({ ...options, words }) };
}

/** Starts a level; throws when it cannot be started, which `shipshape verify` would have told. */
export function* startingSession(level: Level, seed: number, language: Language): Starting {
  const started = yield* Session.starting(sessionOptions(level, seed, language));
  if (!started.ok) throw new Error(started.problem);
  return started.session;
}
