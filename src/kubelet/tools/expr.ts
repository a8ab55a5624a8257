import { RE2JS } from 're2js';
import { instant } from './instant.ts';

/** `expr 1 + 2`, comparisons and `STRING : REGEX`; one operator after the other, from the left. */
export const expr = instant('expr', (ctx, args) => {
  let value = args[0];
  if (value === undefined || args.length % 2 === 0) {
    ctx.stdio.err('expr: syntax error\n');
    return 2;
  }
  for (let i = 1; i < args.length; i += 2) {
    const next = apply(value, args[i] as string, args[i + 1] as string);
    if (typeof next !== 'string') {
      ctx.stdio.err(`expr: ${next.error}\n`);
      return 2;
    }
    value = next;
  }
  ctx.stdio.out(`${value}\n`);
  return value === '' || value === '0' ? 1 : 0;
});

function apply(left: string, operator: string, right: string): string | { readonly error: string } {
  if (operator === ':') return match(left, right);
  const [a, b] = [Number(left), Number(right)];
  const numbers = /^-?\d+$/.test(left) && /^-?\d+$/.test(right);
  const order = numbers ? a - b : left < right ? -1 : left > right ? 1 : 0;
  switch (operator) {
    case '=':
      return order === 0 ? '1' : '0';
    case '!=':
      return order !== 0 ? '1' : '0';
    case '<':
      return order < 0 ? '1' : '0';
    case '>':
      return order > 0 ? '1' : '0';
    case '<=':
      return order <= 0 ? '1' : '0';
    case '>=':
      return order >= 0 ? '1' : '0';
  }
  if (!'+-*/%'.includes(operator) || operator.length !== 1) return { error: 'syntax error' };
  if (!numbers) return { error: 'non-integer argument' };
  if ((operator === '/' || operator === '%') && b === 0) return { error: 'division by zero' };
  const results: Readonly<Record<string, number>> = {
    '+': a + b,
    '-': a - b,
    '*': a * b,
    '/': a / b,
    '%': a % b,
  };
  return String(Math.trunc(results[operator] ?? 0));
}

function match(text: string, pattern: string): string | { readonly error: string } {
  try {
    const matcher = RE2JS.compile(`^${pattern.replace(/\\([()])/g, '$1')}`).matcher(text);
    if (!matcher.find()) return pattern.includes('\\(') ? '' : '0';
    return matcher.groupCount() > 0 ? (matcher.group(1) ?? '') : String((matcher.group(0) ?? '').length);
  } catch {
    return { error: 'bad regular expression' };
  }
}
