import { describe, expect, it } from 'vitest';
import { Bench } from '../harness.ts';

const template = {
  metadata: { labels: { app: 'db' } },
  spec: { containers: [{ name: 'db', image: 'redis:7' }] },
};

describe('kubectl describe', () => {
  it('describes a StatefulSet as upstream lays it out', () => {
    const b = new Bench();
    b.put({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db', namespace: 'default' },
      spec: {
        replicas: 2,
        serviceName: 'db',
        selector: { matchLabels: { app: 'db' } },
        template,
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
      },
    });
    const { out } = b.run('describe sts db');
    expect(out).toMatch(
      /^Name: +db\nNamespace: +default\nCreationTimestamp: .*\nSelector: +app=db\nLabels: +<none>\nAnnotations: +<none>\nReplicas: +2 desired \| 0 total\nUpdate Strategy: +RollingUpdate\n {2}Partition: +0\nPods Status: +0 Running \/ 0 Waiting \/ 0 Succeeded \/ 0 Failed\nPod Template:\n/,
    );
    expect(out).toMatch(
      /Volume Claims:\n {2}Name: +data\n {2}StorageClass: +\n {2}Labels: +<none>\n {2}Annotations: +<none>\n {2}Capacity: +1Gi\n {2}Access Modes: +\[ReadWriteOnce\]\nEvents: +<none>\n$/,
    );
  });

  it('describes a job as upstream lays it out', () => {
    const b = new Bench();
    b.run('create job now --image=busybox -- date');
    expect(b.run('describe job now').out).toMatch(
      /^Name: +now\nNamespace: +default\nSelector: +batch\.kubernetes\.io\/controller-uid=\S+\nLabels: [\s\S]*\nAnnotations: +<none>\nParallelism: +1\nCompletions: +1\nCompletion Mode: +NonIndexed\nSuspend: +false\nBackoff Limit: +6\nPods Statuses: +0 Active \/ 0 Succeeded \/ 0 Failed\nPod Template:\n/,
    );
  });

  it('describes a cronjob as upstream lays it out', () => {
    const b = new Bench();
    b.run('create cronjob tick --image=busybox --schedule=@daily');
    expect(b.run('describe cj tick').out).toMatch(
      /Schedule: +@daily\nConcurrency Policy: +Allow\nSuspend: +False\nTime Zone: +<unset>\nSuccessful Job History Limit: +3\nFailed Job History Limit: +1\nStarting Deadline Seconds: +<unset>\nSelector: +<unset>\nParallelism: +1\nCompletions: +1\nPod Template:\n[\s\S]*Last Schedule Time: +<unset>\nActive Jobs: +<none>\nEvents: +<none>\n$/,
    );
  });

  it('describes a poddisruptionbudget as upstream lays it out', () => {
    const b = new Bench();
    b.run('create pdb web --selector=app=web --min-available=1');
    expect(b.run('describe pdb web').out).toMatch(
      /^Name: +web\nNamespace: +default\nMin available: +1\nSelector: +app=web\nStatus:\n {4}Allowed disruptions: +0\n {4}Current: +0\n {4}Desired: +0\n {4}Total: +0\nEvents: +<none>\n$/,
    );
  });
});
