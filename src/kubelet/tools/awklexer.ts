/** The words of an awk program. */
export interface AwkToken {
  readonly type: 'number' | 'string' | 'regex' | 'name' | 'call' | 'punctuation' | 'newline' | 'end';
  readonly text: string;
  /** Blanks before it: `a (b)` and `f(b)` differ. */
  readonly spaced: boolean;
}

const SPACE = /[ \t\r]+|\\\n|#[^\n]*/y;
const NUMBER = /\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?/y;
const NAME = /[A-Za-z_]\w*/y;
const STRING = /"((?:[^"\\\n]|\\[\s\S])*)"/y;
const REGEX = /\/((?:[^/\\\n[]|\\[^\n]|\[(?:\\.|[^\]\n])*\])*)\//y;
const PUNCTUATION = /&&|\|\||[=!<>+\-*/%^]=|\+\+|--|!~|[{}()[\];,+\-*/%^!<>?:~$=]/y;
const MAX_PROGRAM = 100_000;

/** Splits a program into words; a text says what cannot be read. */
export function awkTokens(program: string): readonly AwkToken[] | string {
  if (program.length > MAX_PROGRAM) return 'program too long';
  const tokens: AwkToken[] = [];
  let spaced = false;
  const read = (pattern: RegExp, at: number): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(program);
  };
  for (let at = 0; at < program.length; ) {
    const space = read(SPACE, at);
    if (space !== null) {
      at += space[0].length;
      spaced = true;
      continue;
    }
    const push = (type: AwkToken['type'], text: string, length: number): void => {
      tokens.push({ type, text, spaced });
      at += length;
    };
    const found =
      program[at] === '\n'
        ? push('newline', '\n', 1)
        : next(tokens.at(-1), (pattern) => read(pattern, at), push, program[at + 0] ?? '');
    if (found === false) return `syntax error at '${program.slice(at, at + 10)}'`;
    spaced = false;
  }
  tokens.push({ type: 'end', text: '', spaced: true });
  return tokens;
}

function next(
  before: AwkToken | undefined,
  read: (pattern: RegExp) => RegExpExecArray | null,
  push: (type: AwkToken['type'], text: string, length: number) => void,
  first: string,
): false | undefined {
  const string = read(STRING);
  if (string !== null) return void push('string', unescapeString(string[1] ?? ''), string[0].length);
  const regex = first === '/' && !endsOperand(before) ? read(REGEX) : null;
  if (regex !== null) return void push('regex', regex[1] ?? '', regex[0].length);
  const number = read(NUMBER);
  if (number !== null) return void push('number', number[0], number[0].length);
  const name = read(NAME);
  if (name !== null) return void push('name', name[0], name[0].length);
  const punctuation = read(PUNCTUATION);
  if (punctuation === null) return false;
  push('punctuation', punctuation[0], punctuation[0].length);
  return undefined;
}

/** After an operand a slash divides. */
function endsOperand(token: AwkToken | undefined): boolean {
  if (token === undefined) return false;
  if (token.type === 'punctuation') return [')', ']', '$', '++', '--'].includes(token.text);
  return (
    token.type === 'number' || token.type === 'string' || (token.type === 'name' && token.text !== 'print')
  );
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  '"': '"',
  '/': '/',
};

function unescapeString(text: string): string {
  return text.replace(/\\([\s\S])/g, (all, char: string) => ESCAPES[char] ?? all);
}
