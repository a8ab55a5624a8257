// `npm run fuzz:mutants`: hunts each deliberate bug and prints where it was found. Exit code 1 when one escapes.
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { mutants } from './mutants.ts';

const SEEDS = 500;
const run = promisify(execFile);

interface Found {
  readonly seed: number;
  readonly checker: string;
}

async function hunt(index: number): Promise<Found | undefined> {
  const script = join(import.meta.dirname, 'hunt.ts');
  const { stdout } = await run(process.execPath, [script, String(index), String(SEEDS)]);
  return (JSON.parse(stdout.trim().split('\n').at(-1) ?? 'null') as Found | null) ?? undefined;
}

let next = 0;
let escaped = 0;
async function work(): Promise<void> {
  for (let index = next++; index < mutants.length; index = next++) {
    const found = await hunt(index);
    const { name } = mutants[index] ?? { name: '' };
    if (found === undefined) escaped++;
    console.log(
      found === undefined
        ? `ESCAPED  ${name}`
        : `seed ${String(found.seed).padStart(3)}  ${name}  <- ${found.checker}`,
    );
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, work));
console.log(`${mutants.length - escaped} of ${mutants.length} deliberate bugs found within ${SEEDS} seeds`);
process.exitCode = escaped === 0 ? 0 : 1;
