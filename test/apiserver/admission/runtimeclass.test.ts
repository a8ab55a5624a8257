import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../src/api/generated/types.ts';
import { creation, Harness, podBody } from '../harness.ts';

const GROUP = 'node.k8s.io';

function withClass(more: object = {}): Harness {
  const h = new Harness();
  h.create('runtimeclasses', { metadata: { name: 'gvisor' }, handler: 'runsc', ...more }, { group: GROUP });
  return h;
}

const pod = (spec: object): object => podBody('web', {}, { runtimeClassName: 'gvisor', ...spec });

// From plugin/pkg/admission/runtimeclass/admission_test.go and pkg/apis/node/validation (runtimeclass).
describe('RuntimeClass', () => {
  it('refuses a pod whose class is not there', () => {
    expect(new Harness().refusal(creation('pods', pod({}))).message).toBe(
      'pods "web" is forbidden: pod rejected: RuntimeClass "gvisor" not found',
    );
  });

  it('gives pods the overhead of their class, its nodes and its tolerations', () => {
    const h = withClass({
      overhead: { podFixed: { cpu: '250m', memory: '120Mi' } },
      scheduling: {
        nodeSelector: { runtime: 'gvisor' },
        tolerations: [{ key: 'sandboxed', operator: 'Exists' }],
      },
    });
    const stored = h.create('pods', pod({ nodeSelector: { disk: 'ssd' } })) as Pod;
    expect(stored.spec).toMatchObject({
      overhead: { cpu: '250m', memory: '120Mi' },
      nodeSelector: { disk: 'ssd', runtime: 'gvisor' },
    });
    expect(stored.spec.tolerations).toContainEqual({ key: 'sandboxed', operator: 'Exists' });
  });

  it.each([
    [
      { overhead: { cpu: '1' } },
      "pods \"web\" is forbidden: pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
    ],
    [
      { nodeSelector: { runtime: 'runc' } },
      'pods "web" is forbidden: conflict: runtimeClass.scheduling.nodeSelector[runtime] = gvisor; pod.spec.nodeSelector[runtime] = runc',
    ],
  ])('refuses a pod that contradicts its class: %#', (spec, message) => {
    const h = withClass({
      overhead: { podFixed: { cpu: '250m' } },
      scheduling: { nodeSelector: { runtime: 'gvisor' } },
    });
    expect(h.refusal(creation('pods', pod(spec))).message).toBe(message);
  });

  it('refuses an overhead that no class gives', () => {
    const why =
      'pods "web" is forbidden: pod rejected: Pod overhead set without corresponding RuntimeClass defined Overhead';
    expect(
      new Harness().refusal(creation('pods', podBody('web', {}, { overhead: { cpu: '1' } }))).message,
    ).toBe(why);
    expect(withClass().refusal(creation('pods', pod({ overhead: { cpu: '1' } }))).message).toBe(why);
  });

  it('has a handler with the name of a label, which never changes', () => {
    const h = withClass();
    const bad = creation('runtimeclasses', { metadata: { name: 'x' }, handler: '&!@#' }, { group: GROUP });
    expect(h.refusal(bad).message).toMatch(/handler: Invalid value: "&!@#": a lowercase RFC 1123 label must/);
    const stored = h.get('runtimeclasses', 'gvisor', '', GROUP);
    const body = { ...stored, handler: 'other' };
    expect(
      h.refusal({ verb: 'update', group: GROUP, resource: 'runtimeclasses', name: 'gvisor', body }).message,
    ).toMatch(/handler: Invalid value: "other": field is immutable/);
  });
});
