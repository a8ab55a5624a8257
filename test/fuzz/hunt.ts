// `node test/fuzz/hunt.ts INDEX SEEDS`: puts one mutant into the program as it is loaded, plays plans until a
// checker complains, and prints one line of JSON. Run by mutantrun.ts in a process of its own.
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Mutant, mutants } from './mutants.ts';

const [index = 0, seeds = 500] = process.argv.slice(2).map(Number);
const root = join(import.meta.dirname, '../..');
const mutant = mutants[index];
if (mutant === undefined) throw new Error(`there is no mutant ${index}`);

let applied = false;
const url = pathToFileURL(join(root, mutant.file)).href;
registerHooks({
  load(target, context, next) {
    const loaded = next(target, context);
    if (target !== url || loaded.source === undefined || loaded.source === null) return loaded;
    applied = true;
    return { ...loaded, source: apply(mutant, String(loaded.source)) };
  },
});

const { drawPlan } = await import('./draw.ts');
const { play } = await import('./play.ts');
let found: { readonly seed: number; readonly checker: string; readonly message: string } | undefined;
for (let seed = 1; seed <= seeds && found === undefined; seed++) {
  const { violation } = play(drawPlan(seed));
  if (violation !== undefined) found = { seed, checker: violation.checker, message: violation.message };
}
if (!applied) throw new Error(`${mutant.file} was never loaded`);
console.log(JSON.stringify(found ?? null));

function apply({ file, find, replace }: Mutant, source: string): string {
  const parts = source.split(find);
  if (parts.length !== 2) throw new Error(`${file}: "${find}" occurs ${parts.length - 1} times`);
  return parts.join(replace);
}
