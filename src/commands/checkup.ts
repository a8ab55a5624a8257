import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Cluster } from '../cluster/cluster.ts';
import { sanitize } from '../ui/theme/sanitize.ts';
import { wantsAscii } from '../ui/theme/theme.ts';
import { descriptionsPath } from './assets.ts';
import { ExitCode } from './exitcode.ts';
import type { Io } from './io.ts';
import { readLibrary } from './library.ts';
import { programFolder } from './programfolder.ts';
import { ProgressFile } from './progressfile.ts';
import { messageOf, SavedFile, stateDirectory } from './statedirectory.ts';
import { type CommonOptions, styleFor } from './style.ts';
import { measureWidth } from './terminalwidth.ts';

/** What one check found. A note does not keep the game from running. */
export interface CheckResult {
  readonly name: string;
  readonly result: 'ok' | 'note' | 'bad';
  readonly detail: string;
  /** What to do about it. */
  readonly fix?: string;
}

type Verdict = Omit<CheckResult, 'name'>;

const LEAST_NODE = 22;
const LEAST = { columns: 80, rows: 24 };

const ok = (detail: string): Verdict => ({ result: 'ok', detail });
const note = (detail: string, fix: string): Verdict => ({ result: 'note', detail, fix });
const bad = (detail: string, fix: string): Verdict => ({ result: 'bad', detail, fix });

/** Every check by name, in the order in which they are shown. */
const CHECKS: readonly (readonly [string, (io: Io) => Verdict | Promise<Verdict>])[] = [
  ['node', checkNode],
  ['terminal', checkTerminal],
  ['colours', checkColours],
  ['characters', checkCharacters],
  ['state', checkState],
  ['saves', checkSaves],
  ['levels', checkLevels],
  ['assets', checkAssets],
  ['cluster', checkCluster],
  ['bundle', checkBundle],
];

/** Looks at everything that the game needs from the machine, and says what to do where it is not so. */
export async function runDoctor(
  io: Io,
  options: CommonOptions & { readonly output: 'text' | 'json' },
): Promise<ExitCode> {
  const results: CheckResult[] = [];
  for (const [name, check] of CHECKS) results.push({ name, ...(await judge(check, io)) });
  const healthy = results.every(({ result }) => result !== 'bad');
  if (options.output === 'json') io.out(`${JSON.stringify({ ok: healthy, checks: results }, null, 2)}\n`);
  else {
    const style = styleFor(io, options);
    const marks = { ok: style.ok, note: style.open, bad: style.bad };
    for (const { name, result, detail, fix } of results) {
      io.out(`${marks[result]} ${name.padEnd(10)} ${sanitize(detail)}\n`);
      if (fix !== undefined) io.out(`    ${sanitize(fix)}\n`);
    }
  }
  return healthy ? ExitCode.ok : ExitCode.failed;
}

async function judge(check: (io: Io) => Verdict | Promise<Verdict>, io: Io): Promise<Verdict> {
  try {
    return await check(io);
  } catch (error) {
    return bad(
      messageOf(error),
      'Install Shipshape again; if that does not help, open an issue with this text.',
    );
  }
}

function checkNode(): Verdict {
  const { node } = process.versions;
  return Number.parseInt(node, 10) >= LEAST_NODE
    ? ok(`Node ${node}`)
    : bad(
        `Node ${node} is too old`,
        `Use Node ${LEAST_NODE} or newer, or "npm start", which brings its own.`,
      );
}

function checkTerminal({ isTerminal, env }: Io): Verdict {
  if (!isTerminal.stdin || !isTerminal.stdout)
    return note(
      'input or output is not a terminal',
      'Run it in a terminal to play; "shipshape run" needs none.',
    );
  const { columns = 0, rows = 0 } = process.stdout;
  const term = env.TERM ?? '';
  if (term === '' || term === 'dumb')
    return bad(`TERM is "${term}"`, 'Set TERM to what your terminal is, e.g. xterm-256color.');
  const detail = `${columns} x ${rows}, TERM ${term}`;
  return columns < LEAST.columns || rows < LEAST.rows
    ? note(detail, `Make the window at least ${LEAST.columns} x ${LEAST.rows}.`)
    : ok(detail);
}

