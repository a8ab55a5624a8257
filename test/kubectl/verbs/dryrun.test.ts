import { describe, expect, it } from 'vitest';
import { Bench } from '../harness.ts';

/**
 * What `--dry-run=client -o yaml` prints of a generated object in v1.35: Go writes structs that are not
 * pointers even when they are empty, and since v1.34 no creationTimestamp that is not set.
 */
describe('--dry-run=client -o yaml', () => {
  it.each([
    [
      'create job j --image=busybox',
      `apiVersion: batch/v1
kind: Job
metadata:
  name: j
spec:
  template:
    metadata: {}
    spec:
      containers:
      - image: busybox
        name: j
        resources: {}
      restartPolicy: Never
status: {}
`,
    ],
    [
      `create cronjob c --image=busybox --schedule='*/5 * * * *' -- date`,
      `apiVersion: batch/v1
kind: CronJob
metadata:
  name: c
spec:
  jobTemplate:
    metadata:
      name: c
    spec:
      template:
        metadata: {}
        spec:
          containers:
          - command:
            - date
            image: busybox
            name: c
            resources: {}
          restartPolicy: OnFailure
  schedule: '*/5 * * * *'
status: {}
`,
    ],
    [
      'create pdb p --selector=app=web --min-available=50%',
      `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: p
spec:
  minAvailable: 50%
  selector:
    matchLabels:
      app: web
status:
  currentHealthy: 0
  desiredHealthy: 0
  disruptionsAllowed: 0
  expectedPods: 0
`,
    ],
  ])('%s', (line, out) => {
    const [command, after] = line.split(' -- ');
    const rest = after === undefined ? '' : ` -- ${after}`;
    expect(new Bench().run(`${command} --dry-run=client -o yaml${rest}`)).toEqual({ out, err: '', code: 0 });
  });

  it('autoscale writes the metrics that nobody has seen as null', () => {
    const bench = new Bench();
    bench.run('create deployment web --image=nginx');
    const { out } = bench.run('autoscale deployment web --max=3 --cpu=50% --dry-run=client -o yaml');
    expect(out).toMatch(/status:\n {2}currentMetrics: null\n {2}desiredReplicas: 0\n$/);
  });

  it('the server keeps empty pod metadata of cron jobs, as structs are', () => {
    const bench = new Bench();
    bench.run(`create cronjob c --image=busybox --schedule='*/5 * * * *'`);
    expect(bench.run('get cronjob c -o jsonpath={.spec.jobTemplate.spec.template.metadata}').out).toBe('{}');
  });
});
