import type { Issues } from './issue.ts';
import { checkControlPlane, type levelShape } from './level.ts';
import type { Move } from './move.ts';
import { nearest, type Out } from './shape.ts';

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
  spec.wrong.forEach(({ fails, moves }, i) => {
    goal(fails, `spec.wrong[${i}].fails`);
    moves.forEach((move, j) => {
      checkMove(move, `spec.wrong[${i}].moves[${j}]`, goal, solutionFiles, issues);
    });
  });
  spec.solutions.forEach(({ moves }, i) => {
    moves.forEach((move, j) => {
      checkMove(move, `spec.solutions[${i}].moves[${j}]`, goal, solutionFiles, issues);
    });
  });
  const traffic = spec.goals.filter(({ type }) => type === 'traffic').map(({ id }) => id);
  spec.timeline?.forEach((event, i) => {
    if (event.traffic === undefined || event.traffic.url !== undefined) return;
    const loads = spec.timeline?.flatMap((e) => (e.traffic?.url === undefined ? [] : [e.traffic.name])) ?? [];
    known(event.traffic.name, [...traffic, ...loads], `spec.timeline[${i}].traffic.name`, issues);
  });
}

function checkMove(
  move: Move,
  path: string,
  goal: (id: string | undefined, path: string) => void,
  files: ReadonlyMap<string, string>,
  issues: Issues,
): void {
  goal(move.after, `${path}.after`);
  goal(move.answer, `${path}.answer`);
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
