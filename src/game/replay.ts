import type { Json, JsonObject } from '../apimachinery/json.ts';
import { isObject, own } from '../apimachinery/object.ts';
import type { Issue } from './issue.ts';
import { Issues } from './issue.ts';
import type { Level } from './level.ts';
import {
  freeObject,
  integer,
  list,
  type Out,
  oneOf,
  refine,
  type Shape,
  slug,
  struct,
  text,
} from './shape.ts';
import type { PlayerAction, TimedAction } from './types.ts';

export const REPLAY_VERSION = 1;
const MAX_SIZE = 20_000_000;
const MAX_ACTIONS = 20_000;
const MAX_TEXT = 200_000;
const MAX_TIME = 240 * 3600 * 1000;

/** A run as a file: with the level of this hash it plays again exactly. */
export interface Replay {
  readonly version: typeof REPLAY_VERSION;
  readonly level: string;
  readonly levelHash: string;
  readonly seed: number;
  readonly log: readonly TimedAction[];
}

const long = text({ min: 0, max: MAX_TEXT });

const ACTIONS: Readonly<Record<PlayerAction['type'], Shape<unknown>>> = {
  command: struct({ type: oneOf(['command']), line: long }, {}),
  input: struct({ type: oneOf(['input']) }, { line: long }),
  edited: struct({ type: oneOf(['edited']) }, { text: long }),
  interrupt: struct({ type: oneOf(['interrupt']) }, {}),
  file: struct({ type: oneOf(['file']), path: text({ max: 200 }) }, { text: long }),
  hint: struct({ type: oneOf(['hint']) }, {}),
  answer: struct({ type: oneOf(['answer']), goal: slug(), text: text({ min: 0, max: 1000 }) }, {}),
  fault: struct({ type: oneOf(['fault']), fault: freeObject }, {}),
};

const actionShape: Shape<PlayerAction> = {
  read(value, path, issues) {
    const type = isObject(value) ? own(value, 'type') : undefined;
    const types = Object.keys(ACTIONS) as PlayerAction['type'][];
    const known = oneOf(types).read(type ?? null, `${path}.type`, issues);
    return known === undefined
      ? undefined
      : (ACTIONS[known].read(value, path, issues) as PlayerAction | undefined);
  },
  schema: () => ({ oneOf: Object.values(ACTIONS).map((shape) => shape.schema()) }),
};

const logShape = refine(
  list(struct({ at: integer(0, MAX_TIME), action: actionShape }, {}), 0, MAX_ACTIONS),
  (log, path, issues) => {
    const wrong = log.findIndex(({ at }, i) => i > 0 && at < (log[i - 1]?.at ?? 0));
    if (wrong < 0) return true;
    issues.add(
      'InvalidValue',
      `${path}[${wrong}].at`,
      'a time not before the one before',
      String(log[wrong]?.at),
    );
    return false;
  },
);

const replayShape = struct(
  {
    version: integer(REPLAY_VERSION, REPLAY_VERSION),
    level: slug(),
    levelHash: text({ max: 64 }),
    seed: integer(0, Number.MAX_SAFE_INTEGER),
    log: logShape,
  },
  {},
);

/** A replay as a file's text. */
export function encodeReplay(replay: Replay): string {
  return `${JSON.stringify(replay)}\n`;
}

/** Reads a replay. Broken, foreign or oversized text gives issues, never an exception. */
export function decodeReplay(
  file: string,
  content: string,
): { readonly ok: true; readonly value: Replay } | { readonly ok: false; readonly issues: readonly Issue[] } {
  const issues = new Issues(file);
  const value = parseJson(content, MAX_SIZE, issues);
  if (value === undefined) return { ok: false, issues: issues.list };
  const version = own(value, 'version');
  if (version !== REPLAY_VERSION) {
    issues.add(
      'InvalidValue',
      'version',
      `version ${REPLAY_VERSION}`,
      JSON.stringify(version ?? null).slice(0, 60),
    );
    return { ok: false, issues: issues.list };
  }
  const read: Out<typeof replayShape> | undefined = replayShape.read(value, '', issues);
  if (read === undefined || issues.list.length > 0) return { ok: false, issues: issues.list };
  return { ok: true, value: { ...read, version: REPLAY_VERSION } };
}

/** Why a replay does not fit a level; undefined when it does. */
export function replayMismatch(replay: Replay, level: Level): string | undefined {
  if (replay.level !== level.id) return `the replay is of level ${replay.level}, not of ${level.id}`;
  if (replay.levelHash === level.hash) return undefined;
  return `level ${level.id} has changed since the replay was recorded (${replay.levelHash}, now ${level.hash})`;
}

/** A JSON object of bounded size, or an issue. */
export function parseJson(content: string, max: number, issues: Issues): JsonObject | undefined {
  if (content.length > max) {
    issues.add('TooLarge', '', `at most ${max} characters`, `${content.length}`);
    return undefined;
  }
  let value: Json;
  try {
    value = JSON.parse(content) as Json;
  } catch (error) {
    // JSON.parse has no other way to say that a text is no JSON.
    issues.add('Syntax', '', 'JSON', String((error as Error).message).slice(0, 200));
    return undefined;
  }
  if (isObject(value)) return value;
  issues.add('WrongType', '', 'an object', typeof value);
  return undefined;
}
