import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeBug } from '../../src/commands/bug.ts';
import { readInputs } from '../../src/commands/inputs.ts';
import { LatePlaying } from '../../src/commands/lateplaying.ts';
import { builtInLevels, readLevelFolders } from '../../src/commands/levelfolders.ts';
import { ProgressBar } from '../../src/commands/progressbar.ts';
import { openShelf } from '../../src/commands/shelf.ts';
import { FakeIo, temporaryFolder } from './fakeio.ts';

describe('files given on the command line', () => {
  it('stand for themselves, folders for the manifests in them, and - for standard input', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'all'));
    for (const name of ['b.yaml', 'a.yml', 'c.json', 'notes.txt'])
      writeFileSync(join(folder, 'all', name), name);
    writeFileSync(join(folder, 'one.txt'), 'one');
    const files = readInputs(new FakeIo({ stdin: 'in' }), [
      '-',
      join(folder, 'one.txt'),
      join(folder, 'all'),
    ]);
    expect(files).toMatchObject([
      { name: 'stdin.yaml', text: 'in' },
      { name: 'one.txt', text: 'one' },
      { name: 'a.yml' },
      { name: 'b.yaml' },
      { name: 'c.json' },
    ]);
  });

  it('are refused with a sentence where they cannot be read', () => {
    const folder = temporaryFolder();
    expect(readInputs(new FakeIo(), [join(folder, 'none')])).toMatch(/cannot be read: there is no such file/);
    expect(readInputs(new FakeIo(), [folder])).toMatch(/there is no YAML or JSON file in/);
    writeFileSync(join(folder, 'large.yaml'), 'a'.repeat(5 * 1024 * 1024));
    expect(readInputs(new FakeIo(), [folder])).toMatch(/large\.yaml is larger than 4 MiB/);
  });
});

describe('the folders of levels', () => {
  it('are found at any depth, without hidden and too large files', () => {
    const root = temporaryFolder();
    const level = join(root, 'pack', 'chapter', 'level');
    mkdirSync(join(level, 'start'), { recursive: true });
    for (const name of ['level.yaml', '.hidden', 'start/a.yaml']) writeFileSync(join(level, name), 'x');
    writeFileSync(join(level, 'large.md'), 'a'.repeat(1024 * 1024 + 1));
    const [found, ...others] = readLevelFolders(root);
    expect(others).toEqual([]);
    expect(found?.id).toBe('chapter/level');
    expect([...(found?.files.keys() ?? [])]).toEqual(['level.yaml', 'start/a.yaml']);
    expect(found?.problems).toEqual([expect.stringContaining('large.md is larger than 1 MiB')]);
  });

  it('follow no links, not even in circles, and wait for no pipes', () => {
    const root = temporaryFolder();
    const level = join(root, 'level');
    mkdirSync(join(level, 'start'), { recursive: true });
    writeFileSync(join(root, 'secret'), 'secret');
    writeFileSync(join(level, 'level.yaml'), 'x');
    symlinkSync(join(root, 'secret'), join(level, 'briefing.en.md'));
    symlinkSync('.', join(level, 'start/round'));
    symlinkSync(root, join(root, 'again'));
    spawnSync('mkfifo', [join(level, 'pipe')]);
    mkdirSync(join(level, 'a/b/c/d/e/f/g/h'), { recursive: true });
    const [found, ...others] = readLevelFolders(root);
    expect(others).toEqual([]);
    expect([...(found?.files.keys() ?? [])]).toEqual(['level.yaml']);
    expect(found?.problems.map((problem) => problem.replace(`${level}/`, ''))).toEqual([
      'a/b/c/d/e/f/g was left out: it is too many folders deep',
      'briefing.en.md is a link and was left out',
      'pipe is no plain file and was left out',
      'start/round is a link and was left out',
    ]);
  });

  it('of the game are where the program is', () => {
    expect(readLevelFolders(builtInLevels()).length).toBeGreaterThan(0);
    expect(readLevelFolders(join(builtInLevels(), 'none'))).toEqual([]);
  });
});

