import { describe, expect, it } from 'vitest';
import { JANE } from '../kubectl/certificaterequests.ts';
import { Terminal } from './harness.ts';

const CSR = JSON.stringify({
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  metadata: { name: 'jane' },
  spec: { request: JANE, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] },
});

describe('a user who signs in with what the cluster gave', () => {
  // https://kubernetes.io/docs/tasks/tls/certificate-issue-client-csr/
  it('is the subject of the certificate, and may do what the bindings say', () => {
    const t = new Terminal({ files: { 'csr.yaml': CSR, 'jane.key': 'a key' } });
    for (const line of [
      'kubectl apply -f csr.yaml',
      'kubectl certificate approve jane',
      'sleep 2',
      "kubectl get csr jane -o jsonpath='{.status.certificate}' | base64 -d > jane.crt",
      'kubectl config set-credentials jane --client-key=jane.key --client-certificate=jane.crt --embed-certs=true',
      'kubectl config set-context jane --cluster=shipshape --user=jane',
    ])
      expect(t.run(line)).toMatchObject({ err: '', code: 0 });
    expect(t.run('kubectl --context jane auth whoami').out).toMatch(
      /Username +jane\nGroups +\[dev ops system:authenticated\]\n/,
    );
    t.run('kubectl config use-context jane');
    expect(t.run('kubectl get pods').err).toBe(
      'Error from server (Forbidden): pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"\n',
    );
    expect(t.run('kubectl get pods --as=system:admin').err).toContain(
      'User "jane" cannot impersonate resource "users"',
    );
    t.run('kubectl config use-context kubernetes-admin@shipshape');
    t.run('kubectl create rolebinding devs --clusterrole=view --group=dev');
    expect(t.run('kubectl --user jane get pods').err).toBe('No resources found in default namespace.\n');
    expect(t.run('kubectl --user jane create namespace x').err).toContain(
      'User "jane" cannot create resource "namespaces"',
    );
  });

  it('is the service account of the token', () => {
    const t = new Terminal();
    t.run('kubectl create serviceaccount bot');
    t.run('kubectl config set-credentials bot --token=$(kubectl create token bot)');
    expect(t.run('kubectl --user=bot auth whoami').out).toMatch(
      /Username +system:serviceaccount:default:bot\n/,
    );
    expect(t.run('kubectl get pods --token=nonsense')).toMatchObject({
      err: 'error: You must be logged in to the server (Unauthorized)\n',
      code: 1,
    });
  });
});

describe('kubectl config', () => {
  it('keeps contexts, clusters and users', () => {
    const t = new Terminal();
    const said = (line: string): string => t.run(`kubectl config ${line}`).out;
    expect(said('set-cluster far --server=https://10.0.0.9:6443')).toBe('Cluster "far" set.\n');
    expect(said('set-credentials eve --token=x')).toBe('User "eve" set.\n');
    expect(said('set-context far --cluster=far --user=eve --namespace=dev')).toBe('Context "far" created.\n');
    expect(said('set-context --current --namespace=kube-system')).toBe(
      'Context "kubernetes-admin@shipshape" modified.\n',
    );
    expect(said('get-contexts')).toBe(
      `CURRENT   NAME                         CLUSTER     AUTHINFO           NAMESPACE
          far                          far         eve                dev
*         kubernetes-admin@shipshape   shipshape   kubernetes-admin   kube-system
`,
    );
    expect(said('get-users')).toBe('NAME\neve\nkubernetes-admin\n');
    expect(said('rename-context far near')).toBe('Context "far" renamed to "near".\n');
    expect(said('use-context near')).toBe('Switched to context "near".\n');
    expect(said('view --minify')).toBe(
      `apiVersion: v1
clusters:
- cluster:
    server: https://10.0.0.9:6443
  name: far
contexts:
- context:
    cluster: far
    namespace: dev
    user: eve
  name: near
current-context: near
kind: Config
users:
- name: eve
  user:
    token: REDACTED
`,
    );
    expect(t.run('kubectl get pods')).toMatchObject({
      err: 'The connection to the server 10.0.0.9:6443 was refused - did you specify the right host or port?\n',
      code: 1,
    });
    expect(said('delete-user eve')).toBe('deleted user eve from /.kube/config\n');
    const gone = t.run('kubectl config delete-context near');
    expect(gone.err).toContain('warning: this removed your active context');
    expect(gone.out).toBe('deleted context near from /.kube/config\n');
  });

  it('sets and unsets single properties', () => {
    const t = new Terminal();
    t.run('kubectl config set contexts.kubernetes-admin@shipshape.namespace dev');
    expect(t.run("kubectl config view -o jsonpath='{.contexts[0].context.namespace}'").out).toBe('dev');
    expect(t.run('kubectl config unset contexts.kubernetes-admin@shipshape.namespace').out).toBe(
      'Property "contexts.kubernetes-admin@shipshape.namespace" unset.\n',
    );
    expect(t.run('kubectl config get-contexts --no-headers').out).toMatch(/kubernetes-admin\s*\n$/);
    t.run('kubectl config unset current-context');
    expect(t.run('kubectl config current-context').err).toBe('error: current-context is not set\n');
  });

  it.each([
    ['use-context none', 'error: no context exists with the name: "none"\n'],
    ['get-contexts none', 'error: context none not found\n'],
    ['delete-cluster none', 'error: cannot delete cluster none, not in /.kube/config\n'],
    ['rename-context none x', 'error: cannot rename the context "none", it\'s not in /.kube/config\n'],
    ['set-context', 'error: you must specify a non-empty context name or --current\n'],
  ])('refuses "%s"', (line, err) => {
    expect(new Terminal().run(`kubectl config ${line}`)).toMatchObject({ err, code: 1 });
  });
});
