// Measures starts in a pseudo-terminal, each a process of its own: a bare Node, then the game to its
// first byte, to the title screen that takes keys, to the first frame of a level (its briefing, while the
// cluster boots) and to the harbour with its ships. Prints one line of JSON with medians in ms. Run by run.ts: `node start.ts ROUNDS`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';

const root = join(import.meta.dirname, '../..');
const node = join(root, 'node_modules/node/bin/node');
const program = join(root, 'dist/shipshape.js');
const rounds = Number(process.argv[2] ?? 10);

const state = mkdtempSync(join(tmpdir(), 'shipshape-bench-'));
const env = {
  PATH: process.env.PATH ?? '',
  TERM: 'xterm-256color',
  LANG: 'en_US.UTF-8',
  SHIPSHAPE_STATE: state,
};

/** Runs a command until its output holds what `isDone` asks for, or it ends; ms from its start. */
function timeTo(args: readonly string[], isDone: (output: string) => boolean): Promise<number> {
  return new Promise((resolve) => {
    const began = performance.now();
    let output = '';
    let taken: number | undefined;
    const pty = spawn(node, [...args], { cols: 120, rows: 36, cwd: root, env });
    pty.onData((data) => {
      output += data;
      if (taken !== undefined || !isDone(output)) return;
      taken = performance.now() - began;
      pty.kill('SIGKILL');
    });
    pty.onExit(() => resolve(taken ?? performance.now() - began));
  });
}

const CASES = {
  bareNode: () => timeTo(['-e', '0'], () => false),
  firstPaint: () => timeTo([program], (output) => output.includes('Shipshape')),
  title: () => timeTo([program], (output) => output.includes('Enter') && output.includes('quit')),
  briefing: () =>
    timeTo([program, 'play', 'first-pod', '--seed', '1'], (output) => output.includes('Briefing')),
  level: () => timeTo([program, 'play', 'first-pod', '--seed', '1'], (output) => output.includes('cargo-3')),
  help: () => timeTo([program, '--help'], () => false),
} as const;

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const samples: Record<string, number[]> = {};
// The first round fills the file system's cache and writes the list of levels; it does not count. The cases take
// turns, so that a busy moment of the machine hits them alike.
for (let round = 0; round <= rounds; round++)
  for (const [name, run] of Object.entries(CASES)) {
    const ms = await run();
    samples[name] ??= [];
    if (round > 0) samples[name].push(ms);
  }
rmSync(state, { recursive: true, force: true });
console.log(
  JSON.stringify(Object.fromEntries(Object.entries(samples).map(([name, all]) => [name, median(all)]))),
);
