import { expect, test } from 'vitest';
import { Harness, podBody } from './harness.ts';

test('a pod gets what the server gives every pod', () => {
  const h = new Harness();
  const pod = h.create('pods', podBody('web'));
  console.log(JSON.stringify(pod, null, 1));
  expect(pod.metadata.uid).toMatch(/^[0-9a-f]{8}-/);
});
