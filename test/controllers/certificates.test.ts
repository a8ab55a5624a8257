import { describe, expect, it } from 'vitest';
import { certificateState } from '../../src/api/certificaterequest.ts';
import type { CertificateSigningRequest } from '../../src/api/generated/types.ts';
import { certificateSigningRequest as csrKind } from '../../src/api/kinds/certificatesigningrequest.ts';
import { base64DecodeText } from '../../src/apimachinery/base64.ts';
import { certificateCleaner, certificateSigner } from '../../src/controllers/certificates.ts';
import { JANE } from '../kubectl/certificaterequests.ts';
import { Cluster, must } from './support.ts';

const CONTROLLERS = { controllers: [certificateSigner, certificateCleaner] };
const HOUR = 60 * 60 * 1000;

function created(c: Cluster, usages: readonly string[]): CertificateSigningRequest {
  return must(
    c.admin.create(csrKind, {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name: 'jane' },
      spec: { request: JANE, signerName: 'kubernetes.io/kube-apiserver-client', usages },
    }),
  );
}

/** Writes a verdict through the approval subresource. */
function decide(c: Cluster, request: CertificateSigningRequest, type: string): void {
  const response = c.admin.raw({
    verb: 'update',
    group: csrKind.group,
    resource: csrKind.plural,
    subresource: 'approval',
    name: 'jane',
    body: { ...request, status: { conditions: [{ type, status: 'True' }] } },
    options: {},
  });
  expect(response.kind).toBe('object');
}

const state = (c: Cluster): string => certificateState(must(c.admin.get(csrKind, 'jane')));

describe('the certificate controllers', () => {
  it('sign what was approved, and nothing else', () => {
    const c = new Cluster(CONTROLLERS);
    const request = created(c, ['client auth']);
    c.run(5_000);
    expect(state(c)).toBe('Pending');
    decide(c, request, 'Approved');
    c.run(5_000);
    expect(state(c)).toBe('Approved,Issued');
    const { certificate = '' } = must(c.admin.get(csrKind, 'jane')).status ?? {};
    expect(base64DecodeText(certificate)).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
  });

  it('fail a request for uses that the signer does not sign for', () => {
    const c = new Cluster(CONTROLLERS);
    decide(c, created(c, ['server auth']), 'Approved');
    c.run(5_000);
    expect(state(c)).toBe('Approved,Failed');
    expect(must(c.admin.get(csrKind, 'jane')).status?.conditions?.at(-1)).toMatchObject({
      reason: 'SignerValidationFailure',
      message: 'invalid usages for client certificate: [server auth]',
    });
  });

  it('delete denied requests after an hour, and those that nobody decided on after a day', () => {
    const c = new Cluster(CONTROLLERS);
    decide(c, created(c, ['client auth']), 'Denied');
    c.run(HOUR - 10_000);
    expect(c.admin.get(csrKind, 'jane').ok).toBe(true);
    c.run(10 * 60_000);
    expect(c.admin.get(csrKind, 'jane').ok).toBe(false);
    created(c, ['client auth']);
    c.run(23 * HOUR);
    expect(c.admin.get(csrKind, 'jane').ok).toBe(true);
    c.run(HOUR + 10 * 60_000);
    expect(c.admin.get(csrKind, 'jane').ok).toBe(false);
  });
});
