import type { StyleName } from '../theme/theme.ts';

/** A piece of a line in one style; the pieces of a line joined are the line. */
export interface Span {
  readonly text: string;
  readonly style: StyleName;
}

const TOKENS: readonly (readonly [RegExp, StyleName])[] = [
  [/^\s+/, 'plain'],
  [/^#.*/, 'comment'],
  [/^(?:---|\.\.\.)(?=\s|$)/, 'dim'],
  [/^[-?](?=\s|$)/, 'accent'],
  [/^"(?:[^"\\]|\\.)*"(?=\s*:(?:\s|$))/, 'key'],
  [/^'(?:[^']|'')*'(?=\s*:(?:\s|$))/, 'key'],
  [/^[^\s#:{}[\],&*!|>'"%@`][^:#{}[\],]*?(?=\s*:(?:\s|$))/, 'key'],
  [/^"(?:[^"\\]|\\.)*"?/, 'string'],
  [/^'(?:[^']|'')*'?/, 'string'],
  [/^(?:true|false|yes|no|on|off|null|~)(?=\s*(?:$|[,\]}#]))/i, 'number'],
  [/^[-+]?(?:\d[\d_]*)(?:\.\d+)?(?:[eE][-+]?\d+)?(?=\s*(?:$|[,\]}#]))/, 'number'],
  [/^[&*!][^\s,\]}]*/, 'accent'],
  [/^[|>][-+\d]*(?=\s*(?:$|#))/, 'accent'],
  [/^[:,{}[\]]/, 'dim'],
  [/^[^\s,{}[\]]+/, 'string'],
];

/** A line longer than this is drawn in one piece. */
const MAX_LINE = 500;

/** Colours one line of YAML, looking at nothing but the line. */
export function highlightYaml(line: string): Span[] {
  if (line.length > MAX_LINE) return [{ text: line, style: 'plain' }];
  const spans: Span[] = [];
  let rest = line;
  let first = true;
  while (rest !== '') {
    const [text, style] = nextToken(rest, first);
    spans.push({ text, style });
    rest = rest.slice(text.length);
    if (style !== 'plain' && text !== '-') first = false;
  }
  return spans;
}

function nextToken(rest: string, first: boolean): readonly [string, StyleName] {
  for (const [pattern, style] of TOKENS) {
    // A dash or a document mark means something only where a value may begin.
    if (!first && (style === 'accent' || style === 'dim') && /^[-.?]/.test(rest)) continue;
    const text = pattern.exec(rest)?.[0];
    if (text !== undefined && text !== '') return [text, style];
  }
  return [rest.slice(0, 1), 'plain'];
}
