/** A piece of a statement. Words keep their case in `text`; `word` is in lower case, empty for others. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'symbol';
  readonly text: string;
  readonly word: string;
}

const PIECE =
  /\s+|--[^\n]*|\/\*[\s\S]*?\*\/|([A-Za-z_][\w$]*)|"((?:[^"]|"")*)"|`([^`]*)`|'((?:[^'\\]|''|\\[\s\S])*)'|(\d+(?:\.\d+)?)|(<=|>=|<>|!=|::|[-+*/(),.;=<>%@:])/gy;

/** The statements of a script, each as its tokens; or the place where it stops making sense. */
export function statements(sql: string): {
  readonly list: readonly (readonly Token[])[];
  readonly bad?: string;
} {
  const list: Token[][] = [];
  let current: Token[] = [];
  const pattern = new RegExp(PIECE);
  let at = 0;
  while (at < sql.length) {
    pattern.lastIndex = at;
    const m = pattern.exec(sql);
    if (m === null) return { list, bad: sql.slice(at, at + 40) };
    at = pattern.lastIndex;
    const token = tokenOf(m);
    if (token === undefined) continue;
    if (token.text === ';' && token.kind === 'symbol') {
      if (current.length > 0) list.push(current);
      current = [];
    } else current.push(token);
  }
  if (current.length > 0) list.push(current);
  return { list };
}

function tokenOf([, word, quoted, ticked, text, number, symbol]: RegExpExecArray): Token | undefined {
  if (word !== undefined) return { kind: 'word', text: word, word: word.toLowerCase() };
  if (quoted !== undefined) return { kind: 'quoted', text: quoted.replaceAll('""', '"'), word: '' };
  if (ticked !== undefined) return { kind: 'quoted', text: ticked, word: '' };
  if (text !== undefined)
    return { kind: 'string', text: text.replaceAll("''", "'").replace(/\\([\s\S])/g, '$1'), word: '' };
  if (number !== undefined) return { kind: 'number', text: number, word: '' };
  return symbol === undefined ? undefined : { kind: 'symbol', text: symbol, word: '' };
}
