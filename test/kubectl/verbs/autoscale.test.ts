import { describe, expect, it } from 'vitest';
import { Bench } from '../harness.ts';

function bench(): Bench {
  const b = new Bench();
  b.run('create deployment web --image=nginx');
  return b;
}

describe('kubectl autoscale', () => {
  it('makes a HorizontalPodAutoscaler named after its target', () => {
    const b = bench();
    expect(b.run('autoscale deployment web --min=2 --max=5 --cpu=70%').out).toBe(
      'horizontalpodautoscaler.autoscaling/web autoscaled\n',
    );
    expect(JSON.parse(b.run('get hpa web -o json').out).spec).toMatchObject({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 2,
      maxReplicas: 5,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 70 } } }],
    });
    expect(b.run('get hpa').out).toMatch(
      /^NAME +REFERENCE +TARGETS +MINPODS +MAXPODS +REPLICAS +AGE\nweb +Deployment\/web +cpu: <unknown>\/70% +2 +5 +0 +0s\n$/,
    );
    expect(b.run('describe hpa web').out).toMatch(
      /Reference: +Deployment\/web\nMetrics: +\( current \/ target \)\n {2}resource cpu on pods {2}\(as a percentage of request\): +<unknown> \/ 70%\nMin replicas: +2\nMax replicas: +5\nDeployment pods: +0 current \/ 0 desired\n/,
    );
  });

  it('takes bare numbers for milli-cores and mebibytes', () => {
    const b = bench();
    b.run('autoscale deployment web --max=5 --cpu=500 --memory=200');
    expect(JSON.parse(b.run('get hpa web -o json').out).spec.metrics).toMatchObject([
      { resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '500m' } } },
      { resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '200Mi' } } },
    ]);
  });

  it('says created in a dry run of the client, and which kinds it cannot scale', () => {
    const b = bench();
    expect(b.run('autoscale deployment web --max=5 --dry-run=client').out).toBe(
      'horizontalpodautoscaler.autoscaling/web created (dry run)\n',
    );
    b.put({
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'd', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'd' } },
        template: { metadata: { labels: { app: 'd' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    });
    expect(b.run('autoscale ds d --max=5').err).toBe(
      'error: cannot autoscale a DaemonSet: could not find scale subresource for apps/v1, Resource=daemonsets in discovery information\n',
    );
  });

  it('aims at 80% of the cpu unless told otherwise', () => {
    const b = bench();
    b.run('autoscale deployment web --max=5');
    expect(b.run('get hpa').out).toContain('cpu: <unknown>/80%');
  });

  it.each([
    ['autoscale deployment web', 'required flag(s) "max" not set'],
    [
      'autoscale deployment web --max=3 --cpu=50% --cpu-percent=50',
      '--cpu-percent and --cpu are mutually exclusive',
    ],
    ['autoscale deployment web --max=3 --cpu=x%', 'error: invalid percentage value: x\n'],
    ['autoscale deployment web --max=3 --memory=lots', 'error: invalid resource memory value: lots\n'],
    ['autoscale deployment web --max=0', '--max=MAXPODS is required and must be at least 1, max: 0'],
    [
      'autoscale deployment web --min=3 --max=2',
      '--max=MAXPODS must be larger or equal to --min=MINPODS, max: 2, min: 3',
    ],
  ])('refuses %s', (line, error) => {
    const { err, code } = bench().run(line);
    expect(code).toBe(1);
    expect(err).toContain(error);
  });
});
