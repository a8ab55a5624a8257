import type { ToolContext } from './tool.ts';

/** The name of a user: /etc/passwd's. Undefined: it has none. */
export function userName(ctx: ToolContext, uid: number): string | undefined {
  return nameIn(ctx, '/etc/passwd', uid);
}

/** The name of a group: /etc/group's. Undefined: it has none. */
export function groupName(ctx: ToolContext, gid: number): string | undefined {
  return nameIn(ctx, '/etc/group', gid);
}

/** The id of a user of that name, or the number itself; undefined: there is none. */
export function userId(ctx: ToolContext, name: string): number | undefined {
  return idIn(ctx, '/etc/passwd', name);
}

export function groupId(ctx: ToolContext, name: string): number | undefined {
  return idIn(ctx, '/etc/group', name);
}

function nameIn(ctx: ToolContext, file: string, id: number): string | undefined {
  const found = rows(ctx, file)?.find(([, , number]) => number === String(id))?.[0];
  return found ?? (id === 0 ? 'root' : undefined);
}

function idIn(ctx: ToolContext, file: string, name: string): number | undefined {
  if (/^\d{1,10}$/.test(name)) return Number(name);
  const found = rows(ctx, file)?.find((row) => row[0] === name)?.[2];
  if (found !== undefined) return Number(found);
  return name === 'root' ? 0 : undefined;
}

function rows(ctx: ToolContext, file: string): readonly (readonly string[])[] | undefined {
  const read = ctx.files.read(file);
  return read.ok ? read.value.split('\n').map((line) => line.split(':')) : undefined;
}
