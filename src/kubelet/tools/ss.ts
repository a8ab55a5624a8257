import { instant, joinLines } from './instant.ts';
import type { Tool, ToolContext } from './tool.ts';

/** The ports on which somebody listens, lowest first. */
function listening(ctx: ToolContext): readonly number[] {
  return [...new Set(ctx.network.listeners().map(({ port }) => port))].sort((a, b) => a - b);
}

/** Listening sockets: connections are over too soon to be seen. */
export const ss = instant('ss', (ctx) => {
  const rows = listening(ctx).map(
    (port) => `LISTEN 0      4096   ${`0.0.0.0:${port}`.padStart(18)}      0.0.0.0:*`,
  );
  ctx.stdio.out(joinLines(['State  Recv-Q Send-Q  Local Address:Port  Peer Address:Port', ...rows]));
  return 0;
});

/** The same in the words of busybox. */
export const netstat: Tool = instant('netstat', (ctx, args) => {
  const all = args.some((arg) => /^-\w*[la]/.test(arg));
  const rows = (all ? listening(ctx) : []).map(
    (port) => `tcp        0      0 ${`0.0.0.0:${port}`.padEnd(23)} ${'0.0.0.0:*'.padEnd(23)} LISTEN      `,
  );
  ctx.stdio.out(
    joinLines([
      `Active Internet connections (${all ? 'only servers' : 'w/o servers'})`,
      'Proto Recv-Q Send-Q Local Address           Foreign Address         State       ',
      ...rows,
    ]),
  );
  return 0;
});
