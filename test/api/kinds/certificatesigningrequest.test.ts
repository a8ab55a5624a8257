import { describe, expect, it } from 'vitest';
import { certificateState, requestSubject } from '../../../src/api/certificaterequest.ts';
import type { CertificateSigningRequest } from '../../../src/api/generated/types.ts';
import { base64EncodeText } from '../../../src/apimachinery/base64.ts';
import { EVE, JANE } from '../../kubectl/certificaterequests.ts';

/** pkg/printers/internalversion/printers_test.go TestCertificateSigningRequests... extractCSRStatus. */
describe('the state of a certificate signing request', () => {
  it.each([
    ['Pending', [], undefined],
    ['Approved', ['Approved'], undefined],
    ['Approved,Issued', ['Approved'], 'aGk='],
    ['Denied', ['Denied'], undefined],
    ['Pending,Failed', ['Failed'], undefined],
    ['Approved,Failed,Issued', ['Approved', 'Failed'], 'aGk='],
  ])('%s', (state, types, certificate) => {
    const object: CertificateSigningRequest = {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name: 'x' },
      spec: { request: JANE, signerName: 'a.b/c' },
      status: {
        conditions: types.map((type) => ({ type, status: 'True' })),
        ...(certificate === undefined ? {} : { certificate }),
      },
    };
    expect(certificateState(object)).toBe(state);
  });
});

describe('the subject of a request', () => {
  it('is what openssl put there', () => {
    expect(requestSubject(JANE)).toEqual({
      commonName: 'jane',
      organizations: ['dev', 'ops'],
      serialNumber: '',
    });
    expect(requestSubject(EVE)).toMatchObject({ commonName: 'eve', organizations: ['system:masters'] });
  });

  it.each(['', 'hi', '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n'])(
    'is not found in %j',
    (text) => {
      expect(requestSubject(base64EncodeText(text))).toBe('PEM block type must be CERTIFICATE REQUEST');
    },
  );

  it.each(['', 'MIIC', 'MIMBAAAA', 'MAA=', '/////w=='])('is not found in the bytes %j', (body) => {
    const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${body}\n-----END CERTIFICATE REQUEST-----\n`;
    expect(requestSubject(base64EncodeText(pem))).toMatch(/^asn1: /);
  });
});
