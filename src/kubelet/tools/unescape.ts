const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  a: '\u0007',
  b: '\b',
  e: '\u001b',
  f: '\f',
  v: '\v',
};

/** `\n`, `\t`, `\x1b`, `\u00e9` and the like as bash's `echo -e` and `printf` understand them. */
export function unescapeText(text: string): string {
  return text.replace(
    /\\(?:([ntrabefv\\])|x([\da-fA-F]{1,2})|u([\da-fA-F]{1,4}))/g,
    (_, letter: string | undefined, byte: string | undefined, code: string | undefined) =>
      letter === undefined
        ? String.fromCharCode(Number.parseInt(byte ?? code ?? '', 16))
        : (ESCAPES[letter] ?? ''),
  );
}
