import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FolderMirror, type Unread } from '../../src/ui/watchfolder.ts';

let root: string;
let folder: string;
let changes: (readonly [string, string | undefined, (Unread | undefined)?])[];
let mirror: FolderMirror;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'shipshape-folder-'));
  folder = join(root, 'level');
  changes = [];
  mirror = new FolderMirror(folder, (path, text, unread) => changes.push([path, text, unread]));
});

/** Does something on disk and waits until exactly that was told. */
async function told(change: () => void, expected: readonly [string, string]): Promise<void> {
  change();
  await vi.waitFor(() => expect(changes.at(-1)).toEqual([...expected, undefined]), {
    timeout: 5000,
    interval: 20,
  });
}

afterEach(() => {
  mirror.close();
  rmSync(root, { recursive: true, force: true });
});

describe('the player’s folder', () => {
  it('holds the files of the level, also in folders', () => {
    mirror.begin(
      new Map([
        ['web.yaml', 'a'],
        ['parts/db.yaml', 'b'],
      ]),
    );
    expect(readFileSync(join(folder, 'web.yaml'), 'utf8')).toBe('a');
    expect(readFileSync(join(folder, 'parts/db.yaml'), 'utf8')).toBe('b');
  });

  it('sets aside what an earlier game left, and loses none of it', () => {
    writeFileSync(join(folder, 'web.yaml'), 'mine');
    writeFileSync(join(folder, 'other.yaml'), 'more');
    mirror.begin(new Map([['web.yaml', 'start']]));
    expect(readFileSync(join(folder, 'web.yaml'), 'utf8')).toBe('start');
    expect(readFileSync(join(folder, '.earlier/web.yaml'), 'utf8')).toBe('mine');
    expect(readFileSync(join(folder, '.earlier/other.yaml'), 'utf8')).toBe('more');
  });

  it('tells of files that another program saved, changed or removed', () => {
    mirror.begin(
      new Map([
        ['web.yaml', 'a'],
        ['gone.yaml', 'x'],
      ]),
    );
    writeFileSync(join(folder, 'web.yaml'), 'changed');
    writeFileSync(join(folder, 'new.yaml'), 'new');
    rmSync(join(folder, 'gone.yaml'));
    mirror.refresh();
    expect(changes.sort()).toEqual([
      ['gone.yaml', undefined, undefined],
      ['new.yaml', 'new', undefined],
      ['web.yaml', 'changed', undefined],
    ]);
  });

  it('hears of a change to a file that was replaced before, and in a folder made later', async () => {
    mirror.begin(new Map([['web.yaml', 'a']]));
    mirror.watch();
    mirror.write('web.yaml', 'b');
    mirror.write('web.yaml', 'c');
    mkdirSync(join(folder, 'app'));
    await told(() => writeFileSync(join(folder, 'web.yaml'), 'changed'), ['web.yaml', 'changed']);
    await told(() => writeFileSync(join(folder, 'app/db.yaml'), 'new'), ['app/db.yaml', 'new']);
    mirror.close();
  });

  it('does not tell of what the game wrote itself', () => {
    mirror.begin(new Map());
    mirror.write('web.yaml', 'a');
    mirror.write('web.yaml', 'b');
    mirror.remove('web.yaml');
    mirror.refresh();
    expect(changes).toEqual([]);
  });

  it.each(['../out.yaml', '/etc/out.yaml', '.hidden', 'a/../../out.yaml', ''])(
    'writes nothing at %j',
    (path) => {
      mirror.write(path, 'x');
      expect(existsSync(join(root, 'out.yaml'))).toBe(false);
      expect(mirror.locate(path)).toBeUndefined();
    },
  );

  it('passes over hidden files and backups', () => {
    mirror.begin(new Map());
    mkdirSync(join(folder, '.git'));
    writeFileSync(join(folder, '.git/config'), 'x');
    writeFileSync(join(folder, 'web.yaml~'), 'x');
    writeFileSync(join(folder, '.web.yaml.swp'), 'x');
    mirror.refresh();
    expect(changes).toEqual([]);
  });

  it.each<[string, Unread, (path: string) => void]>([
    ['a link', 'link', (path) => symlinkSync(join(root, 'secret.yaml'), path)],
    ['5 MB', 'tooLarge', (path) => writeFileSync(path, 'x'.repeat(5_000_000))],
    ['more characters than a file may have', 'tooLarge', (path) => writeFileSync(path, 'x'.repeat(200_001))],
    ['zeros', 'notText', (path) => writeFileSync(path, Buffer.from([1, 0, 2]))],
    ['Latin-1', 'notText', (path) => writeFileSync(path, Buffer.from('naïve', 'latin1'))],
  ])('says once that it does not read %s, and keeps what it had', (_, unread, write) => {
    writeFileSync(join(root, 'secret.yaml'), 'secret');
    mirror.begin(new Map([['web.yaml', 'mine']]));
    rmSync(join(folder, 'web.yaml'));
    write(join(folder, 'web.yaml'));
    write(join(folder, 'new.yaml'));
    mirror.refresh();
    mirror.refresh();
    expect(changes.sort()).toEqual([
      ['new.yaml', undefined, unread],
      ['web.yaml', undefined, unread],
    ]);
    // What the game does not save again stays as it is; what it saves makes room for itself.
    const theirs = lstatSync(join(folder, 'web.yaml'));
    mirror.write('web.yaml', 'mine');
    expect(lstatSync(join(folder, 'web.yaml')).ino).toBe(theirs.ino);
    mirror.write('web.yaml', 'mine, changed');
    expect(readFileSync(join(folder, 'web.yaml'), 'utf8')).toBe('mine, changed');
    expect(lstatSync(join(folder, '.earlier/web.yaml')).ino).toBe(theirs.ino);
    expect(readFileSync(join(root, 'secret.yaml'), 'utf8')).toBe('secret');
  });

  it('reads a file again that was not to be read for a while', () => {
    mirror.begin(new Map([['web.yaml', 'mine']]));
    writeFileSync(join(folder, 'web.yaml'), Buffer.from([0]));
    mirror.refresh();
    writeFileSync(join(folder, 'web.yaml'), 'mine');
    mirror.refresh();
    expect(changes).toEqual([
      ['web.yaml', undefined, 'notText'],
      ['web.yaml', 'mine', undefined],
    ]);
  });

  it('leaves alone what is as it should be already', () => {
    writeFileSync(join(folder, 'web.yaml'), 'start');
    mirror.begin(new Map([['web.yaml', 'start']]));
    mirror.write('web.yaml', 'changed');
    expect(existsSync(join(folder, '.earlier'))).toBe(false);
  });

  it('makes room where a folder has taken the name of a file', () => {
    mirror.begin(new Map([['web.yaml', 'mine']]));
    rmSync(join(folder, 'web.yaml'));
    mkdirSync(join(folder, 'web.yaml/theirs'), { recursive: true });
    mirror.write('web.yaml', 'changed');
    expect(readFileSync(join(folder, 'web.yaml'), 'utf8')).toBe('changed');
    expect(existsSync(join(folder, '.earlier/web.yaml/theirs'))).toBe(true);
  });

  it('keeps the text of a file that was removed, and all that was kept before', () => {
    for (const text of ['one', 'two', 'three']) {
      writeFileSync(join(folder, 'web.yaml'), text);
      mirror.begin(new Map());
    }
    mirror.begin(new Map([['web.yaml', 'four']]));
    rmSync(join(folder, 'web.yaml'));
    mirror.refresh();
    const kept = ['web.yaml', 'web.yaml.2', 'web.yaml.3', 'web.yaml.4'];
    expect(kept.map((name) => readFileSync(join(folder, '.earlier', name), 'utf8'))).toEqual([
      'one',
      'two',
      'three',
      'four',
    ]);
  });

  it('sets aside what another program saved just before the game did', () => {
    mirror.begin(new Map([['web.yaml', 'mine']]));
    writeFileSync(join(folder, 'web.yaml'), 'theirs, and nobody has looked yet');
    mirror.write('web.yaml', 'mine, changed');
    expect(readFileSync(join(folder, '.earlier/web.yaml'), 'utf8')).toMatch(/^theirs/);
  });

  it('does not take files for removed because there are too many', () => {
    mirror.begin(new Map([['zz.yaml', 'mine']]));
    for (let i = 0; i < 250; i++) writeFileSync(join(folder, `a${i}.yaml`), 'x');
    mirror.refresh();
    expect(changes.filter(([, text]) => text === undefined)).toEqual([]);
  });
});
