import { parseCIDR, parseIP } from './ip.ts';

/**
 * The formats of names and other small texts (pkg/util/validation/validation.go). Each function
 * returns upstream's messages, none if the value is fine; callers make field errors of them.
 */

const NONE: readonly string[] = Object.freeze([]);

const LABEL_1123 = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN_1123 = `${LABEL_1123}(\\.${LABEL_1123})*`;
const LABEL_UNDERSCORE = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SUBDOMAIN_UNDERSCORE = `${LABEL_UNDERSCORE}(\\.${LABEL_UNDERSCORE})*`;
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED_NAME = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED_NAME})?`;
const WILDCARD_SUBDOMAIN = `\\*\\.${SUBDOMAIN_1123}`;
const C_IDENTIFIER = '[A-Za-z_][A-Za-z0-9_]*';
const CONFIG_MAP_KEY = '[-._a-zA-Z0-9]+';
const PERCENT = '[0-9]+%';
const HTTP_HEADER_NAME = '[-A-Za-z0-9]+';
const HTTP_PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";

const whole = (format: string): RegExp => new RegExp(`^(?:${format})$`);
const LABEL_1123_RE = whole(LABEL_1123);
const LABEL_UNDERSCORE_RE = whole(LABEL_UNDERSCORE);
const LABEL_1035_RE = whole(LABEL_1035);
const QUALIFIED_NAME_RE = whole(QUALIFIED_NAME);
const LABEL_VALUE_RE = whole(LABEL_VALUE);
const C_IDENTIFIER_RE = whole(C_IDENTIFIER);
const CONFIG_MAP_KEY_RE = whole(CONFIG_MAP_KEY);
const PERCENT_RE = whole(PERCENT);
const HTTP_HEADER_NAME_RE = whole(HTTP_HEADER_NAME);
const HTTP_PATH_RE = whole(HTTP_PATH);

const SUBDOMAIN_MESSAGE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const LABEL_1123_MESSAGE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
const LABEL_1035_MESSAGE =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
const QUALIFIED_NAME_MESSAGE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const LABEL_VALUE_MESSAGE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const WILDCARD_MESSAGE =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character";
const C_IDENTIFIER_MESSAGE =
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'";

const UNDERSCORE_MESSAGE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character";

const MAX_LABEL = 63;
const MAX_SUBDOMAIN = 253;

/** `must be no more than N characters`. */
export function maxLenError(length: number): string {
  return `must be no more than ${length} characters`;
}

/** `must be non-empty`. */
export function emptyError(): string {
  return 'must be non-empty';
}

/** `must be between LO and HI, inclusive`. */
export function inclusiveRangeError(lo: number, hi: number): string {
  return `must be between ${lo} and ${hi}, inclusive`;
}

/** The message of a text that does not match a regular expression, with examples of texts that do. */
export function regexError(message: string, format: string, ...examples: readonly string[]): string {
  if (examples.length === 0) return `${message} (regex used for validation is '${format}')`;
  const shown = examples.map((e) => `'${e}', `).join(' or ');
  return `${message} (e.g. ${shown}regex used for validation is '${format}')`;
}

/** Length in bytes of UTF-8, which is what upstream's limits count. */
export function byteLength(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x800) bytes += code >= 0xd800 && code <= 0xdfff ? 1 : 2;
    else if (code >= 0x80) bytes += 1;
  }
  return bytes;
}

function check(value: string, max: number, ok: boolean, message: () => string): readonly string[] {
  const long = byteLength(value) > max;
  if (ok && !long) return NONE;
  return [...(long ? [maxLenError(max)] : []), ...(ok ? [] : [message()])];
}

/** Whether every dot-separated part is a DNS label: linear where one regular expression would backtrack. */
function isSubdomain(value: string): boolean {
  if (!value.includes('.')) return LABEL_1123_RE.test(value);
  return value.split('.').every((part) => LABEL_1123_RE.test(part));
}

/** A DNS subdomain (RFC 1123): the names of most objects. */
export function isDNS1123Subdomain(value: string): readonly string[] {
  // What has the format is ASCII: a byte a character.
  if (value.length <= MAX_SUBDOMAIN && isSubdomain(value)) return NONE;
  return check(value, MAX_SUBDOMAIN, isSubdomain(value), () =>
    regexError(SUBDOMAIN_MESSAGE, SUBDOMAIN_1123, 'example.com'),
  );
}

/** A DNS subdomain in which labels may have underscores: what is searched for names in (IsDNS1123SubdomainWithUnderscore). */
export function isDNS1123SubdomainWithUnderscore(value: string): readonly string[] {
  const ok = value.split('.').every((part) => LABEL_UNDERSCORE_RE.test(part));
  return check(value, MAX_SUBDOMAIN, ok, () =>
    regexError(UNDERSCORE_MESSAGE, SUBDOMAIN_UNDERSCORE, 'example.com'),
  );
}

/** A DNS label (RFC 1123): the names of namespaces, containers, volumes. */
export function isDNS1123Label(value: string): readonly string[] {
  if (value.length <= MAX_LABEL && LABEL_1123_RE.test(value)) return NONE;
  return check(value, MAX_LABEL, LABEL_1123_RE.test(value), () =>
    isSubdomain(value)
      ? 'must not contain dots'
      : regexError(LABEL_1123_MESSAGE, LABEL_1123, 'my-name', '123-abc'),
  );
}

/** A DNS label (RFC 1035), which starts with a letter: the names of Services. */
export function isDNS1035Label(value: string): readonly string[] {
  return check(value, MAX_LABEL, LABEL_1035_RE.test(value), () =>
    regexError(LABEL_1035_MESSAGE, LABEL_1035, 'my-name', 'abc-123'),
  );
}

/** A subdomain whose first part is `*`, as in the host of an Ingress rule. */
export function isWildcardDNS1123Subdomain(value: string): readonly string[] {
  const ok = value.startsWith('*.') && isSubdomain(value.slice(2));
  return check(value, MAX_SUBDOMAIN, ok, () =>
    regexError(WILDCARD_MESSAGE, WILDCARD_SUBDOMAIN, '*.example.com'),
  );
}

/** A name with an optional `prefix/`: the keys of labels and annotations, the names of taints and conditions. */
export function isQualifiedName(value: string): readonly string[] {
  const parts = value.split('/');
  const regex = (): string =>
    regexError(QUALIFIED_NAME_MESSAGE, QUALIFIED_NAME, 'MyName', 'my.name', '123-abc');
  if (parts.length > 2) {
    return [
      `a qualified name ${regex()} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? parts[0] : undefined;
  const errors: string[] = [];
  if (prefix === '') errors.push(`prefix part ${emptyError()}`);
  else if (prefix !== undefined) errors.push(...isDNS1123Subdomain(prefix).map((e) => `prefix part ${e}`));
  if (name === '') errors.push(`name part ${emptyError()}`);
  else if (byteLength(name) > MAX_LABEL) errors.push(`name part ${maxLenError(MAX_LABEL)}`);
  if (!QUALIFIED_NAME_RE.test(name)) errors.push(`name part ${regex()}`);
  return errors;
}

