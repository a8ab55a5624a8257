/**
 * tar archives of text files, as kubectl cp sends them through a container's tar: ustar headers, sizes
 * in UTF-16 units instead of bytes, for files are texts here.
 */

/** A file, or a directory (its path ends with a slash and its text is empty). */
export interface TarEntry {
  readonly path: string;
  readonly text: string;
}

const BLOCK = 512;
const NAME = 100;
const SIZE_AT = 124;
const TYPE_AT = 156;
const MAGIC_AT = 257;
/** Files in one archive. */
const MAX_ENTRIES = 10_000;

/** The archive of some entries. Paths longer than the header has room for are left out. */
export function writeTar(entries: readonly TarEntry[]): string {
  const blocks = entries
    .filter(({ path }) => path.length <= NAME)
    .map(({ path, text }) => header(path, text.length) + pad(text));
  return `${blocks.join('')}${'\0'.repeat(2 * BLOCK)}`;
}

/** The entries of an archive; undefined when it is none. */
export function readTar(archive: string): readonly TarEntry[] | undefined {
  const entries: TarEntry[] = [];
  for (let at = 0; at + BLOCK <= archive.length && entries.length < MAX_ENTRIES; ) {
    const block = archive.slice(at, at + BLOCK);
    if (block.startsWith('\0')) return entries;
    const size = Number.parseInt(block.slice(SIZE_AT, SIZE_AT + 11), 8);
    if (!block.startsWith('ustar', MAGIC_AT) || !Number.isSafeInteger(size)) return undefined;
    const path = block.slice(0, NAME).replace(/\0.*$/s, '');
    at += BLOCK;
    entries.push({ path, text: archive.slice(at, at + size) });
    at += Math.ceil(size / BLOCK) * BLOCK;
  }
  return archive.length < BLOCK ? undefined : entries;
}

function header(path: string, size: number): string {
  const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;
  const type = path.endsWith('/') ? '5' : '0';
  const before = `${path.padEnd(NAME, '\0')}${octal(0o644, 8)}${octal(0, 8)}${octal(0, 8)}${octal(size, 12)}${octal(0, 12)}`;
  return `${before.padEnd(TYPE_AT, ' ')}${type}`
    .padEnd(MAGIC_AT, '\0')
    .concat('ustar\x0000')
    .padEnd(BLOCK, '\0');
}

function pad(text: string): string {
  return text + '\0'.repeat((BLOCK - (text.length % BLOCK)) % BLOCK);
}
