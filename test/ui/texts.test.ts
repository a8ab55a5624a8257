import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { faults } from '../../src/cluster/faults/registry.ts';
import { en } from '../../src/ui/texts/en.ts';
import { ko } from '../../src/ui/texts/ko.ts';

/** Every text by its path; texts with values are called with stand-ins. */
function flatten(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') {
    const names = Array.from({ length: value.length }, (_, i) => `${i + 2}`);
    return [[path, String((value as (...args: string[]) => unknown)(...names))]];
  }
  return Object.entries(value as object).flatMap(([key, inner]) =>
    flatten(inner, path === '' ? key : `${path}.${key}`),
  );
}

describe('the texts', () => {
  it('exist in both languages under the same keys', () => {
    expect(flatten(ko).map(([path]) => path)).toEqual(flatten(en).map(([path]) => path));
  });

  it('are translated: few Korean texts read like the English ones', () => {
    const korean = new Map(flatten(ko));
    const same = flatten(en).filter(([path, text]) => korean.get(path) === text && /[a-z]{3}/.test(text));
    expect(same.map(([path]) => path.replace(/\..*/, ''))).toEqual(
      expect.not.arrayContaining(['confirm', 'goals']),
    );
    expect(same.length).toBeLessThan(14);
  });

  it('are single lines', () => {
    for (const [path, text] of [...flatten(en), ...flatten(ko)]) expect(text, path).not.toMatch(/\n/);
  });

  it('have words for every fault, that fit their column', () => {
    for (const { kind } of faults)
      for (const t of [en, ko])
        expect(stringWidth(t.faults.kinds[kind] ?? 'x'.repeat(99)), kind).toBeLessThan(39);
  });
});
