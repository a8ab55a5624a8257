import { parseDuration } from '../apimachinery/duration.ts';
import { goQuote } from '../apimachinery/gostring.ts';
import { nearest } from './suggestions.ts';
import type { Flag, ParsedArgs } from './verb.ts';

/** Why a command line cannot be read, in pflag's words. */
export interface FlagError {
  readonly error: string;
  /** The flag that was probably meant, e.g. `--namespace`. */
  readonly suggestion?: string;
}

/** Flags by name and by shorthand. */
export interface FlagSet {
  readonly byName: ReadonlyMap<string, Flag>;
  readonly byShorthand: ReadonlyMap<string, Flag>;
}

/** Puts flags into a set; of two with the same name the first one wins. */
export function flagSet(flags: Iterable<Flag>): FlagSet {
  const byName = new Map<string, Flag>();
  const byShorthand = new Map<string, Flag>();
  for (const flag of flags) {
    if (byName.has(flag.name)) continue;
    byName.set(flag.name, flag);
    if (flag.shorthand !== undefined && !byShorthand.has(flag.shorthand))
      byShorthand.set(flag.shorthand, flag);
  }
  return { byName, byShorthand };
}

type FlagValue = boolean | number | string | readonly string[];

class Values implements ParsedArgs {
  readonly args: string[] = [];
  afterDash: string[] | undefined;
  readonly #set: FlagSet;
  readonly #given = new Map<string, FlagValue>();

  constructor(set: FlagSet) {
    this.#set = set;
  }

  /** Takes a flag's text; an error text where it is no value of the flag's type. */
  assign(flag: Flag, text: string): string | undefined {
    if (flag.type === 'strings' || flag.type === 'array') {
      const before = this.#given.get(flag.name);
      const values = flag.type === 'array' ? [text] : splitCommas(text);
      this.#given.set(flag.name, Array.isArray(before) ? [...before, ...values] : values);
      return undefined;
    }
    const value = convert(flag.type, text);
    if (typeof value === 'object') return value.error;
    this.#given.set(flag.name, value);
    return undefined;
  }

  given(name: string): boolean {
    return this.#given.has(name);
  }

  bool(name: string): boolean {
    return this.#value(name, 'bool', false) === true;
  }

  string(name: string): string {
    return String(this.#value(name, 'string', ''));
  }

  int(name: string): number {
    return Number(this.#value(name, 'int', 0));
  }

  duration(name: string): number {
    const value = this.#value(name, 'duration', 0);
    if (typeof value === 'number') return value;
    const parsed = parseDuration(String(value));
    return typeof parsed === 'number' ? parsed : 0;
  }

  strings(name: string): readonly string[] {
    const value = this.#value(name, 'strings', '');
    if (typeof value === 'string') return value === '' ? [] : [value];
    return value as readonly string[];
  }

  #value(name: string, type: Flag['type'], zero: FlagValue): FlagValue {
    const flag = this.#set.byName.get(name);
    const declared = flag?.type === 'array' ? 'strings' : flag?.type;
    if (declared !== type) throw new Error(`the verb did not declare a ${type} flag --${name}`);
    return this.#given.get(name) ?? flag?.default ?? zero;
  }
}

/** `a,b` as pflag's string slice reads it; double quotes keep commas together. */
function splitCommas(text: string): string[] {
  if (!text.includes('"')) return text === '' ? [] : text.split(',');
  const values: string[] = [];
  let current = '';
  let quoted = false;
  for (const char of text) {
    if (char === '"') quoted = !quoted;
    else if (char === ',' && !quoted) {
      values.push(current);
      current = '';
    } else current += char;
  }
  values.push(current);
  return values;
}

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

function convert(
  type: 'bool' | 'string' | 'int' | 'duration',
  text: string,
): boolean | number | string | { error: string } {
  switch (type) {
    case 'string':
      return text;
    case 'bool':
      if (TRUE.has(text)) return true;
      if (FALSE.has(text)) return false;
      return { error: `strconv.ParseBool: parsing ${goQuote(text)}: invalid syntax` };
    case 'int': {
      const n = Number(text);
      if (!/^[+-]?\d+$/.test(text))
        return { error: `strconv.ParseInt: parsing ${goQuote(text)}: invalid syntax` };
      if (!Number.isSafeInteger(n))
        return { error: `strconv.ParseInt: parsing ${goQuote(text)}: value out of range` };
      return n;
    }
    case 'duration':
      return parseDuration(text);
  }
}

/** The text a flag takes when it stands alone; undefined when it needs one. */
function loneValue(flag: Flag): string | undefined {
  return flag.type === 'bool' ? 'true' : flag.noOptDefault;
}

/**
 * Reads arguments as pflag does: flags anywhere, short clusters, `--` ends them. What follows `--` is
 * an argument like the others unless the verb takes a command there.
 */
export function parseFlags(
  set: FlagSet,
  argv: readonly string[],
  takesCommand = false,
): ParsedArgs | FlagError {
  const values = new Values(set);
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i] as string;
    if (arg === '--') {
      if (takesCommand) values.afterDash = argv.slice(i + 1);
      else values.args.push(...argv.slice(i + 1));
      break;
    }
    if (arg === '-' || !arg.startsWith('-')) {
      values.args.push(arg);
      continue;
    }
    const used = arg.startsWith('--') ? parseLong(values, set, argv, i) : parseShort(values, set, argv, i);
    if (typeof used !== 'number') return used;
    i += used;
  }
  return values;
}

