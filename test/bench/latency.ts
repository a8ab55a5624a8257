// From a key to the output that it causes, while the cluster runs: letters at the prompt, one at a time,
// in a pseudo-terminal. FASTER is how often the speed is turned up: 0 is real time, 5 as fast as it goes.
// Prints one line of JSON. Run by run.ts: `node latency.ts KEYS FASTER`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawn } from '@lydell/node-pty';

const root = join(import.meta.dirname, '../..');
const node = join(root, 'node_modules/node/bin/node');
const [keys = 200, faster = 0] = process.argv.slice(2).map(Number);
const state = mkdtempSync(join(tmpdir(), 'shipshape-bench-'));
const pty = spawn(node, [join(root, 'dist/shipshape.js'), 'play', 'first-pod', '--seed', '1'], {
  cols: 120,
  rows: 40,
  cwd: root,
  env: { PATH: process.env.PATH ?? '', TERM: 'xterm-256color', LANG: 'en_US.UTF-8', SHIPSHAPE_STATE: state },
});
let output = '';
let heardAt = 0;
let listen: (() => void) | undefined;
pty.onData((data) => {
  output += data;
  heardAt = performance.now();
  listen?.();
});

/** Waits until what was written since `from` holds a text. */
function heard(text: string | undefined, from: number, patience: number): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (found: boolean): void => {
      clearTimeout(timer);
      listen = undefined;
      resolve(found);
    };
    const look = (): void => {
      if (output.slice(from).includes(text ?? '') && output.length > from) finish(true);
    };
    const timer = setTimeout(() => finish(false), patience);
    listen = look;
    look();
  });
}

if (!(await heard('cargo-3', 0, 60_000))) throw new Error(`the level did not open:\n${output}`);
for (let i = 0; i < faster; i++) {
  pty.write('+');
  await sleep(50);
}
pty.write(':');
await sleep(300);
const samples: number[] = [];
let missed = 0;
const LETTERS = 'QJZXVKWY';
for (let i = 0; i < keys; i++) {
  const letter = LETTERS[i % LETTERS.length] ?? 'Q';
  const from = output.length;
  const began = performance.now();
  pty.write(letter);
  if (await heard(letter, from, 2000)) samples.push(heardAt - began);
  else missed++;
  if (i % 40 === 39) {
    // Ctrl+U would do, but not every terminal line has it: rub the letters out.
    pty.write('\u007f'.repeat(40));
    await sleep(100);
  }
  // Not in step with frames.
  await sleep(15 + ((i * 7) % 23));
}
pty.kill('SIGKILL');
rmSync(state, { recursive: true, force: true });
samples.sort((a, b) => a - b);
const at = (share: number): number =>
  samples[Math.min(samples.length - 1, Math.floor(share * samples.length))] ?? Number.NaN;
console.log(JSON.stringify({ keys, missed, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: samples.at(-1) }));
process.exit(0);
