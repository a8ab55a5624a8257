import { type Draw, line } from '../draw.ts';
import { EMPTY, type Row } from '../theme/row.ts';
import { sanitizeLines } from '../theme/sanitize.ts';
import type { StyleName } from '../theme/theme.ts';
import { textWidth, wrapText } from '../theme/width.ts';

/** The little Markdown that briefings are written in: headings, lists, code, emphasis, paragraphs. */
export function markdownRows(draw: Draw, text: string, width: number): Row[] {
  const rows: Row[] = [];
  let code = false;
  let paragraph: string[] = [];
  /** What the first row of the paragraph begins with: the mark of a list item. */
  let lead = '';
  const flush = (): void => {
    if (paragraph.length > 0) rows.push(...wrapped(draw, paragraph.join(' '), width, lead));
    paragraph = [];
    lead = '';
  };
  for (const source of sanitizeLines(text)) {
    if (/^\s*```/.test(source)) {
      flush();
      code = !code;
    } else if (code) rows.push(line(draw, width).put('  ').put(source, 'accent').end());
    else if (source.trim() === '') {
      flush();
      if (rows.length > 0 && rows.at(-1) !== EMPTY) rows.push(EMPTY);
    } else if (/^#+ /.test(source)) {
      flush();
      rows.push(line(draw, width).put(source.replace(/^#+ /, ''), 'title').end());
    } else if (/^\s*([-*]|\d+\.) /.test(source)) {
      flush();
      const [, spaces = '', mark = '', rest = ''] = /^(\s*)([-*]|\d+\.) (.*)$/.exec(source) ?? [];
      const bullet = mark === '-' || mark === '*' ? draw.theme.glyphs.dot : mark;
      lead = `${spaces}${bullet} `;
      paragraph.push(rest);
    } else {
      // An item goes on where a line is indented; elsewhere a paragraph begins.
      if (lead !== '' && !/^\s/.test(source)) flush();
      paragraph.push(source.trim());
    }
  }
  flush();
  while (rows.at(-1) === EMPTY) rows.pop();
  return rows;
}

/** `**`, a backquote, and a pair of `*` around words; what follows the second may be a Korean particle. */
const MARKS = /(\*\*|`)/;
/** A single `*` that begins or ends emphasis, and not a multiplication or a wildcard. */
const PAIRS = /(?<![*\w])\*(?=[^\s*])([^*\n]*[^\s*])\*(?!\*)/g;

/** Text wrapped with a hanging indent; `code` and **strong** words get their colour. */
function wrapped(draw: Draw, text: string, width: number, lead: string): Row[] {
  const indent = textWidth(lead);
  let style: StyleName = 'plain';
  // Emphasis and strong are drawn alike; a lone asterisk is a character like any other.
  const marked = text.replace(PAIRS, '**$1**');
  return wrapText(marked, Math.max(8, width - indent)).map((piece, i) => {
    const row = line(draw, width).put(i === 0 ? lead : ' '.repeat(indent), 'accent');
    for (const part of piece.split(MARKS)) {
      if (part === '**') style = style === 'bold' ? 'plain' : 'bold';
      else if (part === '`') style = style === 'accent' ? 'plain' : 'accent';
      else row.put(part, style);
    }
    return row.end();
  });
}
