import { parseDuration } from '../../apimachinery/duration.ts';
import { parseCIDR, parseIP } from '../../apimachinery/ip.ts';
import { parseTime } from '../../apimachinery/time.ts';
import { isDNS1123Label, isDNS1123Subdomain } from '../../apimachinery/validation.ts';

const HOSTNAME =
  /^([a-zA-Z0-9]([a-zA-Z0-9-]{0,62}[a-zA-Z0-9])?\.)*[a-zA-Z0-9]([a-zA-Z0-9-]{0,62}[a-zA-Z0-9])?\.?$/;
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?([0-9a-f])[0-9a-f]{3}-?([0-9a-f])[0-9a-f]{3}-?[0-9a-f]{12}$/i;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const MAC = /^([0-9a-f]{2}([:-]))([0-9a-f]{2}\2){4}[0-9a-f]{2}$|^([0-9a-f]{4}\.){2}[0-9a-f]{4}$/i;
const BASE64 = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const LONGEST = 4096;

function isUuid(value: string, version: string): boolean {
  const found = UUID.exec(value);
  if (found === null) return false;
  return version === '' || (found[1] === version && (version === '3' || /[89ab]/i.test(found[2] ?? '')));
}

function isDate(value: string): boolean {
  return DATE.test(value) && parseTime(`${value}T00:00:00Z`) !== undefined;
}

/** Formats of strings that the server checks; all others say nothing (kube-openapi pkg/validation/strfmt). */
const FORMATS: Readonly<Record<string, (value: string) => boolean>> = {
  byte: (value) => BASE64.test(value),
  cidr: (value) => parseCIDR(value) !== undefined,
  date: isDate,
  'date-time': (value) => parseTime(value) !== undefined,
  datetime: (value) => parseTime(value) !== undefined,
  duration: (value) => typeof parseDuration(value) === 'number' || /^P(?=.)/.test(value),
  email: (value) => /^[^\s@<>]+@[^\s@<>]+$/.test(value),
  hexcolor: (value) => /^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/.test(value),
  hostname: (value) => value.length <= 255 && HOSTNAME.test(value),
  ipv4: (value) => parseIP(value) !== undefined && !value.includes(':'),
  ipv6: (value) => parseIP(value) !== undefined && value.includes(':'),
  'k8s-long-name': (value) => isDNS1123Subdomain(value).length === 0,
  'k8s-short-name': (value) => isDNS1123Label(value).length === 0,
  mac: (value) => MAC.test(value),
  uri: (value) => /^([a-zA-Z][a-zA-Z0-9+.-]*:|\/)[^\s]*$/.test(value),
  uuid: (value) => isUuid(value, ''),
  uuid3: (value) => isUuid(value, '3'),
  uuid4: (value) => isUuid(value, '4'),
  uuid5: (value) => isUuid(value, '5'),
};

/** Whether a text has a format; one that is not known is any text. */
export function hasFormat(value: string, format: string): boolean {
  const test = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  return test === undefined || (value.length <= LONGEST && test(value));
}
