import { describe, expect, it } from 'vitest';
import type { KubeletAnswer } from '../../src/apiserver/nodeproxy.ts';
import { formatJournalEntry } from '../../src/kubelet/journal.ts';
import { Harness, spec } from './harness.ts';

function textOf(answer: KubeletAnswer): string {
  if (!answer.ok) return `${answer.code} ${answer.message}`;
  let text = '';
  answer.stream.onOutput((chunk) => {
    text += chunk.text;
  });
  return text;
}

describe('the kubelet as a server', () => {
  it('gives out the log of a running container, and of the one before', () => {
    const h = new Harness();
    h.create({ spec: spec() });
    h.run(5);
    expect(textOf(h.kubelet.server.logs('default', 'web', {}))).toBe('log of web#0\n');
    expect(textOf(h.kubelet.server.logs('default', 'web', { previous: true }))).toBe(
      '400 previous terminated container "web" in pod "web" not found',
    );
    h.runtime.kill('web', 1);
    h.run(5);
    expect(textOf(h.kubelet.server.logs('default', 'web', { container: 'web' }))).toBe('log of web#1\n');
    expect(textOf(h.kubelet.server.logs('default', 'web', { previous: true }))).toBe('log of web#0\n');
  });

  it.each([
    ['nginx', { pullMs: 60_000 }, 'ContainerCreating'],
    ['nope', { pullMs: 100, pullError: 'not found' }, 'trying and failing to pull image'],
  ])('says why there is no log yet of a pod with image %s', (image, behaviour, why) => {
    const h = new Harness({ images: { [image]: behaviour } });
    h.create({ spec: spec({ image }) });
    h.run(5);
    expect(textOf(h.kubelet.server.logs('default', 'web', {}))).toBe(
      `400 container "web" in pod "web" is waiting to start: ${why}`,
    );
    expect(textOf(h.kubelet.server.exec('default', 'web', { command: ['sh'] }))).toBe(
      '500 unable to upgrade connection: container not found ("web")',
    );
  });

  it('runs commands in containers', () => {
    const h = new Harness();
    h.create({ spec: spec() });
    h.run(5);
    expect(textOf(h.kubelet.server.exec('default', 'web', { command: ['ls'] }))).toMatch(/^exec in c\d+$/);
    expect(textOf(h.kubelet.server.exec('default', 'other', { command: ['ls'] }))).toBe(
      '404 pod "other" not found',
    );
  });

  it("joins a container's own program", () => {
    const h = new Harness();
    h.create({ spec: spec() });
    h.run(5);
    expect(textOf(h.kubelet.server.attach('default', 'web', {}))).toMatch(/^attached to c\d+$/);
    h.runtime.kill('web', 1);
    h.run(0);
    expect(textOf(h.kubelet.server.attach('default', 'other', {}))).toBe('404 pod "other" not found');
  });
});

describe('the journal', () => {
  it('tells in klog style what the kubelet did, and keeps 500 lines', () => {
    const h = new Harness({ images: { nginx: { exit: { code: 1, after: 0 } } } });
    h.create({ spec: spec() });
    h.run(60);
    const lines = h.journal.entries();
    expect(lines.some(({ text }) => text === '"SyncLoop ADD" source="api" pods=["default/web"]')).toBe(true);
    expect(lines.some(({ text }) => text.includes('CrashLoopBackOff'))).toBe(true);
    const first = lines[0];
    expect(first === undefined ? '' : formatJournalEntry(first, 1234)).toMatch(
      /^I0105 00:00:00\.000000 {4}1234 server\.go\] "Kubelet version"/,
    );
    for (let i = 0; i < 600; i++) h.journal.info('x.go', String(i));
    expect(h.journal.entries()).toHaveLength(500);
    expect(h.journal.entries().at(-1)?.text).toBe('599');
  });
});
