import { own } from '../apimachinery/object.ts';
import { type Issue, Issues } from './issue.ts';
import { LANGUAGES } from './localized.ts';
import { parseJson } from './replay.ts';
import { flag, integer, list, number, type Out, oneOf, record, slug, struct, text } from './shape.ts';
import type { Language, ScoreView } from './types.ts';

export const PROGRESS_VERSION = 1;
const MAX_SIZE = 5_000_000;
/** Runs kept of each level: enough for the small histograms on the result screen. */
const MAX_RUNS = 50;
const MAX_NUMBER = 1e12;

const scoreShape = struct(
  { service: number(0, MAX_NUMBER), cargo: number(0, MAX_NUMBER), helm: number(0, MAX_NUMBER) },
  {},
);

const runShape = struct(
  {
    seed: integer(0, Number.MAX_SAFE_INTEGER),
    /** How long it took, ms of virtual time. */
    time: number(0, MAX_NUMBER),
    hints: integer(0, 1000),
    score: scoreShape,
    stars: list(flag, 3, 3),
  },
  {},
);

const levelShape = struct(
  {
    /** The stars of the best runs, each kept once earned. */
    stars: list(flag, 3, 3),
    /** The lowest of each score; scores of different runs may stand side by side. */
    best: scoreShape,
    runs: list(runShape, 0, MAX_RUNS),
  },
  {},
);

const settingsShape = struct(
  {},
  { language: oneOf(LANGUAGES), theme: slug(), ascii: flag, reducedMotion: flag, speed: number(0.1, 100) },
);

const progressShape = struct(
  {
    version: integer(PROGRESS_VERSION, PROGRESS_VERSION),
    levels: record(levelShape, 2000),
    settings: settingsShape,
  },
  { handbook: list(text({ max: 100 }), 0, 1000) },
);

/** A run that was won. */
export type Run = Out<typeof runShape>;
export type LevelProgress = Out<typeof levelShape>;
export type Settings = Out<typeof settingsShape>;

/** What is remembered of a player. */
export type Progress = Out<typeof progressShape>;

/**
 * Where progress is kept: the newest of a few generations that can be read wins, so that a write
 * that was cut off loses one run, not all. The caller does the writing, to a new file that then
 * replaces the oldest generation.
 */
export interface ProgressStore {
  /** The texts of the generations that exist, the newest first. */
  generations(): readonly { readonly name: string; readonly text: string }[];
  save(text: string): void;
}

/** How many generations a store keeps. */
export const GENERATIONS = 3;

export const NO_PROGRESS: Progress = Object.freeze({
  version: PROGRESS_VERSION,
  levels: Object.freeze({}),
  settings: Object.freeze({}),
});

export type DecodedProgress =
  | { readonly ok: true; readonly value: Progress }
  | { readonly ok: false; readonly issues: readonly Issue[] };

export function encodeProgress(progress: Progress): string {
  return `${JSON.stringify(progress)}\n`;
}

/** Reads progress; whatever the text, the answer is a value. */
export function decodeProgress(file: string, content: string): DecodedProgress {
  const issues = new Issues(file);
  const value = parseJson(content, MAX_SIZE, issues);
  if (value === undefined) return { ok: false, issues: issues.list };
  const version = own(value, 'version');
  if (typeof version === 'number' && version > PROGRESS_VERSION) {
    issues.add(
      'InvalidValue',
      'version',
      `at most version ${PROGRESS_VERSION}`,
      String(version),
      'it was written by a newer shipshape',
    );
    return { ok: false, issues: issues.list };
  }
  const read = progressShape.read(value, '', issues);
  return read === undefined || issues.list.length > 0
    ? { ok: false, issues: issues.list }
    : { ok: true, value: read };
}

/** The newest generation that can be read; what is wrong with the newer ones comes along. */
export function newestProgress(store: ProgressStore): {
  readonly progress: Progress;
  readonly issues: readonly Issue[];
} {
  const issues: Issue[] = [];
  for (const { name, text: content } of store.generations()) {
    const decoded = decodeProgress(name, content);
    if (decoded.ok) return { progress: decoded.value, issues };
    issues.push(...decoded.issues);
  }
  return { progress: NO_PROGRESS, issues };
}

/** Progress with one more won run. */
export function withRun(progress: Progress, level: string, run: Run): Progress {
  const before = levelProgress(progress, level);
  const next: LevelProgress = {
    stars: before === undefined ? run.stars : run.stars.map((star, i) => star || before.stars[i] === true),
    best: before === undefined ? run.score : lower(before.best, run.score),
    runs: distinct([...(before?.runs ?? []), run]),
  };
  return { ...progress, levels: { ...progress.levels, [level]: next } };
}

/** The run of a session's result. */
export function runOf(seed: number, time: number, hints: number, score: ScoreView): Run {
  const { service, cargo, helm } = score;
  return { seed, time, hints, score: { service, cargo, helm }, stars: [...score.stars] };
}

export function withSettings(progress: Progress, settings: Settings): Progress {
  return { ...progress, settings: { ...progress.settings, ...settings } };
}

/** What is known of a level; undefined before it was won. */
export function levelProgress(progress: Progress, level: string): LevelProgress | undefined {
  return Object.hasOwn(progress.levels, level) ? progress.levels[level] : undefined;
}

/**
 * Both together, for progress made on two machines: every star, the best of each score, all runs.
 * Merging is idempotent, and its order matters for settings only, where `newer` wins.
 */
export function mergeProgress(older: Progress, newer: Progress): Progress {
  const names = [...new Set([...Object.keys(older.levels), ...Object.keys(newer.levels)])].sort();
  const levels: Record<string, LevelProgress> = {};
  for (const name of names) {
    const [a, b] = [levelProgress(older, name), levelProgress(newer, name)];
    const merged = a === undefined || b === undefined ? (a ?? b) : mergeLevel(a, b);
    if (merged !== undefined)
      Object.defineProperty(levels, name, {
        value: merged,
        enumerable: true,
        writable: true,
        configurable: true,
      });
  }
  const handbook = [...new Set([...(older.handbook ?? []), ...(newer.handbook ?? [])])].sort();
  return {
    version: PROGRESS_VERSION,
    levels,
    settings: { ...older.settings, ...newer.settings },
    ...(handbook.length === 0 ? {} : { handbook }),
  };
}

function mergeLevel(a: LevelProgress, b: LevelProgress): LevelProgress {
  return {
    stars: a.stars.map((star, i) => star || b.stars[i] === true),
    best: lower(a.best, b.best),
    runs: distinct([...a.runs, ...b.runs]),
  };
}

/** The last runs, none twice: the same seed with the same result is the same run. */
function distinct(runs: readonly Run[]): readonly Run[] {
  return [...new Map(runs.map((run) => [JSON.stringify(run), run])).values()].slice(-MAX_RUNS);
}

function lower(a: Run['score'], b: Run['score']): Run['score'] {
  return {
    service: Math.min(a.service, b.service),
    cargo: Math.min(a.cargo, b.cargo),
    helm: Math.min(a.helm, b.helm),
  };
}

/** The language a player chose; undefined: the system's. */
export function chosenLanguage(progress: Progress): Language | undefined {
  return progress.settings.language;
}
