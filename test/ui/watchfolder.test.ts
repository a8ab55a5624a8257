import {
  existsSync,
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
import { FolderMirror } from '../../src/ui/watchfolder.ts';

let root: string;
let folder: string;
let changes: [string, string | undefined][];
let mirror: FolderMirror;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'shipshape-folder-'));
  folder = join(root, 'level');
  changes = [];
  mirror = new FolderMirror(folder, (path, text) => changes.push([path, text]));
});

/** Does something on disk and waits until exactly that was told. */
async function told(change: () => void, expected: (typeof changes)[number]): Promise<void> {
  change();
  await vi.waitFor(() => expect(changes.at(-1)).toEqual(expected), { timeout: 5000, interval: 20 });
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
      ['gone.yaml', undefined],
      ['new.yaml', 'new'],
      ['web.yaml', 'changed'],
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

  it('passes over links, hidden files, backups, binary and very large files', () => {
    mirror.begin(new Map());
    writeFileSync(join(root, 'secret.yaml'), 'secret');
    symlinkSync(join(root, 'secret.yaml'), join(folder, 'link.yaml'));
    mkdirSync(join(folder, '.git'));
    writeFileSync(join(folder, '.git/config'), 'x');
    writeFileSync(join(folder, 'web.yaml~'), 'x');
    writeFileSync(join(folder, '.web.yaml.swp'), 'x');
    writeFileSync(join(folder, 'image.bin'), Buffer.from([1, 0, 2]));
    writeFileSync(join(folder, 'large.yaml'), 'x'.repeat(1024 * 1024 + 1));
    mirror.refresh();
    expect(changes).toEqual([]);
  });
});
