import { describe, expect, it } from 'vitest';
import { JAMO_KEYS, jamoOf } from '../../src/ui/jamo.ts';
import {
  bindings,
  commandFor,
  FALLBACK,
  type InkKey,
  namedKey,
  showKey,
  TEXT_CONTEXTS,
  typedKeys,
} from '../../src/ui/keys.ts';
import { texts } from '../../src/ui/texts/registry.ts';
import { createTheme } from '../../src/ui/theme/theme.ts';
import { NO_KEY } from './presskeys.ts';

describe('the table of keys', () => {
  it('binds no key twice in one context', () => {
    const seen = bindings.flatMap(({ context, keys }) => keys.map((key) => `${context} ${key}`));
    expect(seen.filter((entry, i) => seen.indexOf(entry) !== i)).toEqual([]);
  });

  it('binds no letter where letters are text', () => {
    const letters = bindings.filter(
      ({ context, keys }) => TEXT_CONTEXTS.has(context) && keys.some((key) => key.length === 1),
    );
    expect(letters).toEqual([]);
  });

  it('needs no Alt, function or kitty-only key', () => {
    for (const { keys } of bindings) {
      for (const key of keys) expect(key).not.toMatch(/alt|meta|^f\d|shift\+enter|ctrl\+enter|ctrl\+[imjh]$/);
    }
  });

  it('leads every command that has a key with Ctrl and an arrow also by another key', () => {
    for (const { keys } of bindings) {
      if (keys.some((key) => /^ctrl\+(left|right)$/.test(key))) expect(keys.length).toBeGreaterThan(1);
    }
  });

  it('goes back with Esc in every context', () => {
    for (const context of Object.keys(FALLBACK) as (keyof typeof FALLBACK)[]) {
      expect(commandFor(context, 'escape')).toBe('back');
    }
  });

  it('shows help with ? and asks before quitting with q wherever letters are commands', () => {
    for (const context of ['menu', 'level', 'panel', 'result'] as const) {
      expect([commandFor(context, '?'), commandFor(context, 'q')]).toEqual(['help', 'quit']);
    }
  });

  it.each(['en', 'ko'] as const)('has words for every command and context in %s', (language) => {
    const t = texts[language];
    for (const { command, context, keys } of bindings) {
      expect(t.keys[command]).not.toBe('');
      expect(t.help.contexts[context]).not.toBe('');
      for (const key of keys)
        expect(showKey(key, t, createTheme({ colour: true, ascii: false }))).not.toBe('');
    }
  });
});

describe('keys as they arrive', () => {
  it.each<[string, string, Partial<InkKey>, string | undefined]>([
    ['an arrow', '', { upArrow: true }, 'up'],
    ['Shift+Tab', '', { tab: true, shift: true }, 'shift+tab'],
    ['Ctrl+S', 's', { ctrl: true }, 'ctrl+s'],
    ['Ctrl+S with the Korean input method on', 'ㄴ', { ctrl: true }, 'ctrl+s'],
    ['Ctrl+left', '', { ctrl: true, leftArrow: true }, 'ctrl+left'],
    ['a letter', 'a', {}, undefined],
  ])('names %s', (_, input, key, name) => {
    expect(namedKey(input, { ...NO_KEY, ...key })).toBe(name);
  });

  it.each([
    ['latin letters', 'q?', ['q', '?']],
    ['a space', ' ', ['space']],
    ['jamo', 'ㅂ', ['q']],
    ['shifted jamo', 'ㅃ', ['Q']],
    ['a syllable of two jamo', '바', ['q', 'k']],
    ['a syllable with a compound vowel and final', '꽉', ['R', 'h', 'k', 'r']],
    ['a compound final', '값', ['r', 'k', 'q', 't']],
  ])('reads %s on the command path', (_, text, keys) => {
    expect(typedKeys(text)).toEqual(keys);
  });

  it('knows the 33 jamo of the layout, each on a key of its own', () => {
    expect(JAMO_KEYS.size).toBe(33);
    expect(new Set(JAMO_KEYS.values()).size).toBe(33);
    expect(jamoOf('a')).toBeUndefined();
  });
});
