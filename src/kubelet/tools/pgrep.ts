import { RE2JS } from 're2js';
import { instant } from './instant.ts';
import type { ProcessEntry, Tool, ToolContext } from './tool.ts';

/** The processes whose command line (with `-f`), or whose program, has what the pattern describes. */
function matching(ctx: ToolContext, pattern: string, whole: boolean): readonly ProcessEntry[] | undefined {
  try {
    const compiled = RE2JS.compile(pattern);
    return ctx
      .processes()
      .filter(({ command }) => compiled.matcher(whole ? command : programOf(command)).find());
  } catch {
    return undefined;
  }
}

function programOf(command: string): string {
  return (command.split(' ')[0] ?? '').split('/').at(-1) ?? '';
}

function search(
  name: string,
  act: (ctx: ToolContext, found: readonly ProcessEntry[], args: readonly string[]) => void,
): Tool {
  return instant(name, (ctx, args) => {
    const pattern = args.find((arg) => !arg.startsWith('-'));
    const found = pattern === undefined ? undefined : matching(ctx, pattern, args.includes('-f'));
    if (found === undefined) {
      ctx.stdio.err(`${name}: ${pattern === undefined ? 'no pattern' : `bad regex '${pattern}'`}\n`);
      return 2;
    }
    act(ctx, found, args);
    return found.length > 0 ? 0 : 1;
  });
}

export const pgrep: Tool = search('pgrep', (ctx, found, args) => {
  for (const { pid, command } of found)
    ctx.stdio.out(`${pid}${args.includes('-l') ? ` ${programOf(command)}` : ''}\n`);
});

export const pkill: Tool = search('pkill', (ctx, found, args) => {
  const option = args.find((arg) => /^-(?:SIG)?[A-Z0-9]+$/.test(arg))?.slice(1) ?? 'TERM';
  const signal = option === '9' ? 'SIGKILL' : option === '1' ? 'SIGHUP' : `SIG${option.replace(/^SIG/, '')}`;
  for (const { pid } of found) ctx.signal(pid, signal);
});

export const pidof: Tool = instant('pidof', (ctx, args) => {
  const found = ctx.processes().filter(({ command }) => args.includes(programOf(command)));
  if (found.length > 0) ctx.stdio.out(`${found.map(({ pid }) => pid).join(' ')}\n`);
  return found.length > 0 ? 0 : 1;
});
