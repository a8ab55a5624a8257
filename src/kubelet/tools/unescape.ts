const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', a: '', b: '\b' };

/** `\n`, `\t` and the like as `echo -e` and `printf` understand them. */
export function unescapeText(text: string): string {
  return text.replace(/\\([ntrab\\])/g, (_, letter: string) => ESCAPES[letter] ?? '');
}
