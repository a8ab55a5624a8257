import { spawn, spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildProgram, node, program } from '../tui/gameterminal.ts';
import { temporaryFolder } from './fakeio.ts';

const MINUTE = 60_000;

beforeAll(buildProgram, 3 * MINUTE);

function environment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    SHIPSHAPE_STATE: temporaryFolder(),
    LANG: 'en_US.UTF-8',
  };
}

function shipshape(
  args: readonly string[],
  options: { readonly input?: string; readonly cwd?: string } = {},
) {
  return spawnSync(node, [program, ...args], { encoding: 'utf8', env: environment(), input: '', ...options });
}

describe('the program without a terminal', { timeout: MINUTE }, () => {
  it('says what it is and how to go on, and ends with 0', () => {
    const { status, stdout, stderr } = shipshape([]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^Shipshape teaches Kubernetes/);
    expect(stdout).toContain('first-pod');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: there must be none.
    expect(stdout).not.toMatch(/\u001b/);
  });

  it('does not depend on the folder it is started in', () => {
    expect(shipshape(['levels'], { cwd: temporaryFolder() }).stdout).toContain('first-pod');
  });

  it('ends without a word when its reader goes away', async () => {
    const child = spawn(node, [program, 'help', 'run'], {
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let errors = '';
    child.stderr.on('data', (text) => {
      errors += text;
    });
    const status = await new Promise((resolve) => {
      child.on('close', resolve);
    });
    expect({ status, errors }).toEqual({ status: 0, errors: '' });
  });

  it('is stopped by Ctrl+C in the midst of its work', async () => {
    const child = spawn(node, [program, 'verify'], { env: environment(), stdio: 'ignore' });
    // Whether it has begun by then or not, the effect must be the same.
    setTimeout(() => child.kill('SIGINT'), 500);
    const signal = await new Promise((resolve) => {
      child.on('close', (_, name) => resolve(name));
    });
    expect(signal).toBe('SIGINT');
  });
});
