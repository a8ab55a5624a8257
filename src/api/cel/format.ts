const CLAUSE = /%(?:\.(\d+))?([a-zA-Z%])/g;
const MAX_PRECISION = 100;
const DEFAULT_PRECISION = 6;

/** `"%s has %d".format([a, 3])` (cel-go ext/formatting.go). What cannot be formatted is thrown, as the expression's failure. */
export function format(text: string, values: readonly unknown[]): string {
  let next = 0;
  return text.replaceAll(CLAUSE, (_, digits: string | undefined, verb: string) => {
    if (verb === '%') return '%';
    if (next >= values.length) throw new Error(`error during formatting: index ${next} out of range`);
    const value = values[next++];
    const precision = Math.min(digits === undefined ? DEFAULT_PRECISION : Number(digits), MAX_PRECISION);
    const formatted = formatOne(verb, value, precision);
    if (formatted !== undefined) return formatted;
    throw new Error(`error during formatting: ${typeof value} cannot be formatted with %${verb}`);
  });
}

/** Undefined where the verb does not take the value. */
function formatOne(verb: string, value: unknown, precision: number): string | undefined {
  const whole = typeof value === 'bigint' ? value : undefined;
  switch (verb) {
    case 's':
      return plain(value);
    case 'd':
      return whole?.toString();
    case 'b':
      return typeof value === 'boolean' ? (value ? '1' : '0') : whole?.toString(2);
    case 'o':
      return whole?.toString(8);
    case 'x':
    case 'X': {
      const hex = typeof value === 'string' ? hexOf(value) : whole?.toString(16);
      return verb === 'X' ? hex?.toUpperCase() : hex;
    }
    case 'f':
      return typeof value === 'number' ? value.toFixed(precision) : undefined;
    case 'e':
      return typeof value === 'number'
        ? value.toExponential(precision).replace(/e([+-])(\d)$/, 'e$10$2')
        : undefined;
    default:
      return undefined;
  }
}

function hexOf(text: string): string {
  return [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function plain(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(plain).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z');
  const entries = Object.entries(value).map(([key, inner]) => `${key}: ${plain(inner)}`);
  return `{${entries.sort().join(', ')}}`;
}
