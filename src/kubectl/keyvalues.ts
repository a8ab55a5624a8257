import { type Failure, failure } from './errors.ts';

/** Arguments such as `a=1 b=2 c-` after the resources: what `label`, `annotate` and `set` share. */
export interface Pairs {
  readonly resources: readonly string[];
  readonly set: ReadonlyMap<string, string>;
  readonly remove: readonly string[];
}

/** Splits arguments into resources and changes (`GetResourcesAndPairs`); a text says what is wrong. */
export function readPairs(args: readonly string[], what: string): Pairs | string {
  const isPair = (arg: string): boolean => arg.includes('=') || (arg.endsWith('-') && arg !== '-');
  const first = args.findIndex(isPair);
  const resources = first < 0 ? args : args.slice(0, first);
  const changes = first < 0 ? [] : args.slice(first);
  const set = new Map<string, string>();
  const remove: string[] = [];
  for (const arg of changes) {
    const equals = arg.indexOf('=');
    if (equals > 0) set.set(arg.slice(0, equals), arg.slice(equals + 1));
    else if (equals === 0) return `invalid ${what} spec: ${arg}`;
    else if (arg.endsWith('-')) remove.push(arg.slice(0, -1));
    else return `all resources must be specified before ${what} changes: ${arg}`;
  }
  const both = remove.find((key) => set.has(key));
  if (both !== undefined)
    return `can not both modify and remove ${article(what)} ${what} in the same command`;
  return { resources, set, remove };
}

function article(word: string): string {
  return /^[aeiou]/.test(word) ? 'an' : 'a';
}

/** Labels that a flag gives. */
export interface LabelMap {
  readonly labels: Readonly<Record<string, string>>;
}

/** Reads `app=web,tier=front`. */
export function readLabels(text: string): LabelMap | Failure {
  const labels: Record<string, string> = {};
  for (const pair of text.split(',')) {
    const [key, value, ...more] = pair.split('=');
    if (key === undefined || key === '' || value === undefined || more.length > 0)
      return failure(`unexpected label spec: ${pair}`);
    labels[key] = value;
  }
  return { labels };
}
