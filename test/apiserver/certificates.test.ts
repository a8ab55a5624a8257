import { describe, expect, it } from 'vitest';
import type { CertificateSigningRequest } from '../../src/api/generated/types.ts';
import { JANE } from '../kubectl/certificaterequests.ts';
import { Guarded, user } from './authorization/support.ts';
import { Harness } from './harness.ts';

/** The kind certificatesigningrequest: its hook, its subresource `approval` and the admission plugins for certificates. */
const GROUP = 'certificates.k8s.io';
const RESOURCE = 'certificatesigningrequests';

function made(h: Harness): CertificateSigningRequest {
  const spec = { request: JANE, signerName: 'example.com/one', usages: ['client auth'] };
  return h.create(
    RESOURCE,
    { metadata: { name: 'jane' }, spec },
    { group: GROUP },
  ) as CertificateSigningRequest;
}

describe('certificate signing requests', () => {
  it('are made under the name of who sends them', () => {
    expect(made(new Harness()).spec).toMatchObject({
      username: 'kubernetes-admin',
      groups: ['system:masters'],
    });
  });

  it('take their conditions from the approval subresource, and nothing else', () => {
    const h = new Harness();
    const request = made(h);
    const body = {
      ...request,
      spec: { ...request.spec, usages: ['server auth'] },
      status: { conditions: [{ type: 'Approved', status: 'True' }], certificate: 'aGk=' },
    };
    const approved = h.object({
      verb: 'update',
      group: GROUP,
      resource: RESOURCE,
      subresource: 'approval',
      name: 'jane',
      body,
    }) as CertificateSigningRequest;
    expect(approved.spec.usages).toEqual(['client auth']);
    expect(approved.status?.certificate).toBeUndefined();
    expect(approved.status?.conditions).toMatchObject([{ type: 'Approved', status: 'True' }]);
    expect(approved.status?.conditions?.[0]?.lastUpdateTime).toMatch(/^\d{4}-/);
    const undone = { ...approved, status: { conditions: [] } };
    expect(
      h.refusal({
        verb: 'update',
        group: GROUP,
        resource: RESOURCE,
        subresource: 'approval',
        name: 'jane',
        body: undone,
      }).message,
    ).toContain('status.conditions: Forbidden: updates may not remove a condition of type "Approved"');
  });

  it('are approved by who may approve for the signer, or for all signers of its domain', () => {
    const tom = { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'tom' };
    const writer = { apiGroups: [GROUP], resources: [`${RESOURCE}/approval`], verbs: ['update'] };
    const approver = (name: string): object => ({
      apiGroups: [GROUP],
      resources: ['signers'],
      resourceNames: [name],
      verbs: ['approve'],
    });
    const verdict = (...rules: object[]): string => {
      const h = new Guarded();
      h.role('ClusterRole', 'tom', [writer, ...rules]);
      h.bind('ClusterRoleBinding', 'tom', 'ClusterRole/tom', tom);
      const request = made(h);
      return h.verdict(user('tom'), {
        verb: 'update',
        group: GROUP,
        resource: RESOURCE,
        subresource: 'approval',
        name: 'jane',
        body: { ...request, status: { conditions: [{ type: 'Approved', status: 'True' }] } },
      });
    };
    expect(verdict()).toContain('user not permitted to approve requests with signerName "example.com/one"');
    expect(verdict(approver('example.com/two'))).toContain('user not permitted to approve');
    expect(verdict(approver('example.com/one'))).toBe('ok');
    expect(verdict(approver('example.com/*'))).toBe('ok');
  });
});
