/**
 * Expands `$(NAME)` in a text: names that `value` knows are replaced, others stay as they are, and `$$`
 * is a plain `$` (third_party/forked/golang/expansion).
 */
export function expand(input: string, value: (name: string) => string | undefined): string {
  if (!input.includes('$')) return input;
  let out = '';
  for (let i = 0; i < input.length; i++) {
    const char = input[i] as string;
    if (char !== '$' || i + 1 >= input.length) {
      out += char;
      continue;
    }
    const next = input[i + 1];
    const close = next === '(' ? input.indexOf(')', i + 2) : -1;
    if (next === '$') {
      out += '$';
      i++;
    } else if (close >= 0) {
      const name = input.slice(i + 2, close);
      out += value(name) ?? `$(${name})`;
      i = close;
    } else {
      out += next === '(' ? '$(' : `$${next}`;
      i++;
    }
  }
  return out;
}
