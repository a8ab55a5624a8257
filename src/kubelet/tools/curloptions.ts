/** What curl was asked to do. Times in ms. */
export interface CurlOptions {
  readonly urls: readonly string[];
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly silent: boolean;
  readonly showError: boolean;
  readonly verbose: boolean;
  readonly include: boolean;
  readonly headOnly: boolean;
  readonly follow: boolean;
  readonly failOnError: boolean;
  /** Takes any certificate. */
  readonly insecure: boolean;
  readonly output: string | undefined;
  readonly writeOut: string | undefined;
  readonly maxTimeMs: number | undefined;
  readonly connectTimeoutMs: number | undefined;
  readonly retries: number;
}

/** Long names of the options that are understood, and whether they take a value. */
const LONG: Readonly<Record<string, string>> = {
  'connect-timeout': 'C',
  data: 'd',
  'data-raw': 'd',
  fail: 'f',
  get: 'G',
  head: 'I',
  header: 'H',
  include: 'i',
  insecure: 'k',
  location: 'L',
  'max-time': 'm',
  output: 'o',
  request: 'X',
  retry: 'R',
  'show-error': 'S',
  silent: 's',
  url: 'U',
  'user-agent': 'A',
  verbose: 'v',
  'write-out': 'w',
};
const WITH_VALUE = 'CdHmoXRUAwu';
const FLAGS = 'fGIikLSsvN';

/** Reads curl's command line. */
export function readCurlOptions(args: readonly string[]): CurlOptions | { readonly error: string } {
  const flags = new Set<string>();
  const values: [string, string][] = [];
  const urls: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (!arg.startsWith('-') || arg === '-') {
      urls.push(arg);
      continue;
    }
    if (arg.startsWith('--')) {
      const letter = Object.hasOwn(LONG, arg.slice(2)) ? LONG[arg.slice(2)] : undefined;
      if (letter === undefined) return unknown(arg);
      if (!WITH_VALUE.includes(letter)) flags.add(letter);
      else if (args[i + 1] === undefined) return missing(arg);
      else values.push([letter, args[++i] as string]);
      continue;
    }
    for (let at = 1; at < arg.length; at++) {
      const letter = arg.charAt(at);
      if (FLAGS.includes(letter)) flags.add(letter);
      else if (letter !== 'C' && letter !== 'R' && letter !== 'U' && WITH_VALUE.includes(letter)) {
        const value = at + 1 < arg.length ? arg.slice(at + 1) : args[++i];
        if (value === undefined) return missing(`-${letter}`);
        values.push([letter, value]);
        break;
      } else return unknown(`-${letter}`);
    }
  }
  return collect(flags, values, urls);
}

function collect(
  flags: ReadonlySet<string>,
  values: readonly (readonly [string, string])[],
  urls: readonly string[],
): CurlOptions | { readonly error: string } {
  const all = (letter: string): string[] => values.filter(([l]) => l === letter).map(([, value]) => value);
  const last = (letter: string): string | undefined => all(letter).at(-1);
  const headers: [string, string][] = [];
  for (const header of all('H')) {
    const colon = header.indexOf(':');
    if (colon > 0)
      headers.push([header.slice(0, colon).trim().toLowerCase(), header.slice(colon + 1).trim()]);
  }
  const agent = last('A');
  if (agent !== undefined) headers.push(['user-agent', agent]);
  const data = all('d');
  const posts = data.length > 0 && !flags.has('G');
  if (posts && !headers.some(([name]) => name === 'content-type'))
    headers.push(['content-type', 'application/x-www-form-urlencoded']);
  for (const letter of ['m', 'C']) {
    const text = last(letter);
    if (text !== undefined && !/^\d+(\.\d+)?$/.test(text))
      return {
        error: `curl: option ${letter === 'm' ? '-m' : '--connect-timeout'}: expected a proper numerical parameter`,
      };
  }
  const seconds = (letter: string): number | undefined => {
    const text = last(letter);
    return text === undefined || Number(text) === 0 ? undefined : Number(text) * 1000;
  };
  return {
    urls: [...urls, ...all('U')],
    method: last('X') ?? (flags.has('I') ? 'HEAD' : posts ? 'POST' : 'GET'),
    headers: Object.fromEntries(headers),
    body: posts ? data.join('&') : '',
    silent: flags.has('s'),
    showError: flags.has('S'),
    verbose: flags.has('v'),
    include: flags.has('i'),
    headOnly: flags.has('I'),
    follow: flags.has('L'),
    insecure: flags.has('k'),
    failOnError: flags.has('f'),
    output: last('o'),
    writeOut: last('w'),
    maxTimeMs: seconds('m'),
    connectTimeoutMs: seconds('C'),
    retries: Math.min(100, Number(last('R') ?? '0') || 0),
  };
}

const TRY = "curl: try 'curl --help' or 'curl --manual' for more information";

function unknown(option: string): { readonly error: string } {
  return { error: `curl: option ${option}: is unknown\n${TRY}` };
}

function missing(option: string): { readonly error: string } {
  return { error: `curl: option ${option}: requires parameter\n${TRY}` };
}
