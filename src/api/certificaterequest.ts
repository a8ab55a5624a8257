import { base64Decode, base64DecodeText, utf8Decode } from '../apimachinery/base64.ts';
import { formatIP } from '../apimachinery/formatip.ts';
import {
  childrenOf,
  type DerValue,
  MAX_DEPTH,
  namesIn,
  OBJECT_IDENTIFIER,
  readValue,
  SEQUENCE,
} from './der.ts';
import type { CertificateSigningRequest } from './generated/types.ts';

/** Whom a certificate signing request (PKCS #10) is for. */
export interface RequestSubject {
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly serialNumber: string;
}

/** All that a request says of whom it is for: the other parts of the name, and other names. */
export interface RequestDetails extends RequestSubject {
  readonly organizationalUnits: readonly string[];
  readonly countries: readonly string[];
  readonly localities: readonly string[];
  readonly provinces: readonly string[];
  readonly streetAddresses: readonly string[];
  readonly postalCodes: readonly string[];
  readonly dnsNames: readonly string[];
  readonly emailAddresses: readonly string[];
  readonly uris: readonly string[];
  readonly ipAddresses: readonly string[];
}

const BLOCK = /-----BEGIN ([A-Z ]+)-----([\s\S]*?)-----END \1-----/;
/** Object identifiers of names, as DER writes them: 2.5.4.3, 2.5.4.5 and 2.5.4.10. */
const COMMON_NAME = '85,4,3';
const SERIAL_NUMBER = '85,4,5';
const ORGANIZATION = '85,4,10';
/** 2.5.29.17. */
const ALTERNATIVE_NAMES = '85,29,17';
const NOT_PEM = 'PEM block type must be CERTIFICATE REQUEST';
const MALFORMED = "asn1: structure error: tags don't match";

/** The subject of a request as it stands in an object: base64 of PEM; or why it is none (pkg/apis/certificates/v1/helpers.go ParseCSR). */
export function requestSubject(request: string): RequestSubject | string {
  const read = readRequest(request);
  return typeof read === 'string' ? read : subjectOf(read.names);
}

/** All that a request says of whom it is for, or why it is none. */
export function requestDetails(request: string): RequestDetails | string {
  const read = readRequest(request);
  if (typeof read === 'string') return read;
  const { names, bytes, info } = read;
  const others = info === undefined ? [] : alternativeNames(bytes, info, 0);
  const texts = (tag: number): readonly string[] =>
    others.filter((name) => name.tag === tag).map(({ start, end }) => utf8Decode(bytes.slice(start, end)));
  return {
    ...subjectOf(names),
    organizationalUnits: valuesOf(names, '85,4,11'),
    countries: valuesOf(names, '85,4,6'),
    localities: valuesOf(names, '85,4,7'),
    provinces: valuesOf(names, '85,4,8'),
    streetAddresses: valuesOf(names, '85,4,9'),
    postalCodes: valuesOf(names, '85,4,17'),
    emailAddresses: texts(0x81),
    dnsNames: texts(0x82),
    uris: texts(0x86),
    ipAddresses: others
      .filter((name) => name.tag === 0x87)
      .map(({ start, end }) => formatAddress(bytes.slice(start, end))),
  };
}

type Names = ReturnType<typeof namesIn>;

function valuesOf(names: Names, type: string): readonly string[] {
  return names.filter(([oid]) => oid === type).map(([, value]) => value);
}

function subjectOf(names: Names): RequestSubject {
  return {
    commonName: valuesOf(names, COMMON_NAME).at(-1) ?? '',
    organizations: valuesOf(names, ORGANIZATION),
    serialNumber: valuesOf(names, SERIAL_NUMBER).at(-1) ?? '',
  };
}

/** The GeneralNames of the extension that carries them, wherever it lies. */
function alternativeNames(bytes: readonly number[], value: DerValue, depth: number): readonly DerValue[] {
  if (depth > MAX_DEPTH) return [];
  const children = childrenOf(bytes, value);
  const [oid] = children;
  const content = children.at(-1);
  if (oid?.tag === OBJECT_IDENTIFIER && bytes.slice(oid.start, oid.end).join(',') === ALTERNATIVE_NAMES) {
    const list = content === undefined ? undefined : readValue(bytes, content.start, content.end);
    return list === undefined ? [] : childrenOf(bytes, list);
  }
  // Bit 6 of a tag: the value is made of values.
  return children
    .filter(({ tag }) => (tag & 0x20) !== 0)
    .flatMap((child) => alternativeNames(bytes, child, depth + 1));
}

function formatAddress(bytes: readonly number[]): string {
  const bits = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return formatIP({ family: bytes.length === 4 ? 'IPv4' : 'IPv6', bits });
}

interface ReadRequest {
  readonly bytes: readonly number[];
  /** The part that is signed. */
  readonly info: DerValue | undefined;
  readonly names: Names;
}

function readRequest(request: string): ReadRequest | string {
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
  return { bytes, info, names: namesIn(bytes, subject, 0) };
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
