import { describe, expect, it } from 'vitest';
import { align, DESCRIBE_LAYOUT, TABLE_LAYOUT, TabWriter } from '../../../src/kubectl/printers/tabwriter.ts';

describe('the tab writer', () => {
  it.each([
    [
      'pads columns by three, to at least six',
      TABLE_LAYOUT,
      'A\tNAME\nb\tweb-1\n',
      'A     NAME\nb     web-1\n',
    ],
    [
      'makes wide columns wider',
      TABLE_LAYOUT,
      'NAME\tX\nlonger-name\ty\n',
      'NAME          X\nlonger-name   y\n',
    ],
    [
      'pads by two in descriptions',
      DESCRIBE_LAYOUT,
      'Name:\tweb\nNamespace:\td\n',
      'Name:       web\nNamespace:  d\n',
    ],
    [
      'ends a column at a line without it',
      DESCRIBE_LAYOUT,
      'a:\tb\nline\nlong-name:\tc\n',
      'a:  b\nline\nlong-name:  c\n',
    ],
    ['aligns empty cells', DESCRIBE_LAYOUT, 'Labels:\ta\n\tb\n', 'Labels:  a\n         b\n'],
    ['counts characters, not code units', DESCRIBE_LAYOUT, '\u{1F6A2}\tx\nab\ty\n', '\u{1F6A2}   x\nab  y\n'],
  ])('%s', (_, layout, text, wanted) => {
    expect(align(text, layout)).toBe(wanted);
  });

  it('keeps the widths of columns from one flush to the next when told to', () => {
    const writer = new TabWriter(TABLE_LAYOUT, true);
    writer.write('NAME\tX\nlonger-name\ty\n');
    writer.flush();
    writer.write('a\tz\n');
    expect(writer.flush()).toBe('a             z\n');
  });
});
