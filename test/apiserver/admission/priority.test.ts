import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../src/api/generated/types.ts';
import { creation, Harness, podBody } from '../harness.ts';

const GROUP = 'scheduling.k8s.io';

function withClass(name: string, value: number, more: object = {}): Harness {
  const h = new Harness();
  h.create('priorityclasses', { metadata: { name }, value, ...more }, { group: GROUP });
  return h;
}

describe('Priority', () => {
  it('gives a pod the number and the policy of its class', () => {
    const h = withClass('high', 1000, { preemptionPolicy: 'Never' });
    const pod = h.create('pods', podBody('web', {}, { priorityClassName: 'high' })) as Pod;
    expect(pod.spec).toMatchObject({ priority: 1000, preemptionPolicy: 'Never', priorityClassName: 'high' });
  });

  it('gives pods without a class the one that is the default', () => {
    const h = withClass('usual', 7, { globalDefault: true });
    const pod = h.create('pods', podBody('web')) as Pod;
    expect(pod.spec).toMatchObject({ priority: 7, priorityClassName: 'usual' });
  });

  it('lets only one class be the default', () => {
    const h = withClass('usual', 7, { globalDefault: true });
    const other = creation(
      'priorityclasses',
      { metadata: { name: 'x' }, value: 1, globalDefault: true },
      { group: GROUP },
    );
    expect(h.refusal(other).message).toBe(
      `priorityclasses.${GROUP} "x" is forbidden: PriorityClass usual is already marked as default. Only one default can exist`,
    );
  });

  it('refuses a class that is not there', () => {
    expect(
      new Harness().refusal(creation('pods', podBody('web', {}, { priorityClassName: 'x' }))).message,
    ).toBe('pods "web" is forbidden: no PriorityClass with name x was found');
  });
});
