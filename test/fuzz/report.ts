import { faults } from '../../src/cluster/faults/registry.ts';
import type { NodeSpec } from '../../src/cluster/spec.ts';
import type { Violation } from './checker.ts';
import { checkers } from './checkers/registry.ts';
import { type Action, actionNames, type Plan, type Target } from './plan.ts';
import { REQUEST_PROMISES } from './promises.ts';

/** A broken promise and the plan that breaks it, for people. `steps` is how many the plan had before it was shrunk. */
export function describeFailure(plan: Plan, steps: number, violation: Violation): string {
  const { controlPlanes = 1, startTime } = plan;
  const since = startTime === undefined ? '' : `, switched on at ${new Date(startTime).toISOString()}`;
  return [
    `seed ${plan.seed}: ${violation.checker}`,
    `  ${violation.message}`,
    `  ${violation.at} ms after the cluster stood, at revision ${violation.revision}; mood ${plan.mood}`,
    `  ${controlPlanes} control plane${since}; nodes:`,
    ...table(plan.nodes.map(nodeRow), 4),
    `  ${plan.steps.length} of ${steps} steps, mended at ${plan.mendAt} ms:`,
    ...table(
      plan.steps.map(({ at, action }) => [String(at), ...actionRow(action)]),
      4,
    ),
    `  again: npm run fuzz -- --seeds 1 --seed ${plan.seed}`,
  ].join('\n');
}

/** What never happened in a whole run, one sentence each: a fault, an action or a promise that was tried by nobody. */
export function silences(
  done: ReadonlyMap<string, number>,
  seen: ReadonlyMap<string, number>,
): readonly string[] {
  const breaking = faults.filter(({ effect }) => effect === 'breaks').map(({ kind }) => kind);
  const actions = actionNames.filter((name) => name !== 'fault');
  const promises = [...checkers.map(({ name }) => name), ...Object.values(REQUEST_PROMISES)];
  const wasDone = (name: string): boolean =>
    [...done.keys()].some(
      (each) => each === name || each === `${name}: Forbidden` || each === `${name}: Conflict`,
    );
  return [
    ...[...breaking, ...actions].filter((name) => !wasDone(name)).map((name) => `never done: ${name}`),
    ...promises.filter((name) => !seen.has(name)).map((name) => `never checked: ${name}`),
  ];
}

/** Counts by name, sorted, one line each. */
export function describeCounts(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, times]) => `${String(times).padStart(10)}  ${name}`)
    .join('\n');
}

function nodeRow({
  name,
  cpu = '',
  memory = '',
  pods = 0,
  labels = {},
  taints = [],
}: NodeSpec): readonly string[] {
  const said = Object.entries(labels).map(([key, value]) => `${key.split('/').at(-1)}=${value}`);
  const marks = taints.map(({ key, value, effect }) => `${key}=${value}:${effect}`);
  return [name, `${cpu} cpu`, memory, `${pods} pods`, [...said, ...marks].join(' ')];
}

/** What is done, to what, and how. */
function actionRow(action: Action): readonly string[] {
  const { do: name, ...rest } = action;
  if (action.do === 'fault') {
    const { kind, ...how } = action.fault;
    return [String(kind), '', Object.keys(how).length === 0 ? '' : JSON.stringify(how)];
  }
  if (action.do === 'create') {
    const { apiVersion, kind, metadata, ...fields } = action.object;
    const target = { apiVersion, kind, name: metadata.name ?? '', namespace: metadata.namespace ?? '' };
    return [action.dryRun === true ? 'create (dry run)' : name, targetText(target), JSON.stringify(fields)];
  }
  if ('target' in action) {
    const { target, ...how } = rest as { readonly target: Target };
    return [name, targetText(target), Object.keys(how).length === 0 ? '' : JSON.stringify(how)];
  }
  return [name, '', JSON.stringify(rest)];
}

function targetText({ kind, name, namespace = '' }: Target): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}

/** Rows in columns, the first one to the right if it is a number. */
function table(rows: readonly (readonly string[])[], indent: number): readonly string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const cell = (text: string, i: number): string => {
    const width = widths[i] ?? 0;
    return i === 0 && /^\d/.test(text) ? text.padStart(width) : text.padEnd(width);
  };
  return rows.map((row) => `${' '.repeat(indent)}${row.map(cell).join('  ')}`.trimEnd());
}
