import { instant } from './instant.ts';
import type { ToolContext } from './tool.ts';

export const hostname = instant('hostname', (ctx, args) => {
  const [option] = args;
  let text = ctx.hostname;
  if (option === '-i' || option === '-I') text = ctx.network.ips.join(' ');
  else if (option === '-f') text = fullName(ctx);
  else if (option === '-s') text = text.replace(/\..*/, '');
  ctx.stdio.out(`${text}\n`);
  return 0;
});

/** The first name on the line of /etc/hosts that has the host's own. */
function fullName({ files, hostname: own }: ToolContext): string {
  const read = files.read('/etc/hosts');
  for (const line of read.ok ? read.value.split('\n') : []) {
    const [, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (names.includes(own)) return names[0] ?? own;
  }
  return own;
}
