import { base64Decode } from '../../apimachinery/base64.ts';
import {
  duplicate,
  type FieldError,
  forbidden,
  GoSyntax,
  invalid,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { requestSubject } from '../certificaterequest.ts';
import type { CertificateSigningRequest, CertificateSigningRequestCondition } from '../generated/types.ts';

const USAGES: readonly string[] = [
  'signing',
  'digital signature',
  'content commitment',
  'key encipherment',
  'key agreement',
  'data encipherment',
  'cert sign',
  'crl sign',
  'encipher only',
  'decipher only',
  'any',
  'server auth',
  'client auth',
  'code signing',
  'email protection',
  's/mime',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'timestamping',
  'ocsp signing',
  'microsoft sgc',
  'netscape sgc',
];
const LEGACY_SIGNER = 'kubernetes.io/legacy-unknown';
const MIN_SECONDS = 600;
/** Conditions that say what became of a request: they are true or not there. */
const VERDICTS: ReadonlySet<string> = new Set(['Approved', 'Denied', 'Failed']);

/** pkg/apis/certificates/validation/validation.go ValidateCertificateSigningRequestCreate. */
export function validateCertificateSigningRequest(object: CertificateSigningRequest): readonly FieldError[] {
  const { request, usages = [], signerName, expirationSeconds } = object.spec;
  const errors: FieldError[] = [];
  const subject = requestSubject(request);
  if (typeof subject === 'string') errors.push(invalid('spec.request', bytesText(request), subject));
  if (usages.length === 0) errors.push(required('spec.usages'));
  const seen = new Set<string>();
  for (const [i, usage] of usages.entries()) {
    if (!USAGES.includes(usage)) errors.push(notSupported(`spec.usages[${i}]`, usage, USAGES));
    if (seen.has(usage)) errors.push(duplicate(`spec.usages[${i}]`, usage));
    seen.add(usage);
  }
  if (signerName === LEGACY_SIGNER)
    errors.push(
      invalid('spec.signerName', signerName, 'the legacy signerName is not allowed via this API version'),
    );
  else errors.push(...validateSignerName(signerName));
  if (expirationSeconds !== undefined && expirationSeconds < MIN_SECONDS)
    errors.push(
      invalid(
        'spec.expirationSeconds',
        expirationSeconds,
        'may not specify a duration less than 600 seconds (10 minutes)',
      ),
    );
  errors.push(...validateConditions(object));
  return errors;
}

/** `example.com/signer-name`. */
function validateSignerName(name: string): readonly FieldError[] {
  const field = 'spec.signerName';
  if (name === '') return [required(field)];
  const [domain = '', path, ...more] = name.split('/');
  if (path === undefined || more.length > 0)
    return [
      invalid(field, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'"),
    ];
  const errors = isDNS1123Subdomain(domain).map((problem) =>
    invalid(field, domain, `validating label "${domain}": ${problem}`),
  );
  if (!domain.includes('.'))
    errors.push(invalid(field, domain, 'should be a domain with at least two segments separated by dots'));
  if (path === '') errors.push(invalid(field, path, 'validating label "": name part must be non-empty'));
  return errors;
}

function validateConditions({ status }: CertificateSigningRequest): readonly FieldError[] {
  const errors: FieldError[] = [];
  const types = new Set<string>();
  for (const [i, { type, status: value }] of (status?.conditions ?? []).entries()) {
    const path = `status.conditions[${i}]`;
    if (type === '') errors.push(required(`${path}.type`));
    if (VERDICTS.has(type)) {
      if (value === '') errors.push(required(`${path}.status`));
      else if (value !== 'True') errors.push(notSupported(`${path}.status`, value, ['True']));
    } else if (value === '') errors.push(required(`${path}.status`));
    if (types.has(type)) errors.push(duplicate(`${path}.type`, type));
    const opposite = type === 'Approved' ? 'Denied' : type === 'Denied' ? 'Approved' : '';
    if (types.has(opposite))
      errors.push(invalid(`${path}.type`, type, 'Approved and Denied conditions are mutually exclusive'));
    types.add(type);
  }
  return errors;
}

/** What was decided stays decided, and a certificate stays as it is (validateCertificateSigningRequestUpdate). */
export function validateCertificateSigningRequestUpdate(
  next: CertificateSigningRequest,
  old: CertificateSigningRequest,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const has = (type: string, conditions: readonly CertificateSigningRequestCondition[] = []): boolean =>
    conditions.some((condition) => condition.type === type);
  for (const type of ['Approved', 'Denied', 'Failed'])
    if (has(type, old.status?.conditions) && !has(type, next.status?.conditions))
      errors.push(forbidden('status.conditions', `updates may not remove a condition of type "${type}"`));
  const before = old.status?.certificate;
  if (before !== undefined && next.status?.certificate !== before)
    errors.push(forbidden('status.certificate', 'updates may not modify already set content'));
  return errors;
}

/** `%#v` of bytes. */
function bytesText(base64: string): GoSyntax {
  const bytes = base64Decode(base64) ?? [];
  return new GoSyntax(`[]byte{${bytes.map((byte) => `0x${byte.toString(16)}`).join(', ')}}`);
}
