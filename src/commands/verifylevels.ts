import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Level } from '../game/level.ts';
import { type Failure, type Finding, type LevelReport, verifyLevel } from '../game/verify.ts';
import { Shell } from '../shell/shell.ts';
import { sanitize } from '../ui/theme/sanitize.ts';
import { registerAssets } from './assets.ts';
import { ExitCode } from './exitcode.ts';
import { type Io, refuse } from './io.ts';
import { junitXml, type TestCase } from './junit.ts';
import { builtInLevels, LEVEL_FILE } from './levelfolders.ts';
import { type BrokenLevel, readLibrary } from './library.ts';
import { ProgressBar } from './progressbar.ts';
import { type CommonOptions, type Style, styleFor } from './style.ts';
import type { OutputFormat } from './subcommand.ts';

/** The options of `shipshape verify`. */
export interface VerifyCommandOptions extends CommonOptions {
  readonly seeds: number;
  readonly output: OutputFormat;
}

/** What was found out about all levels. */
interface Verification {
  readonly levels: readonly LevelReport[];
  readonly broken: readonly BrokenLevel[];
  /** Of the built-in campaign as a whole. */
  readonly problems: readonly string[];
}

/** Checks every level below the folders and reports. */
export function verifyLevels(io: Io, folders: readonly string[], options: VerifyCommandOptions): ExitCode {
  const wrong = folders.map(problemWith).find((problem) => problem !== undefined);
  if (wrong !== undefined) return refuse(io, wrong);
  const libraries = (folders.length === 0 ? [builtInLevels()] : folders.map(folderOf)).map((folder) =>
    readLibrary(folder),
  );
  const levels = libraries.flatMap(({ campaign }) => campaign.levels);
  const broken = libraries.flatMap((library) => library.broken);
  if (levels.length + broken.length === 0)
    return refuse(io, `there is no level.yaml in ${folders.join(', ') || builtInLevels()}`);
  registerAssets();
  const verification: Verification = {
    levels: runChecks(io, levels, options.seeds),
    broken,
    // A folder with a few levels of a larger campaign need not teach all they build on.
    problems: folders.length === 0 ? libraries.flatMap(({ problems }) => problems) : [],
  };
  const ok = isOk(verification);
  if (options.output === 'json') io.out(asJson(verification, ok));
  else if (options.output === 'junit') io.out(asJunit(verification));
  else io.out(`${asText(verification, styleFor(io, options)).join('\n')}\n`);
  return ok ? ExitCode.ok : ExitCode.failed;
}

/** Why a path names no levels; undefined when it may. */
function problemWith(path: string): string | undefined {
  const wanted = 'wanted a folder of levels, the folder of one, or its level.yaml';
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return `${path} cannot be read: ${wanted}, got no such path`;
  if (found.isDirectory() || (found.isFile() && basename(path) === LEVEL_FILE)) return undefined;
  return `${path} cannot be read: ${wanted}, got ${found.isFile() ? 'another file' : 'neither'}`;
}

/** A level is its whole folder, also where only its level.yaml is named. */
function folderOf(path: string): string {
  return basename(path) === LEVEL_FILE && statSync(path).isFile() ? dirname(path) : path;
}

function runChecks(io: Io, levels: readonly Level[], seeds: number): readonly LevelReport[] {
  const amount = ({ wrong, solutions }: Level): number => 5 + wrong.length + solutions.length * seeds;
  const bar = new ProgressBar(
    io,
    levels.reduce((sum, level) => sum + amount(level), 0),
  );
  const reports = levels.map((level) =>
    verifyLevel(level, {
      newCommandLine: (options) => new Shell(options),
      seeds,
      progress: ({ check, subject }) => bar.advance(1, sanitize(`${level.id}: ${check} ${subject}`)),
    }),
  );
  bar.clear();
  return reports;
}

function isOk({ levels, broken, problems }: Verification): boolean {
  return broken.length === 0 && problems.length === 0 && levels.every(({ ok }) => ok);
}

function asJson({ levels, broken, problems }: Verification, ok: boolean): string {
  const invalid = broken.map(({ path, problems: found }) => ({
    level: path,
    ok: false,
    findings: found.map((detail) => ({ check: 'valid', subject: '', ok: false, detail })),
    scores: [],
  }));
  return `${JSON.stringify({ ok, problems, levels: [...levels, ...invalid] }, null, 2)}\n`;
}

function nameOf({ check, subject, seed }: Finding): string {
  return [check, subject, seed === undefined ? '' : `(seed ${seed})`].filter((part) => part !== '').join(' ');
}

/** `solution apply (seeds 1-20)`. */
function groupName({ check, subject, seeds }: Failure): string {
  const on = seeds === '' ? '' : /[-,]/.test(seeds) ? `(seeds ${seeds})` : `(seed ${seeds})`;
  return [check, subject, on].filter((part) => part !== '').join(' ');
}

function asJunit({ levels, broken, problems }: Verification): string {
  const suites = levels.map(({ level, findings }) => ({
    name: level,
    cases: findings.map(
      (finding): TestCase => ({
        name: nameOf(finding),
        ...(finding.ok ? {} : { failure: { message: finding.detail } }),
      }),
    ),
  }));
  const invalid = broken.map(({ path, problems: found }) => ({
    name: path,
    cases: [{ name: 'valid', failure: { message: found[0] ?? '', details: found.join('\n') } }],
  }));
  const whole = {
    name: 'campaign',
    cases: [
      {
        name: 'order',
        ...(problems.length === 0
          ? {}
          : { failure: { message: problems[0] ?? '', details: problems.join('\n') } }),
      },
    ],
  };
  return junitXml('shipshape verify', [...suites, ...invalid, whole]);
}

function asText({ levels, broken, problems }: Verification, style: Style): readonly string[] {
  const good = levels.filter(({ ok }) => ok).length;
  const all = levels.length + broken.length;
  return [
    ...levels.flatMap((report) => [
      `${report.ok ? style.ok : style.bad} ${report.level} ${style.dim(`${report.findings.length} checks${scoreRange(report)}`)}`,
      ...report.failures.map((failure) => `    ${sanitize(`${groupName(failure)}: ${failure.detail}`)}`),
    ]),
    ...broken.flatMap(({ path, problems: found }) => [
      `${style.bad} ${sanitize(path)}`,
      ...found.map((problem) => `    ${sanitize(problem)}`),
    ]),
    ...problems.map((problem) => `${style.bad} ${sanitize(problem)}`),
    `${good} of ${all} levels are as they should be.`,
  ];
}

/** What the reference solution scores, from best to worst: what par can be set by. */
function scoreRange({ scores }: LevelReport): string {
  if (scores.length === 0) return '';
  const range = (key: 'service' | 'cargo' | 'helm'): string => {
    const values = scores.map((score) => score[key]);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return least === most ? `${least}` : `${least} to ${most}`;
  };
  return `; service ${range('service')}, cargo ${range('cargo')}, helm ${range('helm')}`;
}
