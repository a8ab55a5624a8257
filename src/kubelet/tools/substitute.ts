import type { RE2JS } from 're2js';

/**
 * Replaces the first match, or all, as sed and awk do: `&` stands for what was found, `\1` for a group,
 * `\&` for an ampersand. `groups` false: `\1` is nothing special (awk).
 */
export function substitute(
  pattern: RE2JS,
  text: string,
  replacement: string,
  options: { readonly all: boolean; readonly groups: boolean },
): { readonly text: string; readonly count: number } {
  const matcher = pattern.matcher(text);
  let [out, from, count] = ['', 0, 0];
  while ((options.all || count === 0) && matcher.find()) {
    const put = replacement.replace(/\\(\d)|\\(&)|&/g, (all: string, digit?: string, escaped?: string) => {
      if (escaped !== undefined) return '&';
      if (digit === undefined) return matcher.group(0) ?? '';
      if (!options.groups) return all;
      return Number(digit) <= matcher.groupCount() ? (matcher.group(Number(digit)) ?? '') : '';
    });
    out += text.slice(from, matcher.start(0)) + put;
    from = matcher.end(0);
    count++;
  }
  return { text: out + text.slice(from), count };
}
