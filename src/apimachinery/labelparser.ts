import { formatFieldErrors, invalid } from './fielderror.ts';
import {
  newRequirement,
  newSelector,
  type Operator,
  type Requirement,
  type Selector,
  type SelectorError,
} from './labels.ts';
import { isQualifiedName } from './validation.ts';

/**
 * The text form of label selectors, as after `kubectl -l` (pkg/labels/selector.go):
 * `a=b,c!=d,e in (x,y),f,!g,n>3`.
 */

type Kind = 'id' | 'end' | 'in' | 'notin' | ')' | ',' | '!' | '==' | '=' | '>' | '<' | '!=' | '(';

interface Token {
  readonly kind: Kind;
  readonly text: string;
}

const SYMBOLS: ReadonlySet<string> = new Set([')', ',', '!', '==', '=', '>', '<', '!=', '(']);
const END: Token = { kind: 'end', text: '' };
const LEXEME = /[ \t\r\n]*(?:([=!(),<>]+)|([^=!(),<> \t\r\n]+))/y;

function scan(text: string): Token[] {
  const tokens: Token[] = [];
  LEXEME.lastIndex = 0;
  for (let m = LEXEME.exec(text); m !== null; m = LEXEME.exec(text)) {
    const [, symbols, word] = m;
    if (word !== undefined)
      tokens.push({ kind: word === 'in' || word === 'notin' ? word : 'id', text: word });
    else if (symbols !== undefined) {
      const token = scanSymbol(symbols);
      LEXEME.lastIndex -= symbols.length - token.text.length;
      tokens.push(token);
    }
  }
  tokens.push(END);
  return tokens;
}

/** The longest symbol that a run of special characters starts with. */
function scanSymbol(run: string): Token {
  const two = run.slice(0, 2);
  const text = SYMBOLS.has(two) ? two : run.slice(0, 1);
  return { kind: text as Kind, text };
}

const OPERATOR_OF: ReadonlyMap<Kind, Operator> = new Map<Kind, Operator>([
  ['in', 'in'],
  ['notin', 'notin'],
  ['=', '='],
  ['==', '=='],
  ['!=', '!='],
  ['>', 'gt'],
  ['<', 'lt'],
]);

/** A place in the tokens. In the place of a value, `in` and `notin` are words like any other. */
class Tokens {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(text: string) {
    this.#tokens = scan(text);
  }

  peek(): Token {
    return asValue(this.#tokens[this.#position] ?? END);
  }

  next(): Token {
    return asValue(this.nextOperator());
  }

  nextOperator(): Token {
    return this.#tokens[this.#position++] ?? END;
  }
}

function asValue(token: Token): Token {
  return token.kind === 'in' || token.kind === 'notin' ? { kind: 'id', text: token.text } : token;
}

/** Reads a label selector; an empty text selects everything. */
export function parseSelector(text: string): Selector | SelectorError {
  const tokens = new Tokens(text);
  const requirements: Requirement[] = [];
  for (;;) {
    const first = tokens.peek();
    if (first.kind === 'end') return newSelector(requirements);
    if (first.kind !== 'id' && first.kind !== '!') {
      return { error: `found '${first.text}', expected: !, identifier, or 'end of string'` };
    }
    const requirement = parseRequirement(tokens);
    if ('error' in requirement) return { error: `unable to parse requirement: ${requirement.error}` };
    requirements.push(requirement);
    const separator = tokens.next();
    if (separator.kind === 'end') return newSelector(requirements);
    if (separator.kind !== ',') {
      return { error: `found '${separator.text}', expected: ',' or 'end of string'` };
    }
    const after = tokens.peek();
    if (after.kind !== 'id' && after.kind !== '!') {
      return { error: `found '${after.text}', expected: identifier after ','` };
    }
  }
}

function parseRequirement(tokens: Tokens): Requirement | SelectorError {
  let token = tokens.next();
  const negated = token.kind === '!';
  if (negated) token = tokens.next();
  if (token.kind !== 'id') return { error: `found '${token.text}', expected: identifier` };
  const key = token.text;
  const badKey = isQualifiedName(key);
  if (badKey.length > 0) return { error: formatFieldErrors([invalid('<nil>', key, badKey.join('; '))]) };
  if (negated) return newRequirement(key, '!', []);
  const { kind } = tokens.peek();
  if (kind === 'end' || kind === ',') return newRequirement(key, 'exists', []);
  const found = tokens.nextOperator();
  const operator = OPERATOR_OF.get(found.kind);
  if (operator === undefined)
    return { error: `found '${found.text}', expected: in, notin, =, ==, !=, gt, lt` };
  const values = operator === 'in' || operator === 'notin' ? parseValues(tokens) : parseExactValue(tokens);
  return 'error' in values ? values : newRequirement(key, operator, values);
}

function parseExactValue(tokens: Tokens): readonly string[] | SelectorError {
  const { kind } = tokens.peek();
  if (kind === 'end' || kind === ',') return [''];
  const token = tokens.next();
  return token.kind === 'id' ? [token.text] : { error: `found '${token.text}', expected: identifier` };
}

/** `(x,y)`; `()` and a place left empty stand for the empty value. */
function parseValues(tokens: Tokens): readonly string[] | SelectorError {
  const open = tokens.next();
  if (open.kind !== '(') return { error: `found '${open.text}' expected: '('` };
  const first = tokens.peek();
  if (first.kind === ')') {
    tokens.next();
    return [''];
  }
  if (first.kind !== 'id' && first.kind !== ',') {
    return { error: `found '${first.text}', expected: ',', ')' or identifier` };
  }
  const values = new Set<string>();
  for (let place = ''; ; place = '') {
    if (tokens.peek().kind === 'id') place = tokens.next().text;
    values.add(place);
    const token = tokens.next();
    if (token.kind === ')') return [...values].sort();
    if (token.kind === ',') continue;
    return {
      error: `found '${token.text}', expected: ${place === '' ? "',', or identifier" : "',' or ')'"}`,
    };
  }
}
