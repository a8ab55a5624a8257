// `npm run fuzz -- --seeds N [--seed S]`: plays drawn plans under the eyes of the checkers.
// Prints what was done and checked how often. Exit codes: 0 nothing found, 1 a promise was broken, 2 wrong use.
import { parseArgs } from 'node:util';
import { drawPlan } from './draw.ts';
import type { Plan } from './plan.ts';
import { play } from './play.ts';
import { describeCounts, describeFailure, silences } from './report.ts';
import { shrink } from './shrink.ts';

const USAGE = `npm run fuzz -- [--seeds N] [--seed S] [--twice] [--no-shrink]
  --seeds N     how many runs; default 100
  --seed S      the seed of the first run; default 1. With --seeds 1 it replays one run exactly
  --twice       play each plan twice and compare the hashes of all revisions
  --no-shrink   show a failing plan whole`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    twice: { type: 'boolean', default: false },
    'no-shrink': { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const [count, first] = [values.seeds, values.seed].map(Number) as [number, number];
if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(first)) {
  console.error(`--seeds and --seed take whole numbers\n\n${USAGE}`);
  process.exit(2);
}

const done = new Map<string, number>();
const seen = new Map<string, number>();
let events = 0;
let slowest = 0;
let failures = 0;
const began = performance.now();

for (let seed = first; seed < first + count; seed++) {
  const plan = drawPlan(seed);
  const played = play(plan);
  events += played.events;
  slowest = Math.max(slowest, played.settledAfter);
  sum(done, played.done);
  sum(seen, played.seen);
  if (played.violation !== undefined) report(plan, played.violation.checker);
  else if (values.twice && play(plan).hash !== played.hash) {
    failures++;
    console.log(`seed ${seed}: two runs of one plan differ`);
  }
  progress(seed - first + 1);
}
progress(count, '\n');
const seconds = (performance.now() - began) / 1000;
console.log(
  `${count} seeds from ${first}: ${failures} failed; ${events} events in ${seconds.toFixed(1)} s; ` +
    `settled at the latest ${(slowest / 1000).toFixed(0)} virtual s after the faults ended`,
);
console.log(`\nWhat was done:\n${describeCounts(done)}`);
console.log(`\nWhat was checked:\n${describeCounts(seen)}`);
const silent = silences(done, seen);
if (silent.length > 0) console.log(`\nWhat did not happen:\n  ${silent.join('\n  ')}`);
process.exitCode = failures === 0 ? 0 : 1;

function report(plan: Plan, checker: string): void {
  failures++;
  const small = values['no-shrink'] ? plan : shrink(plan, checker);
  const { violation } = play(small);
  if (violation !== undefined) console.log(`\n${describeFailure(small, plan.steps.length, violation)}`);
}

function progress(played: number, end = ''): void {
  if (process.stderr.isTTY === true)
    process.stderr.write(`\r${played} of ${count} seeds, ${failures} failed${end}`);
}

function sum(into: Map<string, number>, counts: ReadonlyMap<string, number>): void {
  for (const [name, times] of counts) into.set(name, (into.get(name) ?? 0) + times);
}
