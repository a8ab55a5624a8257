/**
 * Quantities such as `500m`, `1536Mi` and `1e3` (pkg/api/resource/quantity.go): exact fixed-point
 * numbers down to 1e-9 that remember which family of suffixes they were written in.
 */

/** The family of suffixes a quantity is written in: `12e6`, `12Mi` or `12M`. */
export type QuantityFormat = 'DecimalExponent' | 'BinarySI' | 'DecimalSI';

/**
 * An exact amount. `amount` is a safe integer of thousandths where the value is one (nearly
 * always), else a bigint of billionths: one value has only one representation.
 */
export interface Quantity {
  readonly amount: number | bigint;
  readonly format: QuantityFormat;
}

/** Why a text is no quantity, in upstream's words. */
export interface QuantityError {
  readonly error: string;
}

/** The text does not have the shape of a quantity. */
export const ERR_FORMAT: QuantityError = Object.freeze({
  error: "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
});
/** The number in front of the suffix cannot be read, or is out of all bounds. */
export const ERR_NUMERIC: QuantityError = Object.freeze({
  error: 'unable to parse numeric part of quantity',
});
/** There is no such suffix. */
export const ERR_SUFFIX: QuantityError = Object.freeze({ error: "unable to parse quantity's suffix" });

interface Suffix {
  readonly format: QuantityFormat;
  /** Power of ten, or of two for BinarySI. */
  readonly exponent: number;
}

const DECIMAL_SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'] as const;
const BINARY_SUFFIXES = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const;

const SUFFIXES: ReadonlyMap<string, Suffix> = new Map<string, Suffix>([
  ...DECIMAL_SUFFIXES.map((s, i): [string, Suffix] => [s, { format: 'DecimalSI', exponent: 3 * i - 9 }]),
  ...BINARY_SUFFIXES.map((s, i): [string, Suffix] => [s, { format: 'BinarySI', exponent: 10 * (i + 1) }]),
]);

const SHAPE = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/;
const PLAIN = /^([0-9]{1,7})(m|Ki|Mi|Gi)?$/;
/** Millis in one unit of the suffixes the fast path knows; seven digits of any stay safe integers. */
const PLAIN_MILLIS: Readonly<Record<string, number>> = {
  m: 1,
  Ki: 1024e3,
  Mi: 1024 ** 2 * 1e3,
  Gi: 1024 ** 3 * 1e3,
};

/** Longer texts and larger exponents than these are refused: nothing real comes near, and BigInt pays by length. */
const MAX_TEXT = 1024;
const MAX_EXPONENT = 1000;
const MAX_BINARY_NANOS = (2n ** 63n - 1n) * 10n ** 9n;
const NANO_PER_MILLI = 1_000_000n;

/** A quantity of `milli` thousandths. */
export function quantityFromMilli(milli: number, format: QuantityFormat = 'DecimalSI'): Quantity {
  return { amount: normalize(milli), format };
}

/** A quantity of a whole number of units. */
export function quantityFromValue(value: number, format: QuantityFormat = 'DecimalSI'): Quantity {
  const milli = value * 1000;
  return { amount: Number.isSafeInteger(milli) ? milli : reduce(BigInt(value) * 10n ** 9n), format };
}

/** The quantity of nothing. */
export const ZERO: Quantity = Object.freeze({ amount: 0, format: 'DecimalSI' });

/**
 * Reads a quantity. What is finer than 1e-9 is rounded away from zero, a binary quantity is cut
 * off at 2^63-1.
 */
export function parseQuantity(text: string): Quantity | QuantityError {
  const plain = PLAIN.exec(text);
  if (plain !== null) {
    const [, digits = '', suffix] = plain;
    if (suffix === undefined) return { amount: Number(digits) * 1000, format: 'DecimalSI' };
    const milli = Number(digits) * (PLAIN_MILLIS[suffix] ?? 0);
    if (Number.isSafeInteger(milli))
      return { amount: milli, format: suffix === 'm' ? 'DecimalSI' : 'BinarySI' };
  }
  if (text === '') return ERR_FORMAT;
  if (text.length > MAX_TEXT) return ERR_NUMERIC;
  const shape = SHAPE.exec(text);
  if (shape === null) return ERR_FORMAT;
  const [, sign = '', whole = '', fraction = '', suffixText = ''] = shape;
  const suffix = SUFFIXES.get(suffixText) ?? parseExponent(suffixText);
  if (suffix === undefined) return ERR_SUFFIX;
  if (whole === '' && fraction === '') return text.includes('.') ? ERR_NUMERIC : ERR_FORMAT;
  if (suffix.exponent > MAX_EXPONENT) return ERR_NUMERIC;
  const nanos = toNanos(BigInt(whole + fraction), fraction.length, suffix);
  const capped = suffix.format === 'BinarySI' && nanos > MAX_BINARY_NANOS ? MAX_BINARY_NANOS : nanos;
  const format =
    suffix.format === 'BinarySI' && capped > 0n && capped < 10n ** 9n ? 'DecimalSI' : suffix.format;
  return { amount: reduce(sign === '-' ? -capped : capped), format };
}

