import { describe, expect, it } from 'vitest';
import { runtimeClass } from '../../../src/api/kinds/runtimeclass.ts';
import { complaints } from './manifests.ts';

const manifest = (more: object): unknown => ({
  apiVersion: 'node.k8s.io/v1',
  kind: 'RuntimeClass',
  metadata: { name: 'gvisor' },
  handler: 'runsc',
  ...more,
});

// From pkg/apis/node/validation/validation_test.go.
describe('a RuntimeClass', () => {
  it.each([
    [{ overhead: { podFixed: { cpu: '-1' } } }, /^overhead\.podFixed\.limits\[cpu\]: Invalid value/],
    [
      { scheduling: { nodeSelector: { 'A/B/C': 'x' } } },
      /^scheduling\.nodeSelector: Invalid value: "A\/B\/C"/,
    ],
    [
      { scheduling: { tolerations: [{ key: 'a', operator: 'Exists', value: 'b' }] } },
      /^scheduling\.tolerations\[0\]\.operator: Invalid value/,
    ],
  ])('%# is refused', (more, says) => {
    expect(complaints(runtimeClass, manifest(more)).join('\n')).toMatch(says);
  });

  it('may be no more than a handler', () => {
    expect(complaints(runtimeClass, manifest({}))).toEqual([]);
  });
});
