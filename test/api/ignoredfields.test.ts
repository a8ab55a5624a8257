import { describe, expect, it } from 'vitest';
import { ignoredFieldWarnings } from '../../src/api/ignoredfields.ts';
import { deploymentWith, podWith, WEB } from './kinds/manifests.ts';

const says = (path: string): string =>
  `${path}: accepted, but this version of Shipshape does not act on this field`;

describe('fields that are accepted but not acted on', () => {
  it('are none in a plain pod or Deployment, whose defaults ask for nothing', () => {
    expect(ignoredFieldWarnings(podWith())).toEqual([]);
    expect(ignoredFieldWarnings(deploymentWith())).toEqual([]);
  });

  it('are named by their path', () => {
    const container = { ...WEB, securityContext: { runAsUser: 1, seLinuxOptions: { level: 's0' } } };
    const object = podWith({
      hostIPC: true,
      containers: [WEB, { ...container, name: 'b' }],
      hostPID: false,
    });
    expect(ignoredFieldWarnings(object)).toEqual([
      says('spec.containers[1].securityContext.seLinuxOptions'),
      says('spec.hostIPC'),
    ]);
  });

  it('are found in the template of a workload', () => {
    const spec = { containers: [WEB], hostIPC: true };
    const object = deploymentWith({ template: { metadata: { labels: { app: 'web' } }, spec } });
    expect(ignoredFieldWarnings(object)).toEqual([says('spec.template.spec.hostIPC')]);
  });
});
