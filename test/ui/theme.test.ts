import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { RowBuilder, sliceRow } from '../../src/ui/theme/row.ts';
import { sanitize, sanitizeLines } from '../../src/ui/theme/sanitize.ts';
import { createTheme, wantsAscii, wantsColour } from '../../src/ui/theme/theme.ts';
import {
  clipMiddle,
  clipStart,
  clipText,
  cutText,
  graphemes,
  textWidth,
  wrapText,
} from '../../src/ui/theme/width.ts';

const theme = createTheme({ colour: true, ascii: false });
const anyText = fc.string({ unit: 'binary', maxLength: 60 });
// biome-ignore lint/suspicious/noControlCharactersInRegex: takes colours out.
const plain = (text: string): string => text.replace(/\u001b\[[0-9;]*m/g, '');

describe('sanitize', () => {
  it.each([
    ['keeps plain text', 'kubectl get pods -o wide', 'kubectl get pods -o wide'],
    ['keeps Korean', '한글 파드', '한글 파드'],
    ['drops colours', '\u001b[31mred\u001b[0m', 'red'],
    ['drops cursor movement', 'a\u001b[2J\u001b[1;1Hb', 'ab'],
    ['drops a title change', 'a\u001b]0;owned\u0007b', 'ab'],
    ['drops a clipboard write without an end', 'a\u001b]52;c;AAAA', 'a'],
    ['drops a link but keeps its words', '\u001b]8;;http://x\u001b\\here\u001b]8;;\u001b\\', 'here'],
    ['drops eight-bit control sequences', 'a\u009b31mb', 'ab'],
    ['shows where a control character was', 'a\u0000b\u0007c', 'a·b·c'],
    ['makes one line of several', 'a\nb\r\nc\u2028d', 'a b c d'],
    ['widens tabs', 'a\tb', 'a    b'],
    ['drops bidirectional controls', 'user\u202egnp.exe', 'usergnp.exe'],
    ['drops isolates and marks', '\u2066a\u2069\u200f', 'a'],
    ['drops invisible characters', 'a\u200bb\ufeffc\u00add', 'abcd'],
    ['drops the signs that only format others', '\u{110bd}a\ufff9b\u{13430}', 'ab'],
    ['drops tag characters', 'a\u{e0041}\u{e0042}', 'a'],
    ['drops variation selectors', '❤️', '❤'],
    ['bounds combining marks', `e${'\u0301\u0302\u0303\u0304\u0305'}`, 'é̂̃'],
    ['replaces lone surrogates', 'a\ud800b', 'a\ufffdb'],
    ['cuts very long lines', 'x'.repeat(100_000), 'x'.repeat(4096)],
  ])('%s', (_, text, expected) => {
    expect(sanitize(text)).toBe(expected.normalize('NFC'));
  });

  it('leaves nothing that a terminal would act on, whatever the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(sanitize(text)).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });

  it('keeps the last lines of a text that has too many', () => {
    expect(sanitizeLines('a\nb\nc\n', 2)).toEqual(['b', 'c']);
  });
});

describe('widths', () => {
  it.each([
    ['ASCII', 'pods', 4],
    ['Korean, twice as wide', '파드', 4],
    ['ambiguous characters, once', '■▣▤□✖░●★☆→', 10],
  ])('counts %s', (_, text, width) => {
    expect(textWidth(text)).toBe(width);
  });

  it('counts every character as the Unicode tables do, and takes the same for one character', () => {
    const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
    const wrong: string[] = [];
    for (let code = 0xa0; code <= 0xffff; code += code < 0x3000 ? 1 : 37) {
      const text = sanitize(`x${String.fromCharCode(code)}y`);
      const units = Array.from(segmenter.segment(text), ({ segment }) => segment);
      if (textWidth(text) !== stringWidth(text) || graphemes(text).join('|') !== units.join('|'))
        wrong.push(code.toString(16));
    }
    expect(wrong).toEqual([]);
  });

  it.each([
    ['cutText', cutText('파드pod', 3), '파'],
    ['clipText', clipText('파드pod', 4), '파…'],
    ['clipText where it fits', clipText('파드', 4), '파드'],
    ['clipMiddle', clipMiddle('web-7d4b9c8f5-x2kfp', 12), 'web-7d…x2kfp'],
    ['clipStart', clipStart('status.readyReplicas', 14), '…readyReplicas'],
  ])('%s never halves a character', (_, got, expected) => {
    expect(got).toBe(expected);
  });

  it('cut and clip to the width asked for, whatever the text', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 30 }), (raw, width) => {
        const text = sanitize(raw);
        for (const cut of [cutText, clipText, clipMiddle, clipStart]) {
          expect(textWidth(cut(text, width))).toBeLessThanOrEqual(width);
        }
      }),
    );
  });

  it('wraps between words and loses none of them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z한글]{1,12}$/), { minLength: 1, maxLength: 20 }),
        (words) => {
          const lines = wrapText(words.join(' '), 10);
          for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(10);
          expect(lines.join('').replaceAll(' ', '')).toBe(words.join(''));
        },
      ),
    );
  });
});

describe('a row', () => {
  it('never takes more columns than it may, whatever is put into it', () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 5 }), fc.integer({ min: 0, max: 40 }), (texts, max) => {
        const builder = new RowBuilder(theme, max);
        for (const text of texts) builder.put(text, 'ready').cell(text, 5, 'failing', 'right');
        const row = builder.end();
        expect(row.width).toBeLessThanOrEqual(max);
        expect(stringWidth(plain(row.text))).toBe(row.width);
      }),
    );
  });

  it('aligns numbers to the right', () => {
    expect(
      plain(new RowBuilder(theme, 9).cell(7, 4, 'plain', 'right').cell(42, 4, 'plain', 'right').end().text),
    ).toBe('   7  42');
  });

  it('is cut apart with its colours, wide characters becoming spaces where they are halved', () => {
    const row = new RowBuilder(theme, 20).put('ab').put('한글', 'ready').put('cd').end();
    expect(sliceRow(row, 3, 7)).toEqual({ text: '\u001b[32m 글\u001b[0mc', width: 4 });
    expect(sliceRow(row, 0, 2)).toEqual({ text: 'ab', width: 2 });
  });

  it('has no colours but still weight when colours are off', () => {
    const bare = createTheme({ colour: false, ascii: true });
    expect(new RowBuilder(bare, 9).put('x', 'ready').put('y', ['failing', 'bold']).end().text).toBe(
      'x\u001b[1;1my\u001b[0m',
    );
  });
});

describe('the terminal', () => {
  it.each([
    [{ TERM: 'xterm' }, true, false],
    [{ NO_COLOR: '1', TERM: 'xterm' }, false, false],
    [{ NO_COLOR: '', LANG: 'en_US.UTF-8' }, true, false],
    [{ TERM: 'dumb' }, false, true],
    [{ TERM: 'linux', LANG: 'ko_KR.UTF-8' }, true, true],
    [{ LC_ALL: 'C', LANG: 'ko_KR.UTF-8' }, true, true],
    [{ LC_ALL: '', LANG: 'ko_KR.utf8' }, true, false],
  ])('with %o has colours: %s, ASCII only: %s', (env, colour, ascii) => {
    expect([wantsColour(env), wantsAscii(env)]).toEqual([colour, ascii]);
  });
});
