import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as buffers from '../../src/ui/editor/buffer.ts';

type Edit = (buffer: buffers.EditBuffer) => buffers.EditBuffer;

/** A text with `|` where the cursor is. */
function parse(marked: string): buffers.EditBuffer {
  const before = marked.slice(0, marked.indexOf('|')).split('\n');
  return buffers.moveTo(
    buffers.createBuffer(marked.replace('|', '')),
    before.length - 1,
    (before.at(-1) ?? '').length,
  );
}

function show(buffer: buffers.EditBuffer): string {
  return buffer.lines
    .map((line, row) =>
      row === buffer.row ? `${line.slice(0, buffer.col)}|${line.slice(buffer.col)}` : line,
    )
    .join('\n');
}

describe('editing', () => {
  it.each<[string, string, Edit, string]>([
    ['typing puts text at the cursor', 'a|c', (b) => buffers.insert(b, 'b'), 'ab|c'],
    ['pasting puts several lines', 'a|d', (b) => buffers.insert(b, 'b\r\nc'), 'ab\nc|d'],
    ['pasted tabs become spaces', '|', (b) => buffers.insert(b, '\ta'), '  a|'],
    ['a new line keeps the indentation', '  a: 1|', buffers.insertNewline, '  a: 1\n  |'],
    ['a new line after a colon goes deeper', 'spec:|', buffers.insertNewline, 'spec:\n  |'],
    [
      'a new line in a list item goes beside its key',
      '  - name: web|',
      buffers.insertNewline,
      '  - name: web\n    |',
    ],
    ['a new line in an empty list item goes back', '  - |', buffers.insertNewline, '  - \n  |'],
    ['a new line after a block mark goes deeper', 'a: |-|', (b) => b, 'a: |-|'],
    ['a new line splits a line', '  ab|cd', buffers.insertNewline, '  ab\n  |cd'],
    ['backspace deletes a character', 'ab|c', buffers.backspace, 'a|c'],
    ['backspace deletes a Korean syllable', '한글|', buffers.backspace, '한|'],
    ['backspace deletes an emoji as a whole', 'a👨‍👩‍👧|', buffers.backspace, 'a|'],
    ['backspace in the indentation deletes a level', '    |a', buffers.backspace, '  |a'],
    ['backspace in odd indentation goes to a level', '   |a', buffers.backspace, '  |a'],
    ['backspace at the beginning joins lines', 'a\n|b', buffers.backspace, 'a|b'],
    ['backspace at the very beginning does nothing', '|a', buffers.backspace, '|a'],
    ['delete deletes what follows', 'a|bc', buffers.deleteAfter, 'a|c'],
    ['delete at the end joins lines', 'a|\nb', buffers.deleteAfter, 'a|b'],
    ['cutting takes the line out', 'a\nb|b\nc', buffers.deleteLine, 'a\n|c'],
    ['cutting the only line leaves an empty one', 'ab|', buffers.deleteLine, '|'],
    ['Tab goes to the next level', ' |a', buffers.indent, '  |a'],
    ['Shift+Tab takes a level off', '    a|', buffers.outdent, '  a|'],
    ['Home goes to the first character', '  ab|', buffers.moveHome, '  |ab'],
    ['Home again goes to the beginning', '  |ab', buffers.moveHome, '|  ab'],
    ['End goes to the end', '|ab', buffers.moveEnd, 'ab|'],
    ['left goes over the line end', 'a\n|b', buffers.moveLeft, 'a|\nb'],
    ['right goes over the line end', 'a|\nb', buffers.moveRight, 'a\n|b'],
    ['a word to the left', 'spec.replicas |', buffers.moveWordLeft, 'spec.|replicas '],
    ['a word to the right', '|  web: 1', buffers.moveWordRight, '  web|: 1'],
    ['down keeps the column', 'abcd|\nab\nabcdef', (b) => buffers.moveVertically(b, 2), 'abcd\nab\nabcd|ef'],
    [
      'down past a short line remembers the column',
      'abcd|\nab\nabcdef',
      (b) => buffers.moveVertically(buffers.moveVertically(b, 1), 1),
      'abcd\nab\nabcd|ef',
    ],
    [
      'down goes by columns, not characters',
      'abcd|\n한글한글',
      (b) => buffers.moveVertically(b, 1),
      'abcd\n한글|한글',
    ],
  ])('%s', (_, before, edit, after) => {
    expect(show(edit(parse(before)))).toBe(after);
  });

  it('undoes a word at once and a pasted text on its own', () => {
    let buffer = buffers.createBuffer('');
    for (const char of 'web') buffer = buffers.insert(buffer, char);
    buffer = buffers.insert(buffer, 'pasted text');
    buffer = buffers.undo(buffer);
    expect(show(buffer)).toBe('web|');
    buffer = buffers.undo(buffer);
    expect(show(buffer)).toBe('|');
    expect(show(buffers.redo(buffers.redo(buffer)))).toBe('webpasted text|');
  });

  it('keeps what was there before the file changed on disk', () => {
    const changed = buffers.replaceText(parse('a\nbcd|'), 'x');
    expect(show(changed)).toBe('x|');
    expect(show(buffers.undo(changed))).toBe('a\nbcd|');
  });
});

describe('a buffer compared with a plain string', () => {
  const chars = fc.constantFrom('a', 'Z', ' ', ':', '한', '글', '\n', '👩‍🚀');
  const edits = fc.array(
    fc.oneof(
      fc.record({
        kind: fc.constant('insert' as const),
        text: fc.array(chars, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
      }),
      fc.record({ kind: fc.constantFrom('left', 'right', 'delete') }),
    ),
    { maxLength: 40 },
  );
  const characters = (text: string): string[] =>
    Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);

  it('has the same text and cursor after any edits, and its undo leads back to the beginning', () => {
    fc.assert(
      fc.property(edits, (list) => {
        let buffer = buffers.createBuffer('');
        let before = '';
        let after = '';
        for (const edit of list) {
          if (edit.kind === 'insert' && 'text' in edit) {
            buffer = buffers.insert(buffer, edit.text);
            before += edit.text;
          } else if (edit.kind === 'left') {
            buffer = buffers.moveLeft(buffer);
            const last = characters(before).at(-1) ?? '';
            before = before.slice(0, before.length - last.length);
            after = last + after;
          } else if (edit.kind === 'right') {
            buffer = buffers.moveRight(buffer);
            const first = characters(after)[0] ?? '';
            before += first;
            after = after.slice(first.length);
          } else {
            buffer = buffers.deleteAfter(buffer);
            after = after.slice((characters(after)[0] ?? '').length);
          }
          expect(buffers.textOf(buffer)).toBe(before + after);
          expect(
            buffer.lines.slice(0, buffer.row).join('\n').length + (buffer.row > 0 ? 1 : 0) + buffer.col,
          ).toBe(before.length);
        }
        for (let i = 0; i < 100; i++) buffer = buffers.undo(buffer);
        expect(buffers.textOf(buffer)).toBe('');
      }),
    );
  });
});
