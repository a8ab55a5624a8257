import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Terminal } from '@xterm/headless';
import { afterEach, describe, expect, it } from 'vitest';
import { startUi } from '../../src/ui/start.tsx';
import { FakeHost } from './fakehost.ts';

/** A terminal of a size, behind the two streams of a process. */
class FakeTerminal {
  readonly screen: Terminal;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  written = '';

  constructor(columns: number, rows: number) {
    this.screen = new Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
    const input = new PassThrough();
    this.stdin = Object.assign(input, {
      isTTY: true,
      setRawMode: () => input,
      ref: () => input,
      unref: () => input,
    }) as unknown as NodeJS.ReadStream;
    const write = (text: string, ...rest: unknown[]): boolean => {
      this.written += text;
      const done = rest.find((value) => typeof value === 'function') as (() => void) | undefined;
      this.screen.write(text, () => done?.());
      return true;
    };
    this.stdout = Object.assign(new EventEmitter(), {
      columns,
      rows,
      isTTY: true,
      writable: true,
      write,
    }) as unknown as NodeJS.WriteStream;
  }

  type(text: string): void {
    this.stdin.push(text);
  }

  resize(columns: number, rows: number): void {
    this.screen.resize(columns, rows);
    Object.assign(this.stdout, { columns, rows });
    this.stdout.emit('resize');
  }

  get text(): string {
    const { active } = this.screen.buffer;
    return Array.from(
      { length: this.screen.rows },
      (_, y) => active.getLine(y)?.translateToString(true) ?? '',
    ).join('\n');
  }
}

let folder: string;
let terminal: FakeTerminal;
let host: FakeHost;
let ended: Promise<void>;

async function begin(columns: number, rows: number, language: 'en' | 'ko' = 'en'): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'shipshape-app-'));
  terminal = new FakeTerminal(columns, rows);
  host = new FakeHost(folder, language);
  ended = startUi(host, { stdin: terminal.stdin, stdout: terminal.stdout });
  await expect.poll(() => terminal.text).toContain(language === 'en' ? 'Sea chart' : '해도');
}

/** Types, then waits until the screen shows a text. */
async function type(keys: string, shown: string | RegExp): Promise<void> {
  terminal.type(keys);
  await expect.poll(() => terminal.text).toMatch(shown);
}

async function leave(): Promise<void> {
  await type('q', /y (yes|예)/);
  terminal.type('y');
  await ended;
}

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the program in a terminal', () => {
  it('plays from the title to a typed command and leaves the terminal as it was', async () => {
    await begin(80, 24);
    await type('\r', 'You will learn');
    await type('\r', 'Time waits');
    await type(':', 'Tab complete');
    await type('kubectl get pods', 'kubectl get pods');
    await type('\r', 'ran kubectl get pods');
    await type('\u001b', 'Space pause');
    await leave();
    expect(terminal.written).toContain('\u001b[?1049h');
    expect(terminal.written.lastIndexOf('\u001b[?1049l')).toBeGreaterThan(
      terminal.written.lastIndexOf('\u001b[?1049h'),
    );
    expect(
      terminal.written.endsWith('\u001b[?25h') ||
        terminal.written.includes('\u001b[?25h', terminal.written.lastIndexOf('\u001b[?1049l')),
    ).toBe(true);
    expect(host.calls).toContain('save 2-1');
  });

  it('shows the cursor where Korean is being composed', async () => {
    await begin(80, 24, 'ko');
    await type('\r', '배우는 것');
    await type('\r', '읽는 중');
    await type(':한글', '한글');
    await expect
      .poll(() => [terminal.screen.buffer.active.cursorX, terminal.screen.buffer.active.cursorY])
      .toEqual([15, 22]);
    await type('\u001b', 'Space 멈춤');
    await leave();
  });

  it('takes pasted lines as commands', async () => {
    await begin(120, 40);
    await type('\r', 'You will learn');
    await type('\r', 'Time waits');
    await type(':', 'Tab complete');
    await type('\u001b[200~one\ntwo\n\u001b[201~', /ran one[\s\S]*ran two/);
    await type('\u001b', 'Space pause');
    await leave();
  });

  it('follows the size of the terminal', async () => {
    await begin(80, 24);
    await type('\r', 'You will learn');
    await type('\r', 'Time waits');
    terminal.resize(120, 40);
    await expect.poll(() => terminal.text).toMatch(/Harbour[\s\S]*Timeline/);
    terminal.resize(40, 10);
    await expect.poll(() => terminal.text).toContain('60x18');
    terminal.resize(80, 24);
    await expect.poll(() => terminal.text).toContain('Time waits');
    await leave();
  });

  it('sends little when little changes', async () => {
    await begin(120, 40);
    await type('\r', 'You will learn');
    await type('\r', 'Time waits');
    await type(':', 'Tab complete');
    const before = terminal.written.length;
    await type('x', 'harbour $ x');
    expect(terminal.written.length - before).toBeLessThan(1500);
    await type('\u001b', 'Space pause');
    await leave();
  });
});