function parseExponent(suffix: string): Suffix | undefined {
  if (!/^[eE][-+]?[0-9]+$/.test(suffix)) return undefined;
  return { format: 'DecimalExponent', exponent: Number(suffix.slice(1)) };
}

/** Billionths of `digits / 10^places` times the suffix, rounded up. */
function toNanos(digits: bigint, places: number, suffix: Suffix): bigint {
  if (suffix.format === 'BinarySI') {
    return divideUp(digits * 2n ** BigInt(suffix.exponent) * 10n ** 9n, 10n ** BigInt(places));
  }
  const shift = suffix.exponent - places + 9;
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  if (-shift > 2 * MAX_TEXT) return digits === 0n ? 0n : 1n;
  return divideUp(digits, 10n ** BigInt(-shift));
}

/** a / b for a >= 0 and b > 0, rounded up. */
function divideUp(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b;
}

/** Nanos as an amount: millis where they are a safe integer. */
function reduce(nanos: bigint): number | bigint {
  if (nanos % NANO_PER_MILLI !== 0n) return nanos;
  const milli = Number(nanos / NANO_PER_MILLI);
  return Number.isSafeInteger(milli) ? milli : nanos;
}

/** Millis as an amount. */
function normalize(milli: number): number | bigint {
  if (Number.isSafeInteger(milli)) return milli === 0 ? 0 : milli;
  const whole = Math.trunc(milli);
  return reduce(BigInt(whole) * NANO_PER_MILLI + BigInt(Math.round((milli - whole) * 1e6)));
}

function nanosOf(q: Quantity): bigint {
  return typeof q.amount === 'bigint' ? q.amount : BigInt(q.amount) * NANO_PER_MILLI;
}

/** Whether parsing gave an error. */
export function isQuantityError(q: Quantity | QuantityError): q is QuantityError {
  return 'error' in q;
}

/** Whether the quantity is nothing. */
export function isZero(q: Quantity): boolean {
  return q.amount === 0;
}

/** -1, 0 or 1 as `q` is below, at or above zero. */
export function sign(q: Quantity): -1 | 0 | 1 {
  return q.amount < 0 ? -1 : q.amount > 0 ? 1 : 0;
}

