import { describe, expect, it } from 'vitest';
import { EVE, JANE } from '../certificaterequests.ts';
import { Bench } from '../harness.ts';

function request(fields: Readonly<Record<string, unknown>> = {}, name = 'jane'): string {
  return JSON.stringify({
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name },
    spec: {
      request: JANE,
      signerName: 'kubernetes.io/kube-apiserver-client',
      usages: ['client auth'],
      ...fields,
    },
  });
}

function withRequest(fields?: Readonly<Record<string, unknown>>): Bench {
  const bench = new Bench();
  bench.files.write('csr.yaml', request(fields));
  return bench;
}

describe('certificate signing requests', () => {
  it('know who made them, wait, and are approved by kubectl certificate approve', () => {
    const bench = withRequest({ username: 'somebody else' });
    expect(bench.run('create -f csr.yaml').out).toBe(
      'certificatesigningrequest.certificates.k8s.io/jane created\n',
    );
    expect(bench.run('get csr').out).toBe(
      `NAME   AGE   SIGNERNAME                            REQUESTOR          REQUESTEDDURATION   CONDITION
jane   0s    kubernetes.io/kube-apiserver-client   kubernetes-admin   <none>              Pending
`,
    );
    expect(bench.run('certificate approve jane')).toEqual({
      out: 'certificatesigningrequest.certificates.k8s.io/jane approved\n',
      err: '',
      code: 0,
    });
    expect(bench.run('get csr jane -o jsonpath={.status.conditions[0].message}').out).toBe(
      'This CSR was approved by kubectl certificate approve.',
    );
    expect(bench.run('get csr jane --no-headers').out).toMatch(/ Approved\n$/);
    expect(bench.run('certificate deny jane').err).toBe(
      'error: certificate signing request "jane" is already Approved\n',
    );
  });

  it('are denied, and described with their subject', () => {
    const bench = withRequest({ expirationSeconds: 86400 });
    bench.run('create -f csr.yaml');
    expect(bench.run('certificate deny jane').out).toBe(
      'certificatesigningrequest.certificates.k8s.io/jane denied\n',
    );
    const { out } = bench.run('describe csr jane');
    expect(out).toContain('Requesting User:     kubernetes-admin\n');
    expect(out).toContain('Requested Duration:  24h\nStatus:              Denied\n');
    expect(out).toMatch(/Common Name: +jane\n/);
    expect(out).toMatch(/Organization: +dev\n +ops\n/);
  });

  it.each([
    ['no usages', { usages: [] }, 'spec.usages: Required value'],
    [
      'a short life',
      { expirationSeconds: 60 },
      'spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 600 seconds (10 minutes)',
    ],
    [
      'a signer without a domain',
      { signerName: 'mine' },
      `spec.signerName: Invalid value: "mine": must be a fully qualified domain and path of the form 'example.com/signer-name'`,
    ],
    [
      'what is no request',
      { request: 'aGk=' },
      'spec.request: Invalid value: []byte{0x68, 0x69}: PEM block type must be CERTIFICATE REQUEST',
    ],
  ])('are refused with %s', (_, fields, error) => {
    expect(withRequest(fields).run('create -f csr.yaml').err).toBe(
      `The CertificateSigningRequest "jane" is invalid: ${error}\n`,
    );
  });

  it('make nobody a member of system:masters', () => {
    expect(withRequest({ request: EVE }).run('create -f csr.yaml').err).toContain(
      'is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed',
    );
  });

  it.each([
    ['certificate approve', 'error: one or more CSRs must be specified as <name> or -f <filename>\n'],
    [
      'certificate approve none',
      'Error from server (NotFound): certificatesigningrequests.certificates.k8s.io "none" not found\n',
    ],
  ])('"%s" is refused', (line, err) => {
    expect(new Bench().run(line)).toEqual({ out: '', err, code: 1 });
  });
});
