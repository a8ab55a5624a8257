import { goQuote } from './gostring.ts';

/** A count such as 3, or a text such as `25%` or the name of a port (`intstr.IntOrString`). */
export type IntOrString = number | string;

/** Why a value cannot be scaled, in upstream's words. */
export interface IntOrStringError {
  readonly error: string;
}

/** A command line's text as a value: digits become a number (`intstr.Parse`). */
export function parseIntOrString(text: string): IntOrString {
  if (!/^[+-]?[0-9]+$/.test(text)) return text;
  const n = Number(text);
  return n > 2 ** 31 - 1 || n < -(2 ** 31) ? text : n;
}

/** The value as text: `3`, `25%`. */
export function formatIntOrString(v: IntOrString): string {
  return String(v);
}

/** The number in front of the `%`, or undefined if the value is no percentage. */
export function percentOf(v: IntOrString): number | undefined {
  if (typeof v !== 'string' || !/^[+-]?[0-9]+%$/.test(v)) return undefined;
  const n = Number(v.slice(0, -1));
  return Number.isSafeInteger(n) ? n : undefined;
}

/**
 * The count a value stands for: a number itself, a percentage its part of `total`, rounded up or
 * down (`intstr.GetScaledValueFromIntOrPercent`).
 */
export function getScaledValueFromIntOrPercent(
  v: IntOrString | undefined,
  total: number,
  roundUp: boolean,
): number | IntOrStringError {
  if (v === undefined) return { error: 'nil value for IntOrString' };
  if (typeof v === 'number') return v;
  const percent = percentOf(v);
  if (percent === undefined) return { error: `invalid value for IntOrString: ${wrongPercent(v)}` };
  const product = percent * total;
  return roundUp ? Math.ceil(product / 100) : Math.floor(product / 100);
}

function wrongPercent(v: string): string {
  if (!v.endsWith('%')) return 'invalid type: string is not a percentage';
  const digits = v.slice(0, -1);
  const why = /^[+-]?[0-9]+$/.test(digits) ? 'value out of range' : 'invalid syntax';
  return `invalid value ${goQuote(v)}: strconv.Atoi: parsing ${goQuote(digits)}: ${why}`;
}