/** -1, 0 or 1 as `a` is less than, equal to or more than `b`, whatever their formats. */
export function cmp(a: Quantity, b: Quantity): -1 | 0 | 1 {
  if (typeof a.amount === 'number' && typeof b.amount === 'number') {
    return a.amount < b.amount ? -1 : a.amount > b.amount ? 1 : 0;
  }
  const [x, y] = [nanosOf(a), nanosOf(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** a + b, exactly, in the format of `a` (in that of `b` if `a` is zero). */
export function add(a: Quantity, b: Quantity): Quantity {
  return sum(a, b, 1);
}

/** a - b, exactly, in the format of `a` (in that of `b` if `a` is zero). */
export function sub(a: Quantity, b: Quantity): Quantity {
  return sum(a, b, -1);
}

function sum(a: Quantity, b: Quantity, factor: 1 | -1): Quantity {
  const format = isZero(a) ? b.format : a.format;
  if (typeof a.amount === 'number' && typeof b.amount === 'number') {
    const total = a.amount + factor * b.amount;
    if (Number.isSafeInteger(total)) return { amount: total, format };
  }
  return { amount: reduce(nanosOf(a) + BigInt(factor) * nanosOf(b)), format };
}

/** -q. */
export function neg(q: Quantity): Quantity {
  return { amount: q.amount === 0 ? 0 : -q.amount, format: q.format };
}

/** Whole units, rounded away from zero: bytes of memory, a count of pods. */
export function value(q: Quantity): number {
  if (typeof q.amount === 'number') return awayFromZero(q.amount / 1000);
  return Number(divideAway(q.amount, 10n ** 9n));
}

/** Thousandths, rounded away from zero: millicores of cpu. */
export function milliValue(q: Quantity): number {
  if (typeof q.amount === 'number') return q.amount;
  return Number(divideAway(q.amount, NANO_PER_MILLI));
}

/** The value as the nearest floating-point number, for ratios and sorting on the screen. */
export function approximate(q: Quantity): number {
  return typeof q.amount === 'number' ? q.amount / 1000 : Number(q.amount) / 1e9;
}

function awayFromZero(n: number): number {
  return n < 0 ? -Math.ceil(-n) : Math.ceil(n);
}

function divideAway(n: bigint, by: bigint): bigint {
  return n < 0n ? -divideUp(-n, by) : divideUp(n, by);
}

/** The canonical text: no fraction, the largest suffix of its family that loses nothing. */
export function formatQuantity(q: Quantity): string {
  if (q.amount === 0) return '0';
  if (q.format === 'BinarySI') {
    const binary = formatBinary(q.amount);
    if (binary !== undefined) return binary;
  }
  const { mantissa, exponent } = decimal(q.amount);
  if (q.format === 'DecimalExponent' || exponent > 18)
    return exponent === 0 ? mantissa : `${mantissa}e${exponent}`;
  return mantissa + DECIMAL_SUFFIXES[exponent / 3 + 3];
}

/** The amount with a binary suffix; undefined where it is a fraction or too small for one. */
function formatBinary(amount: number | bigint): string | undefined {
  if (typeof amount === 'number') {
    if (amount % 1000 !== 0) return undefined;
    let units = amount / 1000;
    if (Math.abs(units) < 1024) return undefined;
    let power = 0;
    for (; units % 1024 === 0; power++) units /= 1024;
    return units + (power === 0 ? '' : (BINARY_SUFFIXES[power - 1] ?? ''));
  }
  if (amount % 10n ** 9n !== 0n) return undefined;
  let units = amount / 10n ** 9n;
  let power = 0;
  for (; power < BINARY_SUFFIXES.length && units % 1024n === 0n; power++) units /= 1024n;
  return units + (power === 0 ? '' : (BINARY_SUFFIXES[power - 1] ?? ''));
}

/** The amount as mantissa times a power of ten that is a multiple of three and as large as can be. */
function decimal(amount: number | bigint): { mantissa: string; exponent: number } {
  if (typeof amount === 'number') {
    let mantissa = amount;
    let exponent = -3;
    for (; mantissa % 1000 === 0; exponent += 3) mantissa /= 1000;
    return { mantissa: String(mantissa), exponent };
  }
  let mantissa = amount;
  let exponent = -9;
  for (; mantissa % 1000n === 0n; exponent += 3) mantissa /= 1000n;
  return { mantissa: String(mantissa), exponent };
}

/** The canonical text of a quantity as written, e.g. `1000m` to `1`. */
export function canonicalize(text: string): string | QuantityError {
  const q = parseQuantity(text);
  return isQuantityError(q) ? q : formatQuantity(q);
}

/** Objects repeat a few quantities over and over; the bound keeps hostile variety from holding memory. */
const CACHE_LIMIT = 4096;
const milliCache = new Map<string, number>();
const valueCache = new Map<string, number>();

/** Thousandths of a quantity as written in a stored, so valid, object; 0 for undefined or no quantity. Remembered. */
export function milliOf(text: string | number | undefined): number {
  return remembered(milliCache, text, milliValue);
}

/** Whole units of a quantity as written in a stored, so valid, object; 0 for undefined or no quantity. Remembered. */
// biome-ignore lint/suspicious/noShadowRestrictedNames: the twin of milliOf; modules have no valueOf of their own.
export function valueOf(text: string | number | undefined): number {
  return remembered(valueCache, text, value);
}

function remembered(
  cache: Map<string, number>,
  text: string | number | undefined,
  of: (q: Quantity) => number,
): number {
  if (text === undefined) return 0;
  const key = typeof text === 'string' ? text : String(text);
  const known = cache.get(key);
  if (known !== undefined) return known;
  const q = parseQuantity(key);
  const result = isQuantityError(q) ? 0 : of(q);
  if (cache.size >= CACHE_LIMIT) cache.clear();
  cache.set(key, result);
  return result;
}
