import { describe, expect, it } from 'vitest';
import { shortPath, shortPaths } from '../../src/game/shortpath.ts';

describe('a short path', () => {
  it.each([
    ['spec.template.spec.containers[name=web].image', 'image'],
    ['spec.containers[0].image', 'image'],
    ['status.conditions[type=Ready].status', 'Ready'],
    ['status.conditions[type=DisruptionTarget].reason', 'DisruptionTarget'],
    ['metadata.labels.app', 'labels.app'],
    ['metadata.labels[app.kubernetes.io/name]', 'labels.app.kubernetes.io/name'],
    ['metadata.ownerReferences[0].name', 'owner'],
    ['spec.containers[0].resources.requests.cpu', 'requests.cpu'],
    ['spec.ports[port=80,protocol=TCP]', 'ports[80,TCP]'],
    ['replicas', 'replicas'],
    ['', ''],
  ])('of %s is %s', (path, short) => {
    expect(shortPath(path)).toBe(short);
  });

  it('is as long as it takes to tell fields apart', () => {
    expect(
      shortPaths([
        'spec.containers[name=a].image',
        'spec.containers[name=b].image',
        'spec.replicas',
        'status.replicas',
        'status.readyReplicas',
        'status.conditions[type=Ready].status',
        'status.conditions[type=Ready].reason',
      ]),
    ).toEqual([
      'containers[a].image',
      'containers[b].image',
      'spec.replicas',
      'status.replicas',
      'readyReplicas',
      'conditions[Ready].status',
      'conditions[Ready].reason',
    ]);
  });
});
