import { utf8Decode } from '../apimachinery/base64.ts';

/** A request nests no deeper than this. */
export const MAX_DEPTH = 12;

/** Values of DER, the encoding of certificates and of requests for them (X.690): what reading a request needs. */

export const SEQUENCE = 0x30;
export const SET = 0x31;
export const OBJECT_IDENTIFIER = 0x06;

/** One value of DER: its tag and where its content lies. */
export interface DerValue {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

/** The value at a place, undefined where none fits before the limit. */
export function readValue(bytes: readonly number[], at: number, limit: number): DerValue | undefined {
  const [tag, first] = [bytes[at], bytes[at + 1]];
  if (tag === undefined || first === undefined) return undefined;
  let start = at + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first - 0x80;
    if (count === 0 || count > 3) return undefined;
    length = bytes.slice(start, start + count).reduce((sum, byte) => sum * 256 + byte, 0);
    start += count;
  }
  return start + length > limit ? undefined : { tag, start, end: start + length };
}

/** The values inside of a value. */
export function childrenOf(bytes: readonly number[], { start, end }: DerValue): readonly DerValue[] {
  const children: DerValue[] = [];
  for (let at = start; at < end; ) {
    const child = readValue(bytes, at, end);
    if (child === undefined) return children;
    children.push(child);
    at = child.end;
  }
  return children;
}

/** The types and values of a Name: a sequence of sets of pairs. */
export function namesIn(
  bytes: readonly number[],
  value: DerValue,
  depth: number,
): readonly (readonly [oid: string, value: string])[] {
  if (depth > MAX_DEPTH) return [];
  const children = childrenOf(bytes, value);
  const [oid, text] = children;
  if (oid?.tag === OBJECT_IDENTIFIER && text !== undefined)
    return [[bytes.slice(oid.start, oid.end).join(','), utf8Decode(bytes.slice(text.start, text.end))]];
  return children
    .filter(({ tag }) => tag === SEQUENCE || tag === SET)
    .flatMap((child) => namesIn(bytes, child, depth + 1));
}
