import { hasFlag, instant, splitOptions } from './instant.ts';
import { groupName, userName } from './names.ts';

export const id = instant('id', (ctx, args) => {
  const { options } = splitOptions(args);
  const { uid, gid, groups } = ctx.credentials;
  const named = hasFlag(options, 'n');
  const shown = (number: number, name: string | undefined): string =>
    (named ? (name ?? '') : '') || `${number}`;
  const full = (number: number, name: string | undefined): string =>
    name === undefined ? `${number}` : `${number}(${name})`;
  let text = `uid=${full(uid, userName(ctx, uid))} gid=${full(gid, groupName(ctx, gid))} groups=${groups
    .map((group) => full(group, groupName(ctx, group)))
    .join(',')}`;
  if (hasFlag(options, 'u')) text = shown(uid, userName(ctx, uid));
  else if (hasFlag(options, 'g')) text = shown(gid, groupName(ctx, gid));
  else if (hasFlag(options, 'G')) text = groups.map((group) => shown(group, groupName(ctx, group))).join(' ');
  ctx.stdio.out(`${text}\n`);
  return 0;
});
