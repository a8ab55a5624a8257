import { readTar, type TarEntry, writeTar } from '../../apimachinery/tar.ts';
import type { Program } from '../../sim/program.ts';
import { directoryOf, fileErrorText, makeDirectories, resolvePath } from './filetree.ts';
import { readAll, type Tool, type ToolContext } from './tool.ts';

interface Call {
  readonly mode: string;
  /** `-`: standard input or output. */
  readonly archive: string;
  readonly directory: string;
  readonly names: readonly string[];
  readonly verbose: boolean;
}

/** tar without compression: `c`, `x` and `t`, with `f`, `C` and `v`. */
export const tar: Tool = {
  name: 'tar',
  *run(ctx, args): Program {
    const call = readCall(args);
    if (typeof call === 'string') return fail(ctx, call);
    const directory = resolvePath(ctx.directory, call.directory);
    if (ctx.files.stat(directory)?.type !== 'directory')
      return fail(ctx, `can't change directory to '${call.directory}': ${fileErrorText('ENOENT')}`);
    if (call.mode === 'c') return pack(ctx, call, directory);
    const read = call.archive === '-' ? undefined : ctx.files.read(resolvePath(ctx.directory, call.archive));
    if (read?.ok === false) return fail(ctx, `can't open '${call.archive}': ${fileErrorText(read.error)}`);
    const entries = readTar(read === undefined ? yield* readAll(ctx.input) : read.value);
    if (entries === undefined) return fail(ctx, 'invalid tar magic');
    if (call.mode === 't' || call.verbose) ctx.stdio.out(entries.map(({ path }) => `${path}\n`).join(''));
    if (call.mode === 't') return 0;
    for (const entry of entries) {
      const error = unpack(ctx, directory, entry);
      if (error !== undefined) return fail(ctx, `can't open '${entry.path}': ${error}`);
    }
    return 0;
  },
};

function readCall(args: readonly string[]): Call | string {
  let [mode, archive, directory, verbose] = ['', '-', '.', false];
  const names: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg.startsWith('--')) continue;
    const letters = arg.startsWith('-') && arg !== '-' ? arg.slice(1) : i === 0 ? arg : undefined;
    if (letters === undefined) {
      names.push(arg);
      continue;
    }
    for (const letter of letters) {
      if ('cxt'.includes(letter)) mode = letter;
      else if (letter === 'v') verbose = true;
      else if (letter === 'f') archive = args[++i] ?? '-';
      else if (letter === 'C') directory = args[++i] ?? '.';
      else if (letter === 'z') return 'compression is not available here';
      else if (!'mpohk'.includes(letter)) return `unrecognized option: ${letter}`;
    }
  }
  return mode === '' ? 'must specify one of c, x, t' : { mode, archive, directory, names, verbose };
}

function pack(ctx: ToolContext, { archive, names, verbose }: Call, directory: string): number {
  const entries: TarEntry[] = [];
  let code = 0;
  const add = (shown: string): void => {
    const path = resolvePath(directory, shown);
    const info = ctx.files.stat(path);
    const read = info?.type === 'file' ? ctx.files.read(path) : undefined;
    if (info === undefined || read?.ok === false) {
      ctx.stdio.err(`tar: ${shown}: ${fileErrorText('ENOENT')}\n`);
      code = 1;
    } else if (read?.ok === true) entries.push({ path: shown.replace(/^\/+/, ''), text: read.value });
    else {
      const listed = ctx.files.list(path);
      entries.push({ path: `${shown.replace(/^\/+|\/+$/g, '')}/`, text: '' });
      for (const name of listed.ok ? listed.value : []) add(`${shown.replace(/\/$/, '')}/${name}`);
    }
  };
  for (const name of names) add(name);
  if (names.some((name) => name.startsWith('/')))
    ctx.stdio.err("tar: removing leading '/' from member names\n");
  if (verbose) ctx.stdio.err(entries.map(({ path }) => `${path}\n`).join(''));
  const text = writeTar(entries);
  if (archive === '-') ctx.stdio.out(text);
  else {
    const written = ctx.files.write(resolvePath(ctx.directory, archive), text);
    if (!written.ok) return fail(ctx, `can't open '${archive}': ${fileErrorText(written.error)}`);
  }
  return code;
}

/** Puts one entry where it belongs; why not, if not. */
function unpack(ctx: ToolContext, directory: string, { path, text }: TarEntry): string | undefined {
  const to = resolvePath(directory, path);
  const made = makeDirectories(ctx.files, path.endsWith('/') ? to : directoryOf(to));
  const done = made.ok && !path.endsWith('/') ? ctx.files.write(to, text) : made;
  return done.ok ? undefined : fileErrorText(done.error);
}

function fail(ctx: ToolContext, says: string): number {
  ctx.stdio.err(`tar: ${says}\n`);
  return 1;
}
