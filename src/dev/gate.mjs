// `npm test`: installs what is missing, then runs the whole gate: format, lint, types, tests.
// Arguments are passed on to vitest: `npm test -- test/scheduler`.
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { install, pinnedNode, root } from './install.mjs';
import { REPORT } from './report.mjs';

const modules = join(root, 'node_modules');
const terminal = process.stdout.isTTY === true;
const colors = `--colors=${terminal ? 'force' : 'off'}`;

/** Each step: its heading, and the script with its arguments that the pinned Node runs. */
const STEPS = [
  { name: 'format', script: '@biomejs/biome/bin/biome', args: ['ci', colors, '--linter-enabled=false', '.'] },
  { name: 'lint', script: '@biomejs/biome/bin/biome', args: ['lint', colors, '--error-on-warnings', '.'] },
  { name: 'types', script: 'typescript/bin/tsc', args: ['--noEmit', '-p', '.'] },
  { name: 'build', script: '../src/dev/build.mjs', args: ['--if-stale'] },
];
const TESTS = {
  name: 'tests',
  script: 'vitest/vitest.mjs',
  args: ['run', '--config', '.vitest.config.ts', '--reporter=default', '--reporter=json'],
};

const children = new Set();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    for (const child of children) child.kill(signal);
    process.exit(1);
  });
}

/**
 * Runs one step and answers whether it succeeded. Its output appears whole, under its heading, when it
 * ends; with `live` it appears as it is written.
 */
function run({ name, script, args }, live = false) {
  const began = Date.now();
  const child = spawn(pinnedNode, [join(modules, script), ...args], {
    cwd: root,
    env: { ...process.env, ...(terminal ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }) },
    stdio: ['ignore', live ? 'inherit' : 'pipe', live ? 'inherit' : 'pipe'],
  });
  children.add(child);
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  return new Promise((resolve) => {
    child.on('close', (code) => {
      children.delete(child);
      const seconds = ((Date.now() - began) / 1000).toFixed(1);
      if (!live) console.log(`== ${name}: ${code === 0 ? 'passed' : 'FAILED'} (${seconds} s)`);
      if (code !== 0 && output.trim() !== '') console.log(`${output.trimEnd()}\n`);
      resolve(code === 0);
    });
  });
}

install();
const report = join(root, REPORT);
mkdirSync(dirname(report), { recursive: true });
rmSync(report, { force: true });

// The four quick steps share the cores; the tests, which take longest, then have them to themselves.
const results = await Promise.all(STEPS.map(async (step) => ({ name: step.name, passed: await run(step) })));
console.log(`== ${TESTS.name}`);
const tests = { ...TESTS, args: [...TESTS.args, `--outputFile.json=${report}`, ...process.argv.slice(2)] };
results.push({ name: TESTS.name, passed: await run(tests, true) });

const failed = results.filter(({ passed }) => !passed).map(({ name }) => name);
console.log(failed.length === 0 ? '== gate: passed' : `== gate: FAILED (${failed.join(', ')})`);
process.exitCode = failed.length === 0 ? 0 : 1;
