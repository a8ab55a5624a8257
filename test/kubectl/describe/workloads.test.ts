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
});
