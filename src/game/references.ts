import type { Issues } from './issue.ts';
import { checkControlPlane, type levelShape } from './level.ts';
import type { Move } from './move.ts';
import { nearest, type Out } from './shape.ts';
import { ideaNames } from './texts/ideas.ts';

type LevelSpec = Out<typeof levelShape>['spec'];

/** Checks that what a level refers to by name is there, and that names are told apart. */
export function checkReferences(
  spec: LevelSpec,
  solutionFiles: ReadonlyMap<string, string>,
  issues: Issues,
): void {
  const goals = spec.goals.map(({ id }) => id);
  unique(goals, (i) => `spec.goals[${i}].id`, issues);
  checkControlPlane(spec.cluster, 'spec.cluster', issues);
  if (spec.goals.every(({ weight }) => weight === 0))
    issues.add('InvalidValue', 'spec.goals', 'at least one goal with a weight', 'none');
  const goal = (id: string | undefined, path: string): void => known(id, goals, path, issues);
  const endless = spec.goals.filter(({ time }) => time.type === 'always' && time.to === undefined);
  const met = (id: string | undefined, path: string): void => {
    goal(id, path);
    if (endless.some((one) => one.id === id))
      issues.add('InvalidValue', path, 'a goal that is met at some time', `${id ?? ''}, which has no end`);
  };
  spec.wrong.forEach(({ fails, moves }, i) => {
    goal(fails, `spec.wrong[${i}].fails`);
    moves.forEach((move, j) => {
      checkMove(move, `spec.wrong[${i}].moves[${j}]`, { goal, met }, solutionFiles, issues);
    });
  });
  spec.solutions.forEach(({ moves }, i) => {
    moves.forEach((move, j) => {
      checkMove(move, `spec.solutions[${i}].moves[${j}]`, { goal, met }, solutionFiles, issues);
    });
  });
  const traffic = spec.goals.filter(({ type }) => type === 'traffic').map(({ id }) => id);
  checkIdeas(spec, issues);
  spec.timeline?.forEach((event, i) => {
    if (event.traffic === undefined || event.traffic.url !== undefined) return;
    const loads = spec.timeline?.flatMap((e) => (e.traffic?.url === undefined ? [] : [e.traffic.name])) ?? [];
    known(event.traffic.name, [...traffic, ...loads], `spec.timeline[${i}].traffic.name`, issues);
  });
}

/** Ideas have a name for the player: the game's own, or one that the level brings along. */
function checkIdeas(spec: LevelSpec, issues: Issues): void {
  const names = [...ideaNames.keys(), ...Object.keys(spec.ideas ?? {})];
  for (const field of ['teaches', 'needs'] as const) {
    spec[field]?.forEach((idea, i) => {
      if (names.includes(idea)) return;
      const near = nearest(idea, names);
      const hint = near === undefined ? '' : `did you mean "${near}"?`;
      const wanted = 'an idea that the game knows, or that spec.ideas names';
      issues.add('UnknownReference', `spec.${field}[${i}]`, wanted, idea, hint);
    });
  }
}

function checkMove(
  move: Move,
  path: string,
  check: Readonly<Record<'goal' | 'met', (id: string | undefined, path: string) => void>>,
  files: ReadonlyMap<string, string>,
  issues: Issues,
): void {
  check.met(move.after, `${path}.after`);
  check.goal(move.answer, `${path}.answer`);
  const copied = move.apply ?? (move.text === undefined ? move.file : undefined);
  if (copied === undefined || files.has(copied)) return;
  const field = move.apply === undefined ? 'file' : 'apply';
  issues.add('MissingFile', `${path}.${field}`, `a file solution/${copied}`, 'none');
}

function known(name: string | undefined, names: readonly string[], path: string, issues: Issues): void {
  if (name === undefined || names.includes(name)) return;
  const near = nearest(name, names);
  const hint = near === undefined ? '' : `did you mean "${near}"?`;
  issues.add('UnknownReference', path, `one of ${names.join(', ')}`, name, hint);
}

function unique(names: readonly string[], path: (i: number) => string, issues: Issues): void {
  names.forEach((name, i) => {
    if (names.indexOf(name) !== i) issues.add('Conflict', path(i), 'a name of its own', `${name} again`);
  });
}
