import { describe, expect, it } from 'vitest';
import { firstPositional, flagSet, parseFlags } from '../../src/kubectl/flags.ts';
import type { ParsedArgs } from '../../src/kubectl/verb.ts';

const set = flagSet([
  { name: 'namespace', shorthand: 'n', type: 'string', usage: '' },
  { name: 'stdin', shorthand: 'i', type: 'bool', usage: '' },
  { name: 'tty', shorthand: 't', type: 'bool', usage: '' },
  { name: 'wait', type: 'bool', default: true, usage: '' },
  { name: 'replicas', type: 'int', default: 1, usage: '' },
  { name: 'filename', shorthand: 'f', type: 'strings', usage: '' },
  { name: 'from-literal', type: 'array', usage: '' },
  { name: 'timeout', type: 'duration', default: '30s', usage: '' },
  { name: 'dry-run', type: 'string', default: 'none', noOptDefault: 'unchanged', usage: '' },
]);

function parse(...argv: string[]): ParsedArgs {
  const args = parseFlags(set, argv, true);
  if ('error' in args) throw new Error(args.error);
  return args;
}

describe('flags', () => {
  it.each<[string, string[], (args: ParsedArgs) => unknown, unknown]>([
    ['take a value after a space', ['--namespace', 'a'], (a) => a.string('namespace'), 'a'],
    ['take a value after =', ['--namespace=a=b'], (a) => a.string('namespace'), 'a=b'],
    ['take a short value after a space', ['-n', 'a'], (a) => a.string('namespace'), 'a'],
    ['take a short value without a space', ['-nkube-system'], (a) => a.string('namespace'), 'kube-system'],
    ['take a short value after =', ['-n=a'], (a) => a.string('namespace'), 'a'],
    ['take a value that looks like a flag', ['-n', '-x'], (a) => a.string('namespace'), '-x'],
    ['cluster short switches', ['-it'], (a) => [a.bool('stdin'), a.bool('tty')], [true, true]],
    ['end a cluster with a value', ['-itnx'], (a) => a.string('namespace'), 'x'],
    ['switch off with =false', ['--wait=false'], (a) => a.bool('wait'), false],
    [
      'leave the word after a switch alone',
      ['--wait', 'false'],
      (a) => [a.bool('wait'), a.args],
      [true, ['false']],
    ],
    ['keep defaults', [], (a) => [a.bool('wait'), a.int('replicas'), a.given('wait')], [true, 1, false]],
    [
      'stand alone where they may',
      ['--dry-run', 'x'],
      (a) => [a.string('dry-run'), a.args],
      ['unchanged', ['x']],
    ],
    ['may stand anywhere', ['a', '-n', 'b', 'c'], (a) => a.args, ['a', 'c']],
    ['repeat, and split at commas', ['-f', 'a,b', '-f', 'c'], (a) => a.strings('filename'), ['a', 'b', 'c']],
    ['of literals keep their commas', ['--from-literal=a=b,c'], (a) => a.strings('from-literal'), ['a=b,c']],
    ['end at --', ['a', '--', '-n', 'x'], (a) => [a.args, a.afterDash], [['a'], ['-n', 'x']]],
    [
      'take a lone - as an argument',
      ['-f', '-', '-'],
      (a) => [a.strings('filename'), a.args],
      [['-'], ['-']],
    ],
    ['read durations in milliseconds', ['--timeout=1m30s'], (a) => a.duration('timeout'), 90_000],
    ['read default durations', [], (a) => a.duration('timeout'), 30_000],
  ])('%s', (_, argv, get, wanted) => {
    expect(get(parse(...argv))).toEqual(wanted);
  });

  it.each([
    ['an unknown flag', ['--foo'], 'unknown flag: --foo'],
    ['an unknown shorthand', ['-x'], "unknown shorthand flag: 'x' in -x"],
    ['an unknown shorthand in a cluster', ['-ixt'], "unknown shorthand flag: 'x' in -xt"],
    ['a missing value', ['--namespace'], 'flag needs an argument: --namespace'],
    ['a missing short value', ['-n'], "flag needs an argument: 'n' in -n"],
    [
      'a number that is none',
      ['--replicas=x'],
      'invalid argument "x" for "--replicas" flag: strconv.ParseInt: parsing "x": invalid syntax',
    ],
    [
      'a switch that is none',
      ['--stdin=x'],
      'invalid argument "x" for "-i, --stdin" flag: strconv.ParseBool: parsing "x": invalid syntax',
    ],
    [
      'a duration without unit',
      ['--timeout=5'],
      'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"',
    ],
    ['bad syntax', ['---x'], 'bad flag syntax: ---x'],
  ])('refuses %s in the words of pflag', (_, argv, error) => {
    expect(parseFlags(set, argv)).toMatchObject({ error });
  });

  it.each([
    ['--namespce=x', '--namespace'],
    ['--replica=2', '--replicas'],
    ['--zzzzzz', undefined],
  ])('suggests the nearest name for %s', (flag, suggestion) => {
    const parsed = parseFlags(set, [flag]);
    expect('error' in parsed ? parsed.suggestion : 'parsed').toBe(suggestion);
  });

  it.each([
    ['skips the values of flags', ['-n', 'a', 'get'], 2],
    ['skips switches alone', ['-i', 'get'], 1],
    ['skips values after =', ['--namespace=a', 'get'], 1],
    ['finds nothing after --', ['--', 'get'], -1],
  ])('the first positional argument: %s', (_, argv, index) => {
    expect(firstPositional(set, argv)).toBe(index);
  });
});
