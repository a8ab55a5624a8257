import { describe, expect, test } from 'vitest';
import { AccessLog } from '../../../src/kubelet/apps/accesslog.ts';
import type { LogOptions } from '../../../src/kubelet/cri.ts';
import { ContainerLog } from '../../../src/kubelet/runtime/log.ts';
import { httpReply } from '../../../src/network/http.ts';
import type { HttpRequest } from '../../../src/network/types.ts';

const START = Date.UTC(2026, 0, 5);
const ALL: LogOptions = { follow: false, timestamps: false };

function linesOf(log: ContainerLog, options: Partial<LogOptions> = {}): string[] {
  let text = '';
  log.open({ ...ALL, ...options }, false).onOutput((chunk) => {
    text += chunk.text;
  });
  return text.split('\n').slice(0, -1);
}

function request(path: string, agent = 'kube-probe/1.35'): HttpRequest {
  return { protocol: 'http', method: 'GET', path, headers: { 'user-agent': agent }, body: '', host: 'web' };
}

describe('a container log', () => {
  test('has a line as often as it was written, each with its own time', () => {
    const log = new ContainerLog();
    for (let i = 0; i < 3; i++) log.add(START + i * 1000, 'stdout', 'tick');
    log.add(START + 3000, 'stderr', 'tick');
    log.add(START + 4000, 'stdout', 'tick');
    const stamped = linesOf(log, { timestamps: true });
    expect(stamped).toEqual([0, 1, 2, 3, 4].map((s) => `2026-01-05T00:00:0${s}.000000000Z tick`));
    expect(linesOf(log, { sinceTime: START + 2000 })).toHaveLength(3);
    expect(linesOf(log, { tailLines: 2 })).toHaveLength(2);
  });

  test('loses its oldest lines first, those that repeat as those that do not', () => {
    const log = new ContainerLog();
    log.add(START, 'stdout', 'first');
    const line = 'x'.repeat(1023);
    for (let i = 1; i <= 5000; i++) log.add(START + i, 'stdout', line);
    // 256 KiB hold 256 lines of 1 KiB with their newlines.
    const kept = linesOf(log, { timestamps: true });
    expect(kept).toHaveLength(256);
    expect(kept[0]?.slice(0, 30)).toBe('2026-01-05T00:00:04.745000000Z');
    for (let i = 0; i < 5000; i++) log.add(START + 10_000 + i, 'stdout', `${i % 10}${line.slice(1)}`);
    expect(linesOf(log)).toHaveLength(256);
    expect(linesOf(log).at(-1)?.slice(0, 3)).toBe('9xx');
    expect(log.bytes).toBe(256 * 1024);
  });

  test('shows an access line with the time of its own request', () => {
    const log = new ContainerLog();
    const access = new AccessLog();
    const ask = (at: number, path: string): void =>
      log.add(at, 'stdout', access.line('10.0.0.1', request(path), httpReply(200, 'hello')));
    ask(START, '/');
    ask(START + 10_000, '/');
    ask(START + 20_000, '/x');
    const end = 'HTTP/1.1" 200 5 "-" "kube-probe/1.35" "-"';
    expect(linesOf(log)).toEqual([
      `10.0.0.1 - - [05/Jan/2026:00:00:00 +0000] "GET / ${end}`,
      `10.0.0.1 - - [05/Jan/2026:00:00:10 +0000] "GET / ${end}`,
      `10.0.0.1 - - [05/Jan/2026:00:00:20 +0000] "GET /x ${end}`,
    ]);
    expect(log.bytes).toBe(linesOf(log).join('\n').length + 1);
  });

  test('cuts an access line that is longer than the runtime takes', () => {
    const log = new ContainerLog();
    log.add(
      START,
      'stdout',
      new AccessLog().line('10.0.0.1', request('/', 'a'.repeat(40_000)), httpReply(200)),
    );
    expect(linesOf(log)[0]).toHaveLength(16 * 1024);
  });
});
