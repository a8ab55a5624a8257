import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type IPty, spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';

const root = join(import.meta.dirname, '../..');

/** The Node that runs the program and its build. */
export const node = join(root, 'node_modules/node/bin/node');
/** The built program. */
export const program = join(root, 'dist/shipshape.js');

/** Long enough for a busy machine; nothing waits longer than it must. */
const PATIENCE_MS = 60_000;
/** From one press of a key to the next. */
const AGAIN_MS = 2000;

/** Builds the program if its sources have changed. */
export function buildProgram(): void {
  const { status, stderr } = spawnSync(node, [join(root, 'src/dev/build.mjs'), '--if-stale'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the program could not be built:\n${stderr}`);
}

/** How a program in a terminal is started. */
export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** A program in a pseudo-terminal, and the screen that it draws. */
export class GameTerminal {
  /** The state directory, made for it alone. */
  readonly state: string;
  /** Settles when the program has ended. */
  readonly ended: Promise<{ readonly exitCode: number }>;
  readonly #pty: IPty;
  readonly #screen: InstanceType<typeof xterm.Terminal>;
  readonly #watchers = new Set<() => void>();
  #raw = '';

  /** Runs the game with these arguments. */
  static game(args: readonly string[] = [], options: TerminalOptions = {}): GameTerminal {
    return new GameTerminal(node, [program, ...args], options);
  }

  constructor(command: string, args: readonly string[], options: TerminalOptions = {}) {
    const { columns = 120, rows = 36, env = {} } = options;
    this.state = mkdtempSync(join(tmpdir(), 'shipshape-tui-'));
    this.#screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.#pty = spawn(command, [...args], {
      name: 'xterm-256color',
      cols: columns,
      rows,
      cwd: this.state,
      env: { ...cleanEnvironment(), SHIPSHAPE_STATE: join(this.state, 'state'), ...env },
    });
    this.#pty.onData((data) => {
      this.#raw += data;
      this.#screen.write(data, () => this.#look());
    });
    // A terminal answers questions about itself.
    this.#screen.onData((answer) => this.#pty.write(answer));
    this.ended = new Promise((resolve) => {
      this.#pty.onExit(({ exitCode }) => {
        this.#screen.write('', () => {
          this.#look();
          resolve({ exitCode });
        });
      });
    });
  }

  get pid(): number {
    return this.#pty.pid;
  }

  /** The lines on the screen, without trailing blanks. */
  get lines(): readonly string[] {
    const { active } = this.#screen.buffer;
    return Array.from(
      { length: this.#screen.rows },
      (_, i) => active.getLine(active.viewportY + i)?.translateToString(true) ?? '',
    );
  }

  /** Where the cursor stands. */
  get cursor(): { readonly x: number; readonly y: number } {
    const { cursorX, cursorY } = this.#screen.buffer.active;
    return { x: cursorX, y: cursorY };
  }

  get text(): string {
    return this.lines.join('\n');
  }

  /** Everything that was written so far, escape sequences included. */
  get raw(): string {
    return this.#raw;
  }

  get isAlternateScreen(): boolean {
    return this.#screen.buffer.active.type === 'alternate';
  }

  /** Whether the last word about the cursor was to show it. */
  get isCursorShown(): boolean {
    return this.#raw.lastIndexOf('\u001b[?25h') >= this.#raw.lastIndexOf('\u001b[?25l');
  }

  /** Types. */
  press(keys: string): void {
    this.#pty.write(keys);
  }

  resize(columns: number, rows: number): void {
    this.#screen.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  /** Waits until the screen shows a text, or is as asked; fails with the screen as it is then. */
  async waitFor(
    wanted: string | RegExp | (() => boolean),
    what: string = String(wanted),
    patience: number = PATIENCE_MS,
  ): Promise<void> {
    const isThere = (): boolean => {
      if (typeof wanted === 'function') return wanted();
      return typeof wanted === 'string' ? this.text.includes(wanted) : wanted.test(this.text);
    };
    if (isThere()) return;
    await new Promise<void>((resolve, reject) => {
      const finish = (error?: Error): void => {
        clearTimeout(timer);
        this.#watchers.delete(watcher);
        if (error === undefined) resolve();
        else reject(error);
      };
      const watcher = (): void => {
        if (isThere()) finish();
      };
      const timer = setTimeout(
        () => finish(new Error(`the screen never showed ${what}; it shows:\n${this.text}`)),
        patience,
      );
      this.#watchers.add(watcher);
    });
  }

  /** Presses a key that may come too soon, again and again until it has had its effect. */
  async pressUntil(key: string, wanted: string | RegExp): Promise<void> {
    for (let waited = 0; waited < PATIENCE_MS; waited += AGAIN_MS) {
      this.press(key);
      const isThere = await this.waitFor(wanted, undefined, AGAIN_MS).then(
        () => true,
        () => false,
      );
      if (isThere) return;
    }
    throw new Error(`the screen never showed ${wanted}; it shows:\n${this.text}`);
  }

  /** Ends the program if it still runs, and removes its state. */
  async close(): Promise<void> {
    try {
      process.kill(this.#pty.pid, 'SIGKILL');
      await this.ended;
    } catch {
      // It has ended already.
    }
    this.#screen.dispose();
    rmSync(this.state, { recursive: true, force: true });
  }

  #look(): void {
    for (const watcher of this.#watchers) watcher();
  }
}

/** The environment without what would change how programs draw. */
function cleanEnvironment(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME, TERM: 'xterm-256color', LANG: 'en_US.UTF-8' };
}
