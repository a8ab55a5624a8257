import { type Draw, line, type Picture } from '../draw.ts';
import { cursorColumn } from '../editor/buffer.ts';
import type { Diagnostic } from '../editor/diagnostics.ts';
import { highlightYaml, type Span } from '../editor/highlight.ts';
import type { FileTab } from '../store.ts';
import type { Row } from '../theme/row.ts';
import { sanitize } from '../theme/sanitize.ts';
import { cutText, textWidth, wrapText } from '../theme/width.ts';

/** What the editor is drawn with. */
export interface EditorOptions {
  readonly width: number;
  readonly height: number;
  readonly typing: boolean;
}

const MAX_PROBLEM_LINES = 3;

/** The part of a file around the cursor, coloured, with what is wrong below the lines it is in. */
export function editorPicture(draw: Draw, file: FileTab, options: EditorOptions): Picture {
  const { width, height, typing } = options;
  const { buffer } = file;
  const gutter = Math.max(3, String(buffer.lines.length).length + 1) + 1;
  const room = Math.max(4, width - gutter - 1);
  const column = cursorColumn(buffer);
  const shift = Math.max(0, column - Math.floor(room * 0.85));
  const problems = new Map<number, Diagnostic[]>();
  for (const problem of file.problems)
    problems.set(problem.line, [...(problems.get(problem.line) ?? []), problem]);
  const below = (row: number): Row[] =>
    (problems.get(row) ?? []).flatMap((problem) => problemRows(draw, problem, gutter, width)).slice(0, 6);
  const first = firstLine(buffer.lines.length, buffer.row, height, below);
  const rows: Row[] = [];
  let cursorY = 0;
  for (let at = first; at < buffer.lines.length && rows.length < height; at++) {
    if (at === buffer.row) cursorY = rows.length;
    rows.push(
      codeRow(draw, buffer.lines[at] ?? '', {
        at,
        gutter,
        width,
        shift,
        current: typing && at === buffer.row,
        bad: problems.has(at),
      }),
    );
    rows.push(...below(at));
  }
  const cursor = { x: Math.min(width - 1, gutter + column - shift), y: cursorY };
  return { rows: rows.slice(0, height), ...(typing ? { cursor } : {}) };
}

/** The first line to show: the cursor's line and what is below it stay in view, near the middle. */
function firstLine(count: number, row: number, height: number, below: (row: number) => Row[]): number {
  let used = 1 + below(row).length;
  let after = 0;
  for (let at = row + 1; at < count && after < height; at++) after += 1 + below(at).length;
  const limit = Math.max(Math.floor(height / 2), height - after);
  let first = row;
  while (first > 0) {
    const size = 1 + below(first - 1).length;
    if (used + size > limit) break;
    used += size;
    first--;
  }
  return first;
}

interface CodeOptions {
  readonly at: number;
  readonly gutter: number;
  readonly width: number;
  readonly shift: number;
  readonly current: boolean;
  readonly bad: boolean;
}

function codeRow(draw: Draw, text: string, { at, gutter, width, shift, current, bad }: CodeOptions): Row {
  const row = line(draw, width)
    .cell(at + 1, gutter - 1, bad ? 'failing' : current ? 'plain' : 'dim', 'right')
    .put(' ');
  for (const { text: piece, style } of dropColumns(highlightYaml(sanitizeCode(text)), shift))
    row.put(piece, style);
  return row.end();
}

/** Harmless, and as long as before, so that the cursor stands where it seems to stand. */
function sanitizeCode(text: string): string {
  return sanitize(text);
}

/** The spans without their first `count` columns. */
function dropColumns(spans: readonly Span[], count: number): Span[] {
  let left = count;
  const out: Span[] = [];
  for (const span of spans) {
    const head = left > 0 ? cutText(span.text, left) : '';
    left -= textWidth(head);
    const text = span.text.slice(head.length);
    if (text !== '') out.push({ text, style: span.style });
    if (head.length < span.text.length) left = 0;
  }
  return out;
}

function problemRows(draw: Draw, problem: Diagnostic, gutter: number, width: number): Row[] {
  const start = Math.min(gutter + problem.column, Math.floor(width / 2));
  const mark = draw.theme.glyphs.squiggle.repeat(3);
  const indent = start + mark.length + 1;
  const lines = wrapText(problem.message, Math.max(10, width - indent));
  const shown = lines.slice(0, MAX_PROBLEM_LINES);
  if (lines.length > shown.length)
    shown[shown.length - 1] = `${shown.at(-1) ?? ''} ${draw.theme.glyphs.ellipsis}`;
  return shown.map((text, i) =>
    line(draw, width)
      .to(start)
      .put(i === 0 ? mark : ' '.repeat(mark.length), 'failing')
      .put(' ')
      .put(text, 'failing')
      .end(),
  );
}

/** The names of the open files, the shown one bright, unsaved ones with a dot. */
export function fileTabs(draw: Draw, files: readonly FileTab[], chosen: number, width: number): Row {
  const row = line(draw, width);
  if (files.length === 0) return row.put(draw.t.level.manifest).end();
  for (const [i, file] of files.entries()) {
    const isChosen = i === chosen;
    if (i > 0) row.put(' ');
    row.put(file.path, isChosen ? ['accent', 'bold'] : 'dim');
    if (file.buffer.lines.join('\n') !== file.saved) row.put(` ${draw.theme.glyphs.up}`, 'waiting');
    if (file.problems.length > 0) row.put(` ${draw.theme.glyphs.cross}`, 'failing');
    if (i < files.length - 1) row.put(` ${draw.theme.glyphs.horizontal}`, 'dim');
  }
  return row.end();
}
