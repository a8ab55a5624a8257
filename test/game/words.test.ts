import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { notAllowed } from '../../src/game/allow.ts';
import { PlayerFiles } from '../../src/game/playerfiles.ts';
import { particleFor, withParticle } from '../../src/game/texts/particles.ts';
import { wordsOf } from '../../src/game/words.ts';

describe('the words of a line', () => {
  it.each<[string, readonly string[]]>([
    ['kubectl get pods', ['kubectl', 'get', 'pods']],
    ["echo 'a b' c", ['echo', 'a b', 'c']],
    ['echo "a \\"b\\"" c\\ d', ['echo', 'a "b"', 'c d']],
    ['a=\'{"x": 1}\'', ['a={"x": 1}']],
    ['echo "a | b"', ['echo', 'a | b']],
    ["echo 'open", ['echo', 'open']],
    ['   ', []],
  ])('%s', (line, words) => {
    expect(wordsOf(line)).toEqual(words);
  });

  it('are found in any text without throwing', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (line) => Array.isArray(wordsOf(line))));
  });
});

describe('the commands of a level', () => {
  const allow = { kubectl: ['get', 'apply'], commands: ['curl'] };
  it.each<[string, string | undefined]>([
    ['kubectl get pods', undefined],
    ['kubectl -n shop get pods', undefined],
    ['kubectl --namespace=shop delete pod x', 'kubectl delete'],
    ['kubectl --namespace get delete pod x', 'kubectl delete'],
    ['kubectl --kubeconfig get delete pod x', 'kubectl delete'],
    ['kubectl', undefined],
    ['kubectl --help', undefined],
    ['kubectl explain pod', undefined],
    ['curl http://web', undefined],
    ['ssh n1', 'ssh'],
    ['help', undefined],
  ])('%s', (line, refused) => {
    const [name = '', ...args] = wordsOf(line);
    expect(notAllowed(allow, name, args)?.command).toBe(refused);
  });

  it('are all there when it names none', () => {
    const all = { kubectl: undefined, commands: undefined };
    expect(notAllowed(all, 'ssh', ['n1'])).toBeUndefined();
    expect(notAllowed(all, 'kubectl', ['delete', 'pod', 'x'])).toBeUndefined();
  });
});

describe("the player's folder", () => {
  it('keeps texts by path, sorted', () => {
    const files = new PlayerFiles(new Map([['b.yaml', 'b']]));
    files.write('./a/c.yaml', 'c');
    expect([...files.all.keys()]).toEqual(['a/c.yaml', 'b.yaml']);
    expect(files.list('')).toEqual(['a/', 'b.yaml']);
    expect(files.list('a')).toEqual(['c.yaml']);
    expect(files.list('b.yaml')).toBeUndefined();
    expect(files.read('/a/../a/c.yaml')).toBe('c');
    expect([files.remove('b.yaml'), files.remove('b.yaml')]).toEqual([true, false]);
  });

  it.each([
    ['', 'x'],
    ['..', 'x'],
    ['a\u0007b', 'x'],
    ['a\u202eb', 'x'],
    ['b.yaml/c', 'x'],
    ['dir', 'x'],
    ['big', 'x'.repeat(300_000)],
    ['x'.repeat(300), 'x'],
  ])('refuses the file %j', (path, text) => {
    const files = new PlayerFiles(
      new Map([
        ['b.yaml', 'b'],
        ['dir/x', ''],
      ]),
    );
    expect(files.save(path, text)).toBe(false);
    expect(files.all.size).toBe(2);
  });

  it('is full at some point', () => {
    const files = new PlayerFiles(new Map());
    const saved = Array.from({ length: 400 }, (_, i) => files.save(`f${i}`, 'x'));
    expect(saved.filter(Boolean)).toHaveLength(300);
    expect(files.save('f0', 'y')).toBe(true);
  });
});

describe('Korean particles', () => {
  it.each([
    ['노드', '이/가', '노드가'],
    ['파드', '을/를', '파드를'],
    ['컨테이너', '은/는', '컨테이너는'],
    ['서비스들', '은/는', '서비스들은'],
    ['물', '으로/로', '물로'],
    ['집', '으로/로', '집으로'],
    ['3', '이/가', '3이'],
    ['2', '이/가', '2가'],
    ['10', '을/를', '10을'],
    ['n1', '으로/로', 'n1로'],
    ['100', '은/는', '100은'],
    ['Deployment', '이/가', 'Deployment가'],
    ['Pod', '이/가', 'Pod가'],
    ['DNS', '은/는', 'DNS는'],
    ['URL', '을/를', 'URL을'],
    ['"노드"', '이/가', '"노드"가'],
    ['', '이/가', '가'],
  ] as const)('%s with %s', (word, particle, expected) => {
    expect(withParticle(word, particle)).toBe(expected);
  });

  it('are always one of the two', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (word) => ['은', '는'].includes(particleFor(word, '은/는'))),
    );
  });
});
