import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NODE_SIZES } from '../cluster/nodesizes.ts';
import type { Fleet } from '../game/sandbox.ts';
import { nearest } from '../game/shape.ts';
import { DEFAULT_FLEET, SANDBOX, type UiHost } from '../ui/host.ts';
import { ExitCode } from './exitcode.ts';
import { type Io, refuse } from './io.ts';
import { LatePlaying } from './lateplaying.ts';
import { builtInLevels } from './levelfolders.ts';
import { ProgressFile } from './progressfile.ts';
import { ProgressKeeper } from './progresskeeper.ts';
import { SavedGameFile } from './savedgame.ts';
import { loadSettings, saveSettings } from './settings.ts';
import { openShelf, type Shelf } from './shelf.ts';
import { stateDirectory } from './statedirectory.ts';
import type { CommonOptions } from './style.ts';

/** The options of `shipshape play`. */
export interface PlayOptions extends CommonOptions {
  readonly seed?: number;
  /** Of the sandbox: how many ships, and the CPUs of each. */
  readonly ships?: number;
  readonly size?: string;
  /** The program's version. */
  readonly version: string;
  /** Names of commands, which may have been meant where no level has the given name. */
  readonly commands?: readonly string[];
}

/** Seeds of games whose seed nobody chose: small enough to be read aloud. */
const MAX_SEED = 1_000_000;

/** Shows the game until the player leaves; without a terminal, prints what there is. */
export async function playGame(io: Io, name: string | undefined, options: PlayOptions): Promise<ExitCode> {
  const isFolder = name !== undefined && existsSync(name);
  const shelf = await openShelf(isFolder ? name : builtInLevels(), options.version, io.env);
  const open =
    name === undefined ? undefined : isFolder ? onlyLevel(shelf, name) : levelToOpen(shelf, name, options);
  if (open !== undefined && 'refusal' in open) return refuse(io, open.refusal);
  const fleet = fleetFrom(options);
  if (fleet !== undefined && open?.id !== undefined && open.id !== SANDBOX)
    return refuse(io, '--ships and --size are for the sandbox: a level has its own ships');
  if (!io.isTerminal.stdin || !io.isTerminal.stdout) {
    const { welcome } = await import('./welcome.ts');
    return welcome(io, options);
  }
  const problems = new Set<string>();
  const tell = (problem: string): void => {
    problems.add(problem);
  };
  const progress = new ProgressFile(io.env);
  progress.problems.forEach(tell);
  const playing = new LatePlaying();
  const keeper = new ProgressKeeper({ progress, game: new SavedGameFile(io.env) }, playing, tell);
  const flush = (): void => keeper.flush();
  process.once('exit', flush);
  process.prependListener('uncaughtException', leaveScreen);
  try {
    const { startUi } = await import('../ui/start.tsx');
    const ended = startUi(newHost(io, { shelf, keeper, playing, tell }, options, open?.id));
    // The first screen is drawn by now.
    await playing.load(shelf.folders);
    await ended;
  } finally {
    process.off('exit', flush);
    process.off('uncaughtException', leaveScreen);
    flush();
    for (const problem of problems) io.err(`shipshape: ${problem}\n`);
  }
  return ExitCode.ok;
}

/**
 * After a crash: gives the terminal back at once, and lets Ink draw no last frame over what is then
 * said about it. Raw mode is ended with the process.
 */
function leaveScreen(error: NodeJS.ErrnoException): void {
  // Nobody is left to be told, and nothing is wrong: the terminal was closed.
  if (error.code === 'EIO' || error.code === 'EPIPE') process.exit(ExitCode.ok);
  process.stdout.write('\u001b[?2004l\u001b[?1049l\u001b[?25h');
  process.stdout.write = () => true;
}

/** The ships that the options ask for in the sandbox; undefined when they ask for none. */
function fleetFrom({ ships, size }: PlayOptions): Fleet | undefined {
  if (ships === undefined && size === undefined) return undefined;
  const sized = NODE_SIZES.find(({ cpu }) => cpu === size);
  return { ...DEFAULT_FLEET, ...(ships === undefined ? {} : { ships }), ...sized };
}

type Opening = { readonly id: string | undefined } | { readonly refusal: string };

function onlyLevel({ catalog, problems }: Shelf, folder: string): Opening {
  const [first, second] = catalog.chapters.flatMap(({ levels }) => levels);
  if (first !== undefined) return { id: second === undefined ? first.id : undefined };
  const why = problems.length > 0 ? problems.join('\n') : 'there is no level.yaml in it';
  return { refusal: `${folder} has no level that can be played: ${why}` };
}

function levelToOpen({ catalog }: Shelf, name: string, { commands = [] }: PlayOptions): Opening {
  if (name === SANDBOX) return { id: name };
  const levels = catalog.chapters.flatMap((chapter) => chapter.levels);
  const level = levels.find(({ id, number }) => id === name || number === name);
  if (level !== undefined) return { id: level.id };
  const near = nearest(name, [...commands, SANDBOX, ...levels.map(({ id }) => id)]);
  const hint = near === undefined ? 'see "shipshape --help" and "shipshape levels"' : `did you mean ${near}?`;
  return { refusal: `there is no command and no level "${name}": ${hint}` };
}

/** What the host is made of. */
interface HostParts {
  readonly shelf: Shelf;
  readonly keeper: ProgressKeeper;
  readonly playing: LatePlaying;
  readonly tell: (problem: string) => void;
}

function newHost(
  { env }: Io,
  { shelf, keeper, playing, tell }: HostParts,
  options: PlayOptions,
  open: string | undefined,
): UiHost {
  const fleet = fleetFrom(options);
  const seedFor = (seed: number | undefined): number =>
    seed ?? options.seed ?? Math.floor(Math.random() * MAX_SEED);
  return {
    levels: shelf.catalog,
    progress: keeper,
    settings: loadSettings(env, options),
    folder: join(stateDirectory(env), 'harbour'),
    editor: env.VISUAL || env.EDITOR || 'vi',
    ...(open === undefined ? {} : { open }),
    ...(fleet === undefined ? {} : { fleet }),
    newSession: (levelId, seed, language) =>
      playing.begin((parts) => parts.start(levelId, seedFor(seed), language)),
    newSandbox: (fleet, language) =>
      playing.begin((parts) => parts.startSandbox(fleet, seedFor(undefined), language)),
    saveSettings(settings) {
      const failed = saveSettings(env, settings);
      if (failed !== undefined) tell(failed);
    },
    debrief: (_, session) => playing.now.debrief(session),
  };
}