function checkColours({ env, isTerminal }: Io): Verdict {
  if ((env.NO_COLOR ?? '') !== '')
    return note('NO_COLOR is set', 'Unset it to see colours; the game works without them.');
  if (!isTerminal.stdout) return ok('none, as output is not a terminal');
  const colours = 2 ** process.stdout.getColorDepth(env);
  return colours >= 16
    ? ok(`${colours}`)
    : note(
        'the terminal has no colours',
        'Set TERM to e.g. xterm-256color if it has; the game works without them.',
      );
}

async function checkCharacters({ env, isTerminal }: Io): Promise<Verdict> {
  if (wantsAscii(env))
    return note(
      'the locale is not UTF-8, so ASCII is drawn',
      'Set LANG to a UTF-8 locale, e.g. en_US.UTF-8.',
    );
  if (!isTerminal.stdin || !isTerminal.stdout) return ok('UTF-8');
  for (const [text, width] of [
    ['■', 1],
    ['✔', 1],
    ['한', 2],
  ] as const) {
    const got = await measureWidth(text);
    if (got === undefined) return ok('UTF-8; the terminal does not tell how wide characters are');
    if (got !== width)
      return note(
        `the terminal draws ${text} ${got} columns wide, not ${width}`,
        'Turn off "ambiguous characters are wide" in the terminal, or play with --ascii.',
      );
  }
  return ok('UTF-8, as wide as expected');
}

function checkState({ env }: Io): Verdict {
  const directory = stateDirectory(env);
  const text = `${Date.now()}`;
  const file = new SavedFile(directory, 'doctor.txt');
  const problem = file.save(text);
  if (problem !== undefined)
    return bad(problem, 'Make the folder writable, or set XDG_STATE_HOME or SHIPSHAPE_STATE to one that is.');
  return file.load(() => undefined).text === text
    ? ok(`${directory} can be written`)
    : bad(`${directory} gives back other data than was written`, 'Check the file system.');
}

function checkSaves({ env }: Io): Verdict {
  const { problems, progress } = new ProgressFile(env);
  const won = Object.keys(progress.levels).length;
  return problems.length === 0
    ? ok(`${won} ${won === 1 ? 'level' : 'levels'} won so far`)
    : note(problems.join('; '), 'The newest save that can be read is used; nothing needs to be done.');
}

function checkLevels(): Verdict {
  const { campaign, broken, problems } = readLibrary();
  const found = [...broken.map(({ path, problems: all }) => `${path}: ${all[0] ?? ''}`), ...problems];
  const [first] = found;
  if (first !== undefined) return bad(first, 'Run "shipshape verify" for the whole list.');
  if (campaign.levels.length === 0) return bad('there are no levels', 'Install Shipshape again.');
  return ok(`${campaign.levels.length} levels, all valid`);
}

function checkAssets(): Verdict {
  const path = descriptionsPath();
  const types = Object.keys(JSON.parse(readFileSync(path, 'utf8')) as object).length;
  return types > 0
    ? ok(`descriptions of ${types} types`)
    : bad(`${path} is empty`, 'Install Shipshape again.');
}

function checkCluster(): Verdict {
  const began = performance.now();
  const stands = new Cluster({ seed: 1, nodes: [{ name: 'node-1' }] }).boot();
  const ms = Math.round(performance.now() - began);
  return stands
    ? ok(`a cluster of one node boots in ${ms} ms`)
    : bad('no cluster boots', 'Open an issue with this text.');
}

function checkBundle(): Verdict {
  const info = statSync(join(programFolder(), 'dist', 'game.js'), { throwIfNoEntry: false });
  return info === undefined
    ? note('there is no bundle; the program runs from source', 'Run "npm run build".')
    : ok(`built ${info.mtime.toISOString()}`);
}