/** Reads `--name`, `--name=value`, `--name value`; how many further arguments it used. */
function parseLong(values: Values, set: FlagSet, argv: readonly string[], at: number): number | FlagError {
  const arg = argv[at] as string;
  const equals = arg.indexOf('=');
  const name = equals < 0 ? arg.slice(2) : arg.slice(2, equals);
  if (name === '' || name.startsWith('-')) return { error: `bad flag syntax: ${arg}` };
  const flag = set.byName.get(name);
  if (flag === undefined) {
    const suggestion = nearest(name, set.byName.keys());
    return {
      error: `unknown flag: --${name}`,
      ...(suggestion === undefined ? {} : { suggestion: `--${suggestion}` }),
    };
  }
  if (equals >= 0) return wrong(flag, arg.slice(equals + 1), values.assign(flag, arg.slice(equals + 1))) ?? 0;
  const alone = loneValue(flag);
  if (alone !== undefined) return wrong(flag, alone, values.assign(flag, alone)) ?? 0;
  const next = argv[at + 1];
  if (next === undefined) return { error: `flag needs an argument: --${name}` };
  return wrong(flag, next, values.assign(flag, next)) ?? 1;
}

/** Reads a cluster: `-it`, `-n=x`, `-nx`, `-n x`; how many further arguments it used. */
function parseShort(values: Values, set: FlagSet, argv: readonly string[], at: number): number | FlagError {
  const arg = argv[at] as string;
  for (let rest = arg.slice(1); rest !== ''; rest = rest.slice(1)) {
    const letter = rest.charAt(0);
    const flag = set.byShorthand.get(letter);
    if (flag === undefined) {
      const suggestion = nearest(rest, set.byName.keys());
      const text = `unknown shorthand flag: '${letter}' in -${rest}`;
      return {
        error: text,
        ...(suggestion === undefined || rest.length < 3 ? {} : { suggestion: `--${suggestion}` }),
      };
    }
    if (rest.length > 2 && rest.charAt(1) === '=')
      return wrong(flag, rest.slice(2), values.assign(flag, rest.slice(2))) ?? 0;
    const alone = loneValue(flag);
    if (alone !== undefined) {
      const refused = wrong(flag, alone, values.assign(flag, alone));
      if (refused !== undefined) return refused;
      continue;
    }
    if (rest.length > 1) return wrong(flag, rest.slice(1), values.assign(flag, rest.slice(1))) ?? 0;
    const next = argv[at + 1];
    if (next === undefined) return { error: `flag needs an argument: '${letter}' in -${rest}` };
    return wrong(flag, next, values.assign(flag, next)) ?? 1;
  }
  return 0;
}

function wrong(flag: Flag, text: string, error: string | undefined): FlagError | undefined {
  if (error === undefined) return undefined;
  const name = flag.shorthand === undefined ? `--${flag.name}` : `-${flag.shorthand}, --${flag.name}`;
  return { error: `invalid argument ${goQuote(text)} for "${name}" flag: ${error}` };
}

/**
 * The index of the first positional argument: the verb or subcommand. As cobra does, it skips the
 * values of the flags it knows. -1 when there is none before `--`.
 */
export function firstPositional(set: FlagSet, argv: readonly string[]): number {
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i] as string;
    if (arg === '--') return -1;
    if (arg === '-' || !arg.startsWith('-')) return i;
    if (arg.includes('=')) continue;
    const flag = arg.startsWith('--')
      ? set.byName.get(arg.slice(2))
      : arg.length === 2
        ? set.byShorthand.get(arg.charAt(1))
        : undefined;
    if (flag !== undefined && loneValue(flag) === undefined) i++;
  }
  return -1;
}