describe('the shelf of levels', () => {
  const kept = (env: NodeJS.ProcessEnv): string => join(env['SHIPSHAPE_STATE'] ?? '', 'levels.json');

  it('is the same when it was kept as when it was made', async () => {
    const { env } = new FakeIo();
    const made = await openShelf(builtInLevels(), '1', env);
    expect(readFileSync(kept(env), 'utf8')).toContain('first-pod');
    expect(await openShelf(builtInLevels(), '1', env)).toEqual(made);
  });

  it.each(['', '{', 'null', '{"stamp":1}'])('is made again where %j was kept', async (text) => {
    const { env } = new FakeIo();
    writeFileSync(kept(env), text);
    const { catalog } = await openShelf(builtInLevels(), '1', env);
    expect(catalog.chapters.length).toBeGreaterThan(0);
  });

  it('is made again when a file changes, and says why a level is missing', async () => {
    const { env } = new FakeIo();
    const root = temporaryFolder();
    mkdirSync(join(root, 'level'));
    expect((await openShelf(root, '1', env)).problems).toEqual([]);
    writeFileSync(join(root, 'level', 'level.yaml'), 'a: 1');
    expect((await openShelf(root, '1', env)).problems[0]).toMatch(/level\.yaml:1:1/);
    writeFileSync(join(root, 'level', 'level.yaml'), 'b: 1');
    utimesSync(join(root, 'level', 'level.yaml'), 1, 1);
    expect((await openShelf(root, '1', env)).problems.join()).toMatch(/\bb\b/);
  });
});

describe('the progress bar', () => {
  function drawn(isTerminal: boolean, times: readonly number[]): string {
    const io = new FakeIo({ isTerminal: { stderr: isTerminal } });
    const clock = [0, ...times];
    const bar = new ProgressBar(io, times.length, () => clock.shift() ?? 0);
    for (const time of times) bar.advance(1, `at ${time}`);
    bar.clear();
    return io.errors;
  }

  it('appears in a terminal when the work takes long, and goes away', () => {
    const text = drawn(true, [100, 800, 850, 900]);
    expect(text).toContain('[############............]  50 % at 800');
    expect(text).not.toContain('at 850');
    expect(text.endsWith('\r\u001b[K')).toBe(true);
  });

  it.each<[string, boolean, readonly number[]]>([
    ['where the work is quickly done', true, [100, 200]],
    ['where there is no terminal', false, [1000, 2000]],
  ])('does not appear %s', (_, isTerminal, times) => {
    expect(drawn(isTerminal, times)).toBe('');
  });
});

describe('a level asked for before the game is loaded', () => {
  it('waits, and then begins', async () => {
    const playing = new LatePlaying();
    const start = playing.begin(function* () {
      yield { stage: 'controlPlane', done: 0, all: 1 };
      return undefined;
    });
    for (let i = 0; i < 3; i++) expect(start.next().value).toMatchObject({ stage: 'loading' });
    await playing.load(new Map());
    expect(start.next()).toMatchObject({ done: false, value: { stage: 'controlPlane' } });
    expect(start.next().done).toBe(true);
  });
});

describe('a bug of ours', () => {
  it('is told as such, with the details in a file and no stack on the screen', () => {
    const { env } = new FakeIo();
    const text = describeBug(new Error('the crane is stuck'), '1.2.3', env);
    expect(text).toMatch(/^shipshape: this is a bug in Shipshape, .*: the crane is stuck\n/);
    expect(text).not.toMatch(/\n\s+at /);
    expect(readFileSync(join(env['SHIPSHAPE_STATE'] ?? '', 'crash.txt'), 'utf8')).toMatch(/\n\s+at /);
  });

  it('is told in full when asked', () => {
    expect(describeBug(new Error('x'), '1', { ...new FakeIo().env, SHIPSHAPE_DEBUG: '1' })).toMatch(
      /\n\s+at /,
    );
  });
});
