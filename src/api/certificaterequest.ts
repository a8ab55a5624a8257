import { base64Decode, base64DecodeText, utf8Decode } from '../apimachinery/base64.ts';
import type { CertificateSigningRequest } from './generated/types.ts';

/** Whom a certificate signing request (PKCS #10) is for. */
export interface RequestSubject {
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly serialNumber: string;
}

const BLOCK = /-----BEGIN ([A-Z ]+)-----([\s\S]*?)-----END \1-----/;
/** Object identifiers of names, as DER writes them: 2.5.4.3, 2.5.4.5 and 2.5.4.10. */
const COMMON_NAME = '85,4,3';
const SERIAL_NUMBER = '85,4,5';
const ORGANIZATION = '85,4,10';
const NOT_PEM = 'PEM block type must be CERTIFICATE REQUEST';
const MALFORMED = "asn1: structure error: tags don't match";
/** A request nests no deeper than this. */
const MAX_DEPTH = 12;

/** The subject of a request as it stands in an object: base64 of PEM; or why it is none (pkg/apis/certificates/v1/helpers.go ParseCSR). */
export function requestSubject(request: string): RequestSubject | string {
  const block = BLOCK.exec(base64DecodeText(request) ?? '');
  if (block?.[1] !== 'CERTIFICATE REQUEST') return NOT_PEM;
  const bytes = base64Decode((block[2] ?? '').replace(/\s/g, ''));
  const outer = bytes === undefined ? undefined : readValue(bytes, 0, bytes.length);
  if (bytes === undefined || outer === undefined || outer.tag !== SEQUENCE || outer.end !== bytes.length)
    return MALFORMED;
  // SEQUENCE { SEQUENCE { version, subject Name, ... }, algorithm, signature }
  const info = childrenOf(bytes, outer)[0];
  const subject = info === undefined ? undefined : childrenOf(bytes, info)[1];
  if (subject === undefined || subject.tag !== SEQUENCE) return MALFORMED;
  const names = namesIn(bytes, subject, 0);
  const all = (type: string): readonly string[] =>
    names.filter(([oid]) => oid === type).map(([, value]) => value);
  return {
    commonName: all(COMMON_NAME).at(-1) ?? '',
    organizations: all(ORGANIZATION),
    serialNumber: all(SERIAL_NUMBER).at(-1) ?? '',
  };
}

const SEQUENCE = 0x30;
const SET = 0x31;
const OBJECT_IDENTIFIER = 0x06;

/** One value of DER: its tag and where its content lies. */
interface DerValue {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

function readValue(bytes: readonly number[], at: number, limit: number): DerValue | undefined {
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

function childrenOf(bytes: readonly number[], { start, end }: DerValue): readonly DerValue[] {
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
function namesIn(
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

/** Whether a request has the condition and it is true. */
export function hasCondition({ status }: CertificateSigningRequest, type: string): boolean {
  return (status?.conditions ?? []).some(
    (condition) => condition.type === type && condition.status === 'True',
  );
}

/** `Pending`, `Approved,Issued` and the like (pkg/printers/internalversion extractCSRStatus). */
export function certificateState(object: CertificateSigningRequest): string {
  const verdict = hasCondition(object, 'Denied')
    ? 'Denied'
    : hasCondition(object, 'Approved')
      ? 'Approved'
      : 'Pending';
  const failed = hasCondition(object, 'Failed') ? ',Failed' : '';
  return `${verdict}${failed}${(object.status?.certificate ?? '') === '' ? '' : ',Issued'}`;
}
