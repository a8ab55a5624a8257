import { describe, expect, it } from 'vitest';
import { Bench } from '../harness.ts';

const manifest = (apiVersion: string, kind: string): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x}\n`;

const noMatch = (apiVersion: string, kind: string): string =>
  `error: resource mapping not found for name: "x" namespace: "" from "x.yaml": no matches for kind "${kind}" in version "${apiVersion}"\nensure CRDs are installed first\n`;

const notYet = (kind: string): string =>
  `(${kind} is a kind of Kubernetes that this version of Shipshape does not have yet)\n`;

describe('kinds that the cluster does not know', () => {
  it.each([
    ['a kind of Kubernetes that is missing here', 'apps/v1', 'Gadget', ''],
    ['a kind in no version', 'storage.k8s.io/v1', 'CSIDriver', notYet('CSIDriver')],
    ['the wrong apiVersion', 'v1', 'Deployment', 'did you mean apiVersion: apps/v1, kind: Deployment?\n'],
    ['the wrong case', 'apps/v1', 'deployment', 'did you mean apiVersion: apps/v1, kind: Deployment?\n'],
    ['a typing error', 'apps/v1', 'Deploymnet', 'did you mean apiVersion: apps/v1, kind: Deployment?\n'],
    ['a name of every object in JavaScript', '__proto__', 'constructor', ''],
  ])('a manifest with %s gets upstream’s refusal, and a hint', (_name, apiVersion, kind, hint) => {
    const b = new Bench();
    b.files.write('x.yaml', manifest(apiVersion, kind));
    for (const verb of ['apply', 'create', 'delete'])
      expect(b.run(`${verb} -f x.yaml`)).toEqual({ out: '', err: noMatch(apiVersion, kind) + hint, code: 1 });
  });

  it.each([
    ['csr', 'CertificateSigningRequest'],
    ['csidriver', 'CSIDriver'],
    ['csidrivers', 'CSIDriver'],
  ])('%s is named as a kind that is not there yet', (resource, kind) => {
    const err = `error: the server doesn't have a resource type "${resource}"\n${notYet(kind)}`;
    for (const line of [`get ${resource}`, `delete ${resource} x`, `explain ${resource}`])
      expect(new Bench().run(line)).toEqual({ out: '', err, code: 1 });
  });

  it('create with a subcommand that nobody knows says so', () => {
    expect(new Bench().run('create gadget x').err).toBe(
      'Error: must specify one of -f and -k\n\nerror: unknown command "gadget x"\nSee \'kubectl create -h\' for help and examples\n',
    );
  });
});

describe('a kind that is deprecated', () => {
  it('is read with a warning, once', () => {
    const b = new Bench();
    expect(b.run('get endpoints').err).toBe(
      'Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\nNo resources found in default namespace.\n',
    );
    expect(b.run('get ep a b').err.match(/Warning/g)).toHaveLength(1);
  });
});
