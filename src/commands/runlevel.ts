import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { horizonOf, makeMoves, playOut } from '../game/autopilot.ts';
import { formatIssue, type Issue } from '../game/issue.ts';
import type { Level } from '../game/level.ts';
import { readDocument } from '../game/loader.ts';
import { MAX_FILE, type Move, moveShape } from '../game/move.ts';
import { Session } from '../game/session.ts';
import { list, type Shape, struct } from '../game/shape.ts';
import { registerAssets } from './assets.ts';
import type { ExitCode } from './exitcode.ts';
import { sessionOptions } from './gamesession.ts';
import { type InputFile, readInputs } from './inputs.ts';
import { type Io, refuse } from './io.ts';
import { findLevel, readLibrary } from './library.ts';
import { printRun } from './runreport.ts';
import { loadSettings } from './settings.ts';
import type { CommonOptions } from './style.ts';
import type { OutputFormat } from './subcommand.ts';

/** The options of `shipshape run`. */
export interface RunOptions extends CommonOptions {
  readonly file?: readonly string[];
  readonly moves?: string;
  readonly seed: number;
  readonly transcript?: true;
  readonly output: OutputFormat;
}

/** Plays a level with the given files and moves, and reports. */
export function runLevel(io: Io, name: string, options: RunOptions): ExitCode {
  const level = levelNamed(name);
  if (typeof level === 'string') return refuse(io, level);
  const files = readInputs(io, options.file ?? []);
  if (typeof files === 'string') return refuse(io, files);
  const moves = options.moves === undefined ? [] : readMoves(io, options.moves, files);
  if (typeof moves === 'string') return refuse(io, moves);
  const applied = files.map(moveFor);
  const refused = applied.find((move) => typeof move === 'string');
  if (refused !== undefined) return refuse(io, refused);
  registerAssets();
  const { language } = loadSettings(io.env, options);
  const started = Session.start(sessionOptions(level, options.seed, language));
  if (!started.ok) return refuse(io, started.problem);
  const { session } = started;
  const all = [...applied.filter((move) => typeof move !== 'string'), ...moves];
  const stuck = makeMoves(session, all);
  if (stuck === undefined) playOut(session, horizonOf(level));
  const problem =
    stuck === undefined ? undefined : `move ${stuck.move + 1} of ${all.length}: ${stuck.reason}`;
  return printRun(io, session, { ...options, language, ...(problem === undefined ? {} : { problem }) });
}

/** A level that comes with the game, or one in a folder of its own. */
function levelNamed(name: string): Level | string {
  if (!existsSync(join(name, 'level.yaml'))) return findLevel(readLibrary(), name);
  const { campaign, broken } = readLibrary(name);
  return campaign.levels[0] ?? `${name} is no valid level: ${broken[0]?.problems.join('; ') ?? 'unreadable'}`;
}

const FILE_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/** Saves the file in the player's folder and applies it; a string says why that is not possible. */
function moveFor(file: InputFile): Move | string {
  if (file.text.length > MAX_FILE) return `${file.path} is longer than ${MAX_FILE} characters`;
  if (!FILE_NAME.test(file.name)) return `${file.path} needs a name of letters, digits, ".", "_" and "-"`;
  return { apply: file.name, text: file.text };
}

const MAX_MOVES = 1000;
const listShape = list(moveShape, 0, MAX_MOVES);
const objectShape = struct({ moves: listShape }, {});

/** A list of moves, as such or under `moves`. */
const movesShape: Shape<readonly Move[]> = {
  read: (value, path, issues) =>
    Array.isArray(value) ? listShape.read(value, path, issues) : objectShape.read(value, path, issues)?.moves,
  schema: () => ({ anyOf: [listShape.schema(), objectShape.schema()] }),
};

/** Reads moves; those that name a file given with -f get its text. */
function readMoves(io: Io, path: string, files: readonly InputFile[]): readonly Move[] | string {
  const read = readInputs(io, [path]);
  if (typeof read === 'string') return read;
  const [file] = read;
  if (file === undefined || read.length > 1) return `${path}: one file of moves is wanted`;
  const issues: Issue[] = [];
  const found = readDocument(new Map([[path, file.text]]), path, movesShape, issues);
  if (found === undefined) return issues.map(formatIssue).join('\n');
  return found.value.map((move) => {
    const given = files.find(({ name }) => name === (move.apply ?? move.file));
    return move.text === undefined && given !== undefined ? { ...move, text: given.text } : move;
  });
}