/** The value of a label; empty is fine. */
export function isValidLabelValue(value: string): readonly string[] {
  return check(value, MAX_LABEL, LABEL_VALUE_RE.test(value), () =>
    regexError(LABEL_VALUE_MESSAGE, LABEL_VALUE, 'MyValue', 'my_value', '12345'),
  );
}

/** An identifier of the C language. */
export function isCIdentifier(value: string): readonly string[] {
  if (C_IDENTIFIER_RE.test(value)) return NONE;
  return [regexError(C_IDENTIFIER_MESSAGE, C_IDENTIFIER, 'my_name', 'MY_NAME', 'MyName')];
}

/** An IANA service name, as ports have: at most 15 of a-z, 0-9 and single inner hyphens, one letter at least. */
export function isValidPortName(port: string): readonly string[] {
  const errors: string[] = [];
  if (byteLength(port) > 15) errors.push(maxLenError(15));
  if (!/^[-a-z0-9]+$/.test(port)) {
    errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  }
  if (!/[a-z]/.test(port)) errors.push('must contain at least one letter (a-z)');
  if (port.includes('--')) errors.push('must not contain consecutive hyphens');
  if (port.startsWith('-') || port.endsWith('-')) errors.push('must not begin or end with a hyphen');
  return errors;
}

/** A port number, 1 to 65535. */
export function isValidPortNum(port: number): readonly string[] {
  return isInRange(port, 1, 65535);
}

/** A number within bounds, both included. */
export function isInRange(value: number, min: number, max: number): readonly string[] {
  return value >= min && value <= max ? NONE : [inclusiveRangeError(min, max)];
}

/** A user or group id. */
export function isValidUserID(id: number): readonly string[] {
  return isInRange(id, 0, 2 ** 31 - 1);
}

/** A key of a ConfigMap or Secret: it may become a file name. */
export function isConfigMapKey(value: string): readonly string[] {
  const errors = [
    ...check(value, MAX_SUBDOMAIN, CONFIG_MAP_KEY_RE.test(value), () =>
      regexError(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        CONFIG_MAP_KEY,
        'key.name',
        'KEY_NAME',
        'key-name',
      ),
    ),
  ];
  if (value === '.') errors.push("must not be '.'");
  else if (value === '..') errors.push("must not be '..'");
  else if (value.startsWith('..')) errors.push("must not start with '..'");
  return errors;
}

/** The name of an environment variable: any printable ASCII but `=` (relaxed since v1.34). */
export function isEnvVarName(value: string): readonly string[] {
  if (value === '') return [`environment variable name ${emptyError()}`];
  if (/^[\x20-\x3c\x3e-\x7e]*$/.test(value)) return NONE;
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

/** A percentage such as `25%`. */
export function isValidPercent(percent: string): readonly string[] {
  if (PERCENT_RE.test(percent)) return NONE;
  const message = "a valid percent string must be a numeric string followed by an ending '%'";
  return [regexError(message, PERCENT, '1%', '93%')];
}

/** An IPv4 or IPv6 address. */
export function isValidIP(value: string): readonly string[] {
  if (parseIP(value) !== undefined) return NONE;
  return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];
}

/** A range of addresses such as `10.9.8.0/24`. */
export function isValidCIDR(value: string): readonly string[] {
  if (parseCIDR(value) !== undefined) return NONE;
  return ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'];
}

/** The name of an HTTP header. */
export function isHTTPHeaderName(value: string): readonly string[] {
  if (HTTP_HEADER_NAME_RE.test(value)) return NONE;
  const message = "a valid HTTP header must consist of alphanumeric characters or '-'";
  return [regexError(message, HTTP_HEADER_NAME, 'X-Header-Name')];
}

/** A path of characters that RFC 3986 allows in one. */
export function isHTTPPath(value: string): readonly string[] {
  return HTTP_PATH_RE.test(value) ? NONE : [regexError('Invalid path', HTTP_PATH)];
}
