/** Integer expressions of `$((...))`. */

const TOKEN = /\s*(\d+|[A-Za-z_]\w*|==|!=|<=|>=|&&|\|\||[-+*/%()<>!])/y;
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];
const MAX_LENGTH = 1000;

/** The value of an expression, or a sentence about what is wrong with it. Unset variables are 0. */
export function evaluate(expression: string, variable: (name: string) => string): number | string {
  if (expression.length > MAX_LENGTH) return 'arithmetic syntax error';
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const text = expression.replace(/\$\{?(\w+)\}?/g, '$1').trimEnd();
  while (TOKEN.lastIndex < text.length) {
    const m = TOKEN.exec(text);
    if (m?.[1] === undefined) return 'arithmetic syntax error';
    tokens.push(m[1]);
  }
  let at = 0;
  let error: string | undefined;
  const unary = (): number => {
    const token = tokens[at++];
    if (token === '-') return -unary();
    if (token === '+') return unary();
    if (token === '!') return unary() === 0 ? 1 : 0;
    if (token === '(') {
      const value = binary(0);
      if (tokens[at++] !== ')') error ??= 'arithmetic syntax error';
      return value;
    }
    if (token === undefined || !/^\w/.test(token)) {
      error ??= 'arithmetic syntax error';
      return 0;
    }
    const value = Number(/^\d/.test(token) ? token : variable(token) || '0');
    if (Number.isInteger(value)) return value;
    error ??= 'arithmetic syntax error';
    return 0;
  };
  const binary = (level: number): number => {
    const operators = LEVELS[level];
    if (operators === undefined) return unary();
    let left = binary(level + 1);
    for (
      let op = tokens[at];
      op !== undefined && operators.includes(op) && error === undefined;
      op = tokens[at]
    ) {
      at++;
      const right = binary(level + 1);
      if ((op === '/' || op === '%') && right === 0) error ??= 'divide by zero';
      left = apply(op, left, right);
    }
    return left;
  };
  const value = tokens.length === 0 ? 0 : binary(0);
  return error ?? (at < tokens.length ? 'arithmetic syntax error' : value);
}

function apply(op: string, a: number, b: number): number {
  switch (op) {
    case '||':
      return a !== 0 || b !== 0 ? 1 : 0;
    case '&&':
      return a !== 0 && b !== 0 ? 1 : 0;
    case '==':
      return a === b ? 1 : 0;
    case '!=':
      return a !== b ? 1 : 0;
    case '<':
      return a < b ? 1 : 0;
    case '>':
      return a > b ? 1 : 0;
    case '<=':
      return a <= b ? 1 : 0;
    case '>=':
      return a >= b ? 1 : 0;
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0 ? 0 : Math.trunc(a / b);
    default:
      return b === 0 ? 0 : a % b;
  }
}
