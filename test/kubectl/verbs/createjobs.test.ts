import { describe, expect, it } from 'vitest';
import { Bench } from '../harness.ts';

describe('kubectl create', () => {
  it('makes a job from an image and a command', () => {
    const b = new Bench();
    expect(b.run('create job now --image=busybox -- date -u').out).toBe('job.batch/now created\n');
    const job = JSON.parse(b.run('get job now -o json').out);
    expect(job.spec.template.spec).toMatchObject({
      restartPolicy: 'Never',
      containers: [{ name: 'now', image: 'busybox', command: ['date', '-u'] }],
    });
    expect(b.run('get jobs').out).toMatch(
      /^NAME +STATUS +COMPLETIONS +DURATION +AGE\nnow +Running +0\/1 +0s\n$/,
    );
  });

  it('makes a cronjob, and a job from it that it owns', () => {
    const b = new Bench();
    expect(b.run("create cronjob tick --image=busybox --schedule='*/5 * * * *' -- date").out).toBe(
      'cronjob.batch/tick created\n',
    );
    expect(b.run('create job one --from=cronjob/tick').out).toBe('job.batch/one created\n');
    const { metadata } = JSON.parse(b.run('get job one -o json').out);
    expect(metadata.annotations).toEqual({ 'cronjob.kubernetes.io/instantiate': 'manual' });
    expect(metadata.ownerReferences).toMatchObject([{ kind: 'CronJob', name: 'tick', controller: true }]);
    expect(b.run('get cj').out).toMatch(
      /^NAME +SCHEDULE +TIMEZONE +SUSPEND +ACTIVE +LAST SCHEDULE +AGE\ntick +\*\/5 \* \* \* \* +<none> +False +0 +<none> +0s\n$/,
    );
  });

  it('makes a poddisruptionbudget', () => {
    const b = new Bench();
    expect(b.run('create pdb web --selector=app=web --max-unavailable=50%').out).toBe(
      'poddisruptionbudget.policy/web created\n',
    );
    expect(b.run('get pdb').out).toMatch(
      /^NAME +MIN AVAILABLE +MAX UNAVAILABLE +ALLOWED DISRUPTIONS +AGE\nweb +N\/A +50% +0 +0s\n$/,
    );
  });

  it.each([
    ['create job x', 'either --image or --from must be specified'],
    ['create job x --image=a --from=cronjob/y', 'either --image or --from must be specified'],
    ['create job x --from=cronjob/y -- date', 'cannot specify --from and command'],
    ['create cronjob x --image=a', 'required flag(s) "schedule" not set'],
    ['create pdb x --min-available=1', 'a selector must be specified'],
    ['create pdb x --selector=a=b', 'one of min-available or max-unavailable must be specified'],
    [
      'create pdb x --selector=a=b --min-available=1 --max-unavailable=1',
      'min-available and max-unavailable cannot be both specified',
    ],
    ['create pdb x --selector=a=b --min-available=x', 'invalid format specified for min-available'],
  ])('refuses %s', (line, error) => {
    expect(new Bench().run(line)).toMatchObject({ code: 1, err: `error: ${error}\n` });
  });
});
