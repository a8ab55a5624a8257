import { expect, it } from 'vitest';
import { TestMachine } from './machine.ts';

it('runs nginx from the registry', () => {
  const m = new TestMachine();
  const { id, network } = m.pod('nginx:1.27');
  expect(m.status(id).state).toBe('running');
  expect(m.get(network.ip, 80)).toMatchObject({ status: 200 });
  expect(m.logs(id)).toContain('nginx/1.27');
  expect(m.status(id).config.imageName).toBe('docker.io/library/nginx:1.27');
});
