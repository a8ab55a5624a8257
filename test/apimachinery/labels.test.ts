import { describe, expect, it } from 'vitest';
import { parseFieldSelector } from '../../src/apimachinery/fields.ts';
import { parseSelector } from '../../src/apimachinery/labelparser.ts';
import * as labels from '../../src/apimachinery/labels.ts';

function selector(text: string): labels.Selector {
  const s = parseSelector(text);
  if ('error' in s) throw new Error(s.error);
  return s;
}

describe('label selectors as text', () => {
  it.each([
    ['', '', { a: 'b' }, true],
    ['a=b,c!=d', 'a=b,c!=d', { a: 'b' }, true],
    ['a==b', 'a==b', { a: 'c' }, false],
    ['x in (foo,,baz),y,z notin ()', 'x in (,baz,foo),y,z notin ()', { x: '', y: '', z: 'q' }, true],
    ['e in (y, x)', 'e in (x,y)', { e: 'z' }, false],
    ['!g', '!g', { g: '' }, false],
    ['f', 'f', { f: '' }, true],
    ['b=1, a=2', 'a=2,b=1', { a: '2', b: '1' }, true],
    ['n>3', 'n>3', { n: '10' }, true],
    ['n<3', 'n<3', { n: '10' }, false],
    ['n<3', 'n<3', { n: 'x' }, false],
    ['a=', 'a=', { a: '' }, true],
    ['in=in', 'in=in', { in: 'in' }, true],
    ['x in (in,notin)', 'x in (in,notin)', { x: 'notin' }, true],
    ['a', 'a', JSON.parse('{"__proto__": "x"}') as Record<string, string>, false],
    ['toString', 'toString', {}, false],
    ['x= ,z= ', 'x=,z=', { x: '', z: '' }, true],
    ['\rx', 'x', { x: '' }, true],
    ['x,y in (a)', 'x,y in (a)', { x: '', y: 'a' }, true],
    ['x notin (, a)', 'x notin (,a)', { x: 'b' }, true],
    ['x notin ( )', 'x notin ()', { x: '' }, false],
    [
      '0.1.2.domain/99 notin (10.10.100.1, tick.tack.clock)',
      '0.1.2.domain/99 notin (10.10.100.1,tick.tack.clock)',
      {},
      true,
    ],
    ['foo  in\t (abc)', 'foo in (abc)', { foo: 'abc' }, true],
    ['x>1,z<5', 'x>1,z<5', { x: '2', z: '4' }, true],
    ['x!=y,z!=w', 'x!=y,z!=w', { x: 'z', z: 'w' }, false],
  ])('%j prints as %j', (text, printed, set, matches) => {
    expect(selector(text).toString()).toBe(printed);
    expect(selector(text).matches(set)).toBe(matches);
  });

  it.each([
    ['a=b,', "found '', expected: identifier after ','"],
    [',a', "found ',', expected: !, identifier, or 'end of string'"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    ['a in x', "unable to parse requirement: found 'x' expected: '('"],
    ['a in (x', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['x==a==b', "found '==', expected: ',' or 'end of string'"],
    ['!x=a', "found '=', expected: ',' or 'end of string'"],
    ['x nott in (y)', "unable to parse requirement: found 'nott', expected: in, notin, =, ==, !=, gt, lt"],
    ['a in (xyz),', "found '', expected: identifier after ','"],
    ['a in (xyz)b notin ()', "found 'b', expected: ',' or 'end of string'"],
    ['a in (xyz abc)', "unable to parse requirement: found 'abc', expected: ',' or ')'"],
    ['a notin(', "unable to parse requirement: found '', expected: ',', ')' or identifier"],
    ['a (', "unable to parse requirement: found '(', expected: in, notin, =, ==, !=, gt, lt"],
    ['(', "found '(', expected: !, identifier, or 'end of string'"],
    [
      'a>x',
      `unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`,
    ],
  ])('%j is refused', (text, error) => expect(parseSelector(text)).toEqual({ error }));

  it('refuses bad keys and values with the format they break', () => {
    expect(parseSelector('-a=b')).toMatchObject({
      error: expect.stringMatching(
        /^unable to parse requirement: <nil>: Invalid value: "-a": name part must consist of/,
      ),
    });
    expect(parseSelector('a=-b')).toMatchObject({
      error: expect.stringMatching(
        /values\[0\]\[a\]: Invalid value: "-b": a valid label must be an empty string/,
      ),
    });
  });
});

describe('label selectors of objects', () => {
  it('select nothing where there is none and everything where it is empty', () => {
    expect(labels.compiledSelector(undefined).matches({})).toBe(false);
    expect(labels.compiledSelector({}).matches({})).toBe(true);
    expect(labels.compiledSelector({}).isEmpty()).toBe(true);
    expect(labels.formatLabelSelector({})).toBe('<none>');
  });

  it('match all of matchLabels and matchExpressions', () => {
    const ps: labels.LabelSelector = {
      matchLabels: { app: 'web' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['a', 'b'] },
        { key: 'old', operator: 'DoesNotExist' },
        { key: 'env', operator: 'NotIn', values: ['dev'] },
        { key: 'zone', operator: 'Exists' },
      ],
    };
    const s = labels.compiledSelector(ps);
    expect(s.matches({ app: 'web', tier: 'a', zone: 'z' })).toBe(true);
    expect(s.matches({ app: 'web', tier: 'a', zone: 'z', old: '' })).toBe(false);
    expect(s.matches({ app: 'web', tier: 'c', zone: 'z' })).toBe(false);
    expect(s.matches(undefined)).toBe(false);
    expect(s.toString()).toBe('app=web,env notin (dev),!old,tier in (a,b),zone');
    expect(labels.compiledSelector(ps)).toBe(s);
  });

  it('refuse unknown operators and missing values', () => {
    expect(labels.labelSelectorAsSelector({ matchExpressions: [{ key: 'a', operator: 'Foo' }] })).toEqual({
      error: '"Foo" is not a valid label selector operator',
    });
    expect(labels.labelSelectorAsSelector({ matchExpressions: [{ key: 'a', operator: 'In' }] })).toEqual({
      error: "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty",
    });
  });
});

describe('field selectors', () => {
  const pod = (name: string): string | undefined =>
    new Map([
      ['metadata.name', 'x'],
      ['status.phase', 'Running'],
    ]).get(name);

  it.each([
    ['', true],
    ['status.phase=Running', true],
    ['status.phase==Running,metadata.name!=x', false],
    ['metadata.name!=y', true],
    ['spec.nodeName=', true],
    ['spec.nodeName!=', false],
  ])('%j', (text, matches) => {
    const s = parseFieldSelector(text);
    expect('error' in s ? s : s.matches(pod)).toBe(matches);
  });

  it('keep escaped signs in values', () => {
    const s = parseFieldSelector('a=x\\,y\\=z\\\\');
    expect('error' in s ? s : s.requiresExactMatch('a')).toBe('x,y=z\\');
    expect(s.toString()).toBe('a=x\\,y\\=z\\\\');
  });

  it.each([
    ['foo', "invalid selector: 'foo'; can't understand 'foo'"],
    ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
    ['a=\\x', 'invalid field selector: invalid escape sequence: \\x'],
  ])('%j is refused', (text, error) => expect(parseFieldSelector(text)).toEqual({ error }));
});
