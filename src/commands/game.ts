import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SANDBOX_ID, sandboxLevel } from '../game/sandbox.ts';
import { Session } from '../game/session.ts';
import { nearest } from '../game/shape.ts';
import type { SessionView } from '../game/types.ts';
import type { UiHost } from '../ui/host.ts';
import { registerAssets } from './assets.ts';
import { newCatalog } from './catalog.ts';
import { ExitCode } from './exitcode.ts';
import { startSession } from './gamesession.ts';
import { type Io, refuse } from './io.ts';
import { builtInLevels } from './levelfolders.ts';
import { findLevel, type Library, readLibrary } from './library.ts';
import { ProgressFile } from './progressfile.ts';
import { ProgressKeeper } from './progresskeeper.ts';
import { SavedGameFile } from './savedgame.ts';
import { loadSettings, saveSettings } from './settings.ts';
import { stateDirectory } from './statedirectory.ts';
import type { CommonOptions } from './style.ts';
import { welcome } from './welcome.ts';

/** The options of `shipshape play`. */
export interface PlayOptions extends CommonOptions {
  readonly seed?: number;
  /** Names of commands, which may have been meant where no level has the given name. */
  readonly commands?: readonly string[];
}

/** Seeds of games whose seed nobody chose: small enough to be read aloud. */
const MAX_SEED = 1_000_000;

/** Shows the game until the player leaves; without a terminal, prints what there is. */
export async function playGame(io: Io, name: string | undefined, options: PlayOptions): Promise<ExitCode> {
  const isFolder = name !== undefined && existsSync(name);
  const library = readLibrary(isFolder ? name : builtInLevels());
  const open =
    name === undefined
      ? undefined
      : isFolder
        ? onlyLevel(library, name)
        : levelToOpen(library, name, options.commands ?? []);
  if (open !== undefined && 'refusal' in open) return refuse(io, open.refusal);
  if (!io.isTerminal.stdin || !io.isTerminal.stdout) return welcome(io, options);
  registerAssets();
  const problems = new Set<string>();
  const progress = new ProgressFile(io.env);
  for (const problem of progress.problems) problems.add(problem);
  const keeper = new ProgressKeeper(
    { progress, game: new SavedGameFile(io.env) },
    (id) => library.campaign.levels.find((level) => level.id === id),
    (problem) => problems.add(problem),
  );
  const flush = (): void => keeper.flush();
  process.once('exit', flush);
  try {
    const { startUi } = await import('../ui/start.tsx');
    await startUi(newHost(io, library, keeper, options, open?.id, (problem) => problems.add(problem)));
  } finally {
    process.off('exit', flush);
    flush();
    for (const problem of problems) io.err(`shipshape: ${problem}\n`);
  }
  return ExitCode.ok;
}

type Opening = { readonly id: string | undefined } | { readonly refusal: string };

function onlyLevel({ campaign, broken }: Library, folder: string): Opening {
  const [first, second] = campaign.levels;
  if (first !== undefined) return { id: second === undefined ? first.id : undefined };
  const why = broken[0]?.problems.join('\n') ?? 'there is no level.yaml in it';
  return { refusal: `${folder} has no level that can be played: ${why}` };
}

function levelToOpen(library: Library, name: string, commands: readonly string[]): Opening {
  if (name === SANDBOX_ID) return { id: name };
  const level = findLevel(library, name);
  if (typeof level !== 'string') return { id: level.id };
  const near = nearest(name, [...commands, SANDBOX_ID, ...library.campaign.levels.map(({ id }) => id)]);
  const hint = near === undefined ? 'see "shipshape --help" and "shipshape levels"' : `did you mean ${near}?`;
  return { refusal: `there is no command and no level "${name}": ${hint}` };
}

function newHost(
  io: Io,
  library: Library,
  keeper: ProgressKeeper,
  options: PlayOptions,
  open: string | undefined,
  problem: (sentence: string) => void,
): UiHost {
  const { env } = io;
  const seedFor = (seed: number | undefined): number =>
    seed ?? options.seed ?? Math.floor(Math.random() * MAX_SEED);
  return {
    levels: newCatalog(library),
    progress: keeper,
    settings: loadSettings(env, options),
    folder: join(stateDirectory(env), 'harbour'),
    editor: env['VISUAL'] || env['EDITOR'] || 'vi',
    ...(open === undefined ? {} : { open }),
    newSession(levelId, seed, language) {
      const level = library.campaign.levels.find(({ id }) => id === levelId);
      if (level === undefined) throw new Error(`no level ${levelId}`);
      return startSession(level, seedFor(seed), language);
    },
    newSandbox: (nodes, language) => startSession(sandboxLevel({ nodes }), seedFor(undefined), language),
    saveSettings(settings) {
      const failed = saveSettings(env, settings);
      if (failed !== undefined) problem(failed);
    },
    debrief: (_, session) => debriefLines(session),
  };
}

/** The closing words by paragraph. */
function debriefLines(session: SessionView): readonly string[] {
  if (!(session instanceof Session)) return [];
  return session
    .debriefing()
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replaceAll(/\s*\n\s*/g, ' ').trim())
    .filter((paragraph) => paragraph !== '');
}
