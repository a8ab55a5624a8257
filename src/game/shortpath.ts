/**
 * Field paths as short as they can be read: `spec.template.spec.containers[name=web].image` is
 * `image`, `status.conditions[type=Ready].status` is `Ready`. The same for all goals and sentences.
 */

/** A step of a path: its name, and what stands in brackets behind it. */
interface Step {
  readonly name: string;
  readonly bracket: string | undefined;
}

/** The shortest names of some paths that still tell them apart, in the order given. */
export function shortPaths(paths: readonly string[]): readonly string[] {
  const steps = paths.map(stepsOf);
  const names = steps.map((own) => nameOf(own, own.length));
  const longest = steps.reduce((most, { length }) => Math.max(most, length), 0);
  // From long to short: a name is taken while no other path has the same one at that length.
  const fixed = new Set<number>();
  for (let length = longest - 1; length > 0; length--) {
    const shorter = steps.map((own) => nameOf(own, length));
    const counts = new Map<string, number>();
    for (const name of shorter) counts.set(name, (counts.get(name) ?? 0) + 1);
    shorter.forEach((name, i) => {
      if (fixed.has(i)) return;
      if (counts.get(name) === 1) names[i] = name;
      else fixed.add(i);
    });
  }
  return names;
}

/** The shortest name of one path. */
export function shortPath(path: string): string {
  return nameOf(stepsOf(path), 1);
}

/** The parts of a path; lists keep what tells their elements apart. */
function stepsOf(path: string): readonly Step[] {
  const steps: Step[] = [];
  for (const [, name = '', bracket] of path.matchAll(/([^.[\]]+)?(?:\[([^\]]*)\])?(?:\.|$)/g))
    if (name !== '' || bracket !== undefined) steps.push({ name, bracket });
  return steps;
}

/** The last `length` steps as words. */
function nameOf(steps: readonly Step[], length: number): string {
  const last = steps.at(-1);
  const before = steps.at(-2);
  if (last === undefined) return '';
  const condition = [last, before].find((step) => step?.name === 'conditions')?.bracket;
  if (condition !== undefined && length === 1) return valueIn(condition);
  if (before?.name === 'ownerReferences' && length === 1) return 'owner';
  // What stands in a map says little without the map's name: `requests.cpu`, `labels.type`.
  const least = before !== undefined && MAPS.has(before.name) ? 2 : 1;
  return steps.slice(-Math.max(least, length)).map(wordOf).join('.');
}

const MAPS: ReadonlySet<string> = new Set([
  'annotations',
  'data',
  'labels',
  'limits',
  'matchLabels',
  'nodeSelector',
  'requests',
]);

function wordOf({ name, bracket }: Step): string {
  if (bracket === undefined) return name;
  if (MAPS.has(name)) return `${name}.${bracket}`;
  return `${name}[${valueIn(bracket)}]`;
}

/** `type=Ready` -> `Ready`, `port=80,protocol=TCP` -> `80,TCP`. */
function valueIn(bracket: string): string {
  return bracket
    .split(',')
    .map((part) => part.slice(part.indexOf('=') + 1))
    .join(',');
}
