/**
 * What a plain YAML scalar means to Kubernetes, which reads YAML 1.1 as go-yaml does: `yes` and `on`
 * are booleans, `010` is eight, `1_000` a thousand, a timestamp stays a text.
 */

/** A scalar that JSON has no value for: `.inf`, `.nan`. */
export const NOT_JSON: unique symbol = Symbol('not JSON');

const TRUE = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']);
const FALSE = new Set(['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']);
const NULL = new Set(['', '~', 'null', 'Null', 'NULL']);
const NOT_FINITE = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const INTEGER = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;
const TIMESTAMP =
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]| +)[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]*)?(?: *(?:Z|[-+][0-9]{2}:[0-9]{2}))?)?$/;
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

/** The value of a plain scalar. */
export function resolvePlain(text: string): null | boolean | number | string | typeof NOT_JSON {
  const first = text.charCodeAt(0);
  // Most scalars are words: only digits, signs and dots can lead a number.
  const numeric = (first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d || first === 0x2e;
  if (numeric) return resolveNumber(text);
  if (NULL.has(text)) return null;
  if (TRUE.has(text)) return true;
  return FALSE.has(text) ? false : text;
}

function resolveNumber(text: string): number | string | typeof NOT_JSON {
  if (NOT_FINITE.test(text)) return NOT_JSON;
  const plain = text.includes('_') ? text.replaceAll('_', '') : text;
  const integer = INTEGER.exec(plain);
  if (integer !== null) {
    const [, sign, hex, binary, octal, decimal = '0'] = integer;
    const digits = hex ?? binary ?? octal ?? decimal;
    const base = hex !== undefined ? 16 : binary !== undefined ? 2 : octal !== undefined ? 8 : 10;
    const n = Number.parseInt(digits, base);
    return sign === '-' && n !== 0 ? -n : n;
  }
  if (!FLOAT.test(plain)) return text;
  const n = Number(plain);
  return Number.isFinite(n) ? n : text;
}

/** Whether a text would be read back as something else if it were written plain. */
export function needsQuotes(text: string): boolean {
  return resolvePlain(text) !== text || text === '<<' || TIMESTAMP.test(text) || BASE_60.test(text);
}
