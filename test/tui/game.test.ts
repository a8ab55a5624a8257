import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram, GameTerminal, node, program } from './gameterminal.ts';

const TEST_MS = 180_000;
const ESC = '\u001b';
const ENTER = '\r';
const DOWN = `${ESC}[B`;

let terminal: GameTerminal | undefined;

beforeAll(buildProgram, TEST_MS);

afterEach(async () => {
  await terminal?.close();
  terminal = undefined;
});

function start(...args: Parameters<typeof GameTerminal.game>): GameTerminal {
  terminal = GameTerminal.game(...args);
  return terminal;
}

/** Presses a key and waits for what it should lead to. */
async function pressFor(game: GameTerminal, key: string, wanted: string | RegExp): Promise<void> {
  game.press(key);
  await game.waitFor(wanted);
}

async function quit(game: GameTerminal): Promise<number> {
  await pressFor(game, 'q', /Leave the harbour\?/);
  game.press('y');
  const { exitCode } = await game.ended;
  return exitCode;
}

describe('the game in a terminal', () => {
  it('is won by keys alone, and remembers it', { timeout: TEST_MS }, async () => {
    const game = start(['play', '1-2', '--seed', '1']);
    await game.waitFor('cargo-3');
    await pressFor(game, ':', /Enter run/);
    game.press('kubectl run nginx-pod --image=nginx:alpine');
    await game.waitFor('--image=nginx:alpine');
    await pressFor(game, ENTER, /nginx-pod → cargo-\d/);
    const [, ship = ''] = /nginx-pod → (cargo-\d)/.exec(game.text) ?? [];
    await game.waitFor(/✔ Pod nginx-pod/);
    await pressFor(game, ESC, ': command');
    // Back over the manifest to the goals, and down to the question.
    game.press(`${ESC}[Z`);
    game.press(`${ESC}[Z`);
    game.press(DOWN);
    await pressFor(game, ENTER, /Your answer/);
    game.press(ship);
    await game.waitFor(new RegExp(`▶ ${ship}`));
    game.press(ENTER);
    await game.waitFor(/✔ Which ship/);
    game.press('+');
    game.press('+');
    await game.waitFor('Enter shows how it went');
    // A key that comes too soon was meant for the level, and is not taken.
    await game.pressUntil(ENTER, /from a blank form to a running crate/);
    expect(await quit(game)).toBe(0);
    const { levels } = JSON.parse(readFileSync(join(game.state, 'state/progress.json'), 'utf8')) as {
      readonly levels: Readonly<Record<string, { readonly stars: readonly boolean[] }>>;
    };
    expect(levels['first-pod']?.stars[0]).toBe(true);
  });

  it('redraws itself when the window changes its size', { timeout: TEST_MS }, async () => {
    const game = start(['play', '1-2', '--seed', '1'], { columns: 80, rows: 24 });
    await game.waitFor('cargo-3');
    expect(game.lines).toHaveLength(24);
    game.resize(120, 40);
    await game.waitFor(/Timeline/);
    await game.waitFor(() => game.lines[39]?.includes('Esc') === true, 'the keys in the last of 40 lines');
    game.resize(80, 24);
    await game.waitFor(() => game.lines[23]?.includes('Esc') === true, 'the keys in the last of 24 lines');
  });

  it('asks before it ends, and goes on when the answer is no', { timeout: TEST_MS }, async () => {
    const game = start();
    await game.waitFor('Sea chart');
    await pressFor(game, 'q', /Leave the harbour\?/);
    game.press('n');
    await game.waitFor(() => !game.text.includes('Leave the harbour?'), 'the question to go away');
    expect(await quit(game)).toBe(0);
  });

  it('offers a game that was left to be continued', { timeout: TEST_MS }, async () => {
    const game = start(['play', '1-2', '--seed', '1']);
    await game.waitFor('cargo-3');
    expect(await quit(game)).toBe(0);
    const again = new GameTerminal(node, [program], { env: { SHIPSHAPE_STATE: join(game.state, 'state') } });
    try {
      await again.waitFor(/Continue +1-2/);
      await pressFor(again, ENTER, 'cargo-3');
      expect(await quit(again)).toBe(0);
    } finally {
      await again.close();
    }
  });

  it('takes Korean: letters as keys, words where text is typed', { timeout: TEST_MS }, async () => {
    const game = start(['--lang', 'ko', 'play', '1-2', '--seed', '1'], { columns: 80, rows: 24 });
    await game.waitFor('cargo-3');
    // The input method is on: this is the key e.
    await pressFor(game, 'ㄷ', /\^S 적용/);
    game.press('# 한글 주석');
    await game.waitFor('# 한글 주석');
    const row = game.lines.findIndex((line) => line.includes('# 한글 주석'));
    // 5 columns of margin and line numbers; "# " and five wide characters and a space.
    expect(game.cursor).toEqual({ x: 5 + 13 - 2, y: row });
    await pressFor(game, ESC, /e 편집/);
    await pressFor(game, ':', /Enter 실행/);
    game.press('echo 가나');
    await game.waitFor('echo 가나');
    expect(game.cursor).toEqual({ x: ' harbour $ echo '.length + 4, y: 22 });
  });

  it('lists what was done, goes on from an earlier moment, and returns', { timeout: TEST_MS }, async () => {
    const game = start(['play', 'sandbox', '--ships', '2', '--seed', '5']);
    await game.waitFor('node-2');
    await pressFor(game, ':', /Enter run/);
    game.press('kubectl create deployment web --image=nginx:1.27\r');
    await game.waitFor('deployment.apps/web created');
    game.press('kubectl scale deployment web --replicas=2\r');
    await game.waitFor('deployment.apps/web scaled');
    await pressFor(game, ESC, /w why/);
    await pressFor(game, 'l', /begun with {2}shipshape play sandbox --seed 5 --ships 2 --size 4/);
    await game.waitFor(/typed +kubectl scale deployment web --replicas=2/);
    await pressFor(game, ESC, /w why/);
    await pressFor(game, '\u001b[D', /looking back/);
    await pressFor(game, 'o', /Go on from/);
    game.press('y');
    await game.waitFor(/again, and time waits/);
    game.press('u');
    await game.waitFor('Back in the run that was left.');
    expect(await quit(game)).toBe(0);
  });

  it('reads a file that another program saved in the folder of the level', { timeout: TEST_MS }, async () => {
    const game = start(['play', '1-2', '--seed', '1']);
    await game.waitFor('cargo-3');
    const path = join(game.state, 'state/harbour/first-pod/nginx-pod.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace('image:', 'image: nginx:1.27-elsewhere'));
    await pressFor(game, 'e', /nginx:1\.27-elsewhere/);
  });
});

describe('the terminal', () => {
  /** A shell that runs the game and then says how it left the terminal. */
  function inShell(): GameTerminal {
    const script = `stty -a > before; "${node}" "${program}"; echo "exit status $?"; stty -a > after; cmp before after && echo same settings; sleep 60`;
    terminal = new GameTerminal('/bin/sh', ['-c', script]);
    return terminal;
  }

  it('is after the game as it was before', { timeout: TEST_MS }, async () => {
    const game = inShell();
    await game.waitFor('Sea chart');
    expect(game.isAlternateScreen).toBe(true);
    await pressFor(game, 'q', /Leave the harbour\?/);
    game.press('y');
    await game.waitFor('same settings');
    expect(game.text).toContain('exit status 0');
    expect(game.isAlternateScreen).toBe(false);
    expect(game.isCursorShown).toBe(true);
  });

  it.each(['SIGTERM', 'SIGHUP'] as const)('is as before after %s', { timeout: TEST_MS }, async (signal) => {
    const run = `"${node}" "${program}" & echo $! > pid; fg`;
    const shell = new GameTerminal('/bin/sh', ['-c', `set -m; ${run}; echo ended; sleep 60`]);
    terminal = shell;
    await shell.waitFor('Sea chart');
    process.kill(Number(readFileSync(join(shell.state, 'pid'), 'utf8')), signal);
    await shell.waitFor('ended');
    expect(shell.isAlternateScreen).toBe(false);
    expect(shell.isCursorShown).toBe(true);
  });

  it('shows what went wrong after a bug of ours, and is as before', { timeout: TEST_MS }, async () => {
    const levels = mkdtempSync(join(tmpdir(), 'shipshape-levels-'));
    cpSync(join(import.meta.dirname, '../../levels'), levels, { recursive: true });
    const script = `"${node}" "${program}" play "${levels}"; echo "exit status $?"; sleep 60`;
    const game = new GameTerminal('/bin/sh', ['-c', script]);
    terminal = game;
    await game.waitFor('Sea chart');
    await pressFor(game, ENTER, '1-1');
    // A level that disappears while the game runs is not foreseen.
    rmSync(levels, { recursive: true, force: true });
    await pressFor(game, ENTER, 'exit status 70');
    expect(game.text).toContain('shipshape: this is a bug in Shipshape');
    expect(game.text).toContain('Please open an issue');
    expect(game.text).not.toMatch(/^\s+at /m);
    expect(game.isAlternateScreen).toBe(false);
    expect(game.isCursorShown).toBe(true);
  });

  it('is given back while the game is stopped with Ctrl+Z', { timeout: TEST_MS }, async () => {
    terminal = new GameTerminal('/bin/sh', [
      '-c',
      `set -m; "${node}" "${program}"; echo stopped; read x; fg; sleep 60`,
    ]);
    const game = terminal;
    await game.waitFor('Sea chart');
    game.press('\u001a');
    await game.waitFor('stopped');
    expect(game.isAlternateScreen).toBe(false);
    expect(game.isCursorShown).toBe(true);
    game.press(ENTER);
    await game.waitFor('Sea chart');
    expect(game.isAlternateScreen).toBe(true);
  });
});
