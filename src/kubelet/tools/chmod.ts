import type { Rights } from './credentials.ts';
import type { FileError, FileInfo } from './filetree.ts';
import { resolvePath } from './filetree.ts';
import { complain, hasFlag, instant, splitOptions } from './instant.ts';
import { groupId, userId } from './names.ts';
import type { Tool, ToolContext } from './tool.ts';

/** What a tool makes of its first operand: the change for each file, or what is wrong with it. */
type Change = ((info: FileInfo) => Partial<Rights>) | { readonly error: string };

function changer(name: string, read: (ctx: ToolContext, wish: string) => Change): Tool {
  return instant(name, (ctx, args) => {
    const isMode = (arg: string): boolean => /^-[rwxst]+$/.test(arg);
    const { options, operands } = splitOptions(args.filter((arg) => !isMode(arg)));
    const [wish, ...files] = [...args.filter(isMode), ...operands];
    if (wish === undefined || files.length === 0) {
      ctx.stdio.err(`${name}: missing operand\n`);
      return 1;
    }
    const change = read(ctx, wish);
    if ('error' in change) {
      ctx.stdio.err(`${name}: ${change.error}\n`);
      return 1;
    }
    let code = 0;
    for (const operand of files) {
      const error = apply(ctx, resolvePath(ctx.directory, operand), change, hasFlag(options, 'R'));
      if (error !== undefined) code = complain(ctx, name, operand, error);
    }
    return code;
  });
}

/** Changes a file, and with `deep` what is below it. The first refusal ends it. */
function apply(
  ctx: ToolContext,
  path: string,
  change: (info: FileInfo) => Partial<Rights>,
  deep: boolean,
): FileError | undefined {
  const info = ctx.files.stat(path);
  if (info === undefined) return 'ENOENT';
  // Where rights are fixed the file must be writable, and that is all.
  if (ctx.files.setRights === undefined) return ctx.files.access(path);
  const done = ctx.files.setRights(path, change(info));
  if (!done.ok) return done.error;
  const below = deep && info.type === 'directory' ? ctx.files.list(path) : undefined;
  if (below?.ok !== true) return undefined;
  for (const name of below.value) {
    const error = apply(ctx, resolvePath(path, name), change, true);
    if (error !== undefined) return error;
  }
  return undefined;
}

const CLASSES: Readonly<Record<string, number>> = { u: 0o700, g: 0o070, o: 0o007 };
const LETTERS: Readonly<Record<string, number>> = { r: 0o444, w: 0o222, x: 0o111 };

/** `755`, `u+x,go-w`, `a=r`. */
export const chmod: Tool = changer('chmod', (_, wish) => {
  if (/^[0-7]{1,4}$/.test(wish)) return () => ({ mode: Number.parseInt(wish, 8) });
  const clauses = wish.split(',').map((clause) => /^([ugoa]*)([-+=])([rwxXst]*)$/.exec(clause));
  if (clauses.some((clause) => clause === null)) return { error: `invalid mode '${wish}'` };
  return ({ mode, type }) => {
    let changed = mode;
    for (const clause of clauses)
      changed = symbolic(changed, type === 'directory', clause as RegExpExecArray);
    return { mode: changed };
  };
});

function symbolic(
  mode: number,
  isDirectory: boolean,
  [, who = '', sign, letters = '']: RegExpExecArray,
): number {
  const named = [...who].reduce((mask, letter) => mask | (CLASSES[letter] ?? 0o777), 0);
  const classes = who === '' ? 0o777 : named;
  let bits = 0;
  for (const letter of letters) bits |= (LETTERS[letter] ?? 0) & classes;
  if (letters.includes('X') && (isDirectory || (mode & 0o111) !== 0)) bits |= 0o111 & classes;
  if (letters.includes('t')) bits |= 0o1000;
  if (letters.includes('s')) bits |= (classes & 0o700 ? 0o4000 : 0) | (classes & 0o070 ? 0o2000 : 0);
  if (sign === '+') return mode | bits;
  return sign === '-' ? mode & ~bits : (mode & ~classes) | bits;
}

/** `user`, `user:group`, `:group`, by name or number. */
export const chown: Tool = changer('chown', (ctx, wish) => {
  const [user = '', group = ''] = wish.split(/[:.]/);
  const uid = user === '' ? undefined : userId(ctx, user);
  const gid = group === '' ? undefined : groupId(ctx, group);
  if (user !== '' && uid === undefined) return { error: `unknown user ${user}` };
  if (group !== '' && gid === undefined) return { error: `unknown group ${group}` };
  const change = { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
  return () => change;
});
