import { describe, expect, it } from 'vitest';
import { Job } from '../../../src/sim/program.ts';
import { Bench } from '../harness.ts';

/** A deployment, a pod and a node that nobody works on. */
function bench(): Bench {
  const b = new Bench();
  b.put({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } });
  b.put({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: {} });
  b.run('create deployment web --image=nginx:1.27 --replicas=3');
  b.run('run p --image=nginx');
  b.pass(5);
  return b;
}

describe('verbs that change objects', () => {
  it.each<[string, readonly string[], string]>([
    ['scale', ['scale deploy web --replicas=5'], 'deployment.apps/web scaled\n'],
    [
      'scale by the size it has',
      ['scale deploy/web --current-replicas=3 --replicas=5'],
      'deployment.apps/web scaled\n',
    ],
    ['label', ['label pod p a=b'], 'pod/p labeled\n'],
    ['relabel', ['label pod p a=b', 'label pod p a=c --overwrite'], 'pod/p labeled\npod/p labeled\n'],
    ['label as it was', ['label pod p run=p'], 'pod/p not labeled\n'],
    ['unlabel', ['label pod p run-'], 'pod/p unlabeled\n'],
    ['annotate', ['annotate pod p a=b', 'annotate pod p a-'], 'pod/p annotated\npod/p annotated\n'],
    ['patch', ['patch pod p -p {"metadata":{"labels":{"x":"y"}}}'], 'pod/p patched\n'],
    [
      'patch without effect',
      ['patch pod p -p {"metadata":{"labels":{"run":"p"}}}'],
      'pod/p patched (no change)\n',
    ],
    [
      'patch as JSON',
      ['patch deploy web --type=json -p [{"op":"replace","path":"/spec/replicas","value":1}]'],
      'deployment.apps/web patched\n',
    ],
    ['set image', ['set image deploy/web nginx=nginx:1.28'], 'deployment.apps/web image updated\n'],
    ['set the image it has', ['set image deploy/web nginx=nginx:1.27'], ''],
    [
      'set env',
      ['set env deploy/web A=b', 'set env deploy/web --list'],
      'deployment.apps/web env updated\n# deployments web, container nginx\nA=b\n',
    ],
    [
      'set resources',
      ['set resources deploy web --limits=cpu=200m'],
      'deployment.apps/web resource requirements updated\n',
    ],
    ['rollout restart', ['rollout restart deploy/web'], 'deployment.apps/web restarted\n'],
    [
      'rollout pause and resume',
      ['rollout pause deploy/web', 'rollout resume deploy/web'],
      'deployment.apps/web paused\ndeployment.apps/web resumed\n',
    ],
    [
      'taint',
      ['taint nodes n1 a=b:NoSchedule', 'taint nodes n1 a=b:NoSchedule-'],
      'node/n1 tainted\nnode/n1 untainted\n',
    ],
    [
      'cordon',
      ['cordon n1', 'cordon n1', 'uncordon n1', 'uncordon n1'],
      'node/n1 cordoned\nnode/n1 already cordoned\nnode/n1 uncordoned\nnode/n1 already uncordoned\n',
    ],
  ])('%s', (_, lines, out) => {
    const b = bench();
    const outcomes = lines.map((line) => b.run(line));
    expect(outcomes.map((o) => o.err).join('')).toBe('');
    expect(outcomes.map((o) => o.out).join('')).toBe(out);
  });

  it.each([
    ['scale without a size', 'scale deploy web', 'error: required flag(s) "replicas" not set\n'],
    [
      'scale below zero',
      'scale deploy web --replicas=-1',
      'error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0\n',
    ],
    [
      'scale from another size',
      'scale deploy web --current-replicas=2 --replicas=1',
      'error: Expected replicas to be 2, was 3\n',
    ],
    [
      'relabel without --overwrite',
      'label pod p run=q',
      "error: 'run' already has a value (p), and --overwrite is false\n",
    ],
    ['label nothing', 'label pod p', 'error: at least one label update is required\n'],
    ['two values', 'label deploy web a=b=c', 'error: invalid label spec: a=b=c\n'],
    [
      'set the image of a container that is not there',
      'set image deploy/web x=y',
      'error: unable to find container named "x"\n',
    ],
    ['pause twice', 'rollout resume deploy/web', 'error: deployments.apps "web" is not paused\n'],
    [
      'undo without history',
      'rollout undo deploy/web',
      'error: no rollout history found for deployment "web"\n',
    ],
    ['remove a taint that is not there', 'taint node n1 a-', 'error: taint "a" not found\n'],
    [
      'taint with an unknown effect',
      'taint node n1 a=b:Never',
      "error: invalid taint effect: Never, unsupported taint effect\nSee 'kubectl taint -h' for help and examples\n",
    ],
    [
      'patch with an unknown type',
      'patch pod p -p {} --type=x',
      'error: --type must be one of [json merge strategic], not "x"\n',
    ],
    ['replace what is not there', 'replace -f x.yaml', 'error: the path "x.yaml" does not exist\n'],
  ])('refuses to %s', (_, line, err) => {
    const { err: said, code } = bench().run(line);
    expect({ said, code }).toEqual({ said: err, code: 1 });
  });

  it('replaces an object by its manifest', () => {
    const b = bench();
    b.run('create configmap c --from-literal=a=1');
    b.files.texts.set('c.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {b: "2"}\n');
    expect(b.run('replace -f c.yaml').out).toBe('configmap/c replaced\n');
    expect(b.run("get cm c -o jsonpath='{.data}'").out).toBe('{"b":"2"}');
  });

  it('shows in diff what apply would change', () => {
    const b = bench();
    b.files.texts.set('c.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {b: "2"}\n');
    b.run('apply -f c.yaml');
    expect(b.run('diff -f c.yaml')).toEqual({ out: '', err: '', code: 0 });
    b.files.texts.set('c.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {b: "3"}\n');
    const { out, code } = b.run('diff -f c.yaml');
    expect(code).toBe(1);
    expect(out).toContain('\n-  b: "2"\n+  b: "3"\n');
    expect(b.run("get cm c -o jsonpath='{.data.b}'").out).toBe('2');
  });

  it('edits: saves changes, reopens on errors, and cancels', () => {
    const b = bench();
    const { job, outcome } = b.start('edit deploy web');
    const text = (): string => (job.wait?.type === 'editor' ? job.wait.text : '');
    expect(text()).toMatch(/^# Please edit the object below\. Lines beginning with a '#' will be ignored,\n/);
    expect(job instanceof Job && job.edited(text().replace('replicas: 3', 'replicas: -1'))).toBe(true);
    expect(text()).toContain('# deployments.apps "web" was not valid:\n# * spec.replicas: Invalid value: -1');
    job.edited(text().replace('replicas: -1', 'replicas: 4'));
    expect(outcome().out).toBe('deployment.apps/web edited\n');
    expect(b.run("get deploy web -o jsonpath='{.spec.replicas}'").out).toBe('4');
    const again = b.start('edit deploy web');
    again.job.edited(undefined);
    expect(again.outcome()).toEqual({ out: 'Edit cancelled, no changes made.\n', err: '', code: 0 });
  });
});

describe('kubectl patch --dry-run=client', () => {
  it('shows what would become of the object, and changes nothing', () => {
    const b = new Bench();
    b.run('create deployment web --image=nginx');
    const patch = `patch deploy web -p '{"spec":{"replicas":3}}' --dry-run=client`;
    expect(b.run(patch).out).toBe('deployment.apps/web patched (dry run)\n');
    expect(b.run(`${patch} -o jsonpath={.spec.replicas}`).out).toBe('3');
    expect(b.run('get deploy web -o jsonpath={.spec.replicas}').out).toBe('1');
  });
});
