import { instant } from './instant.ts';

const NUMBERS: Readonly<Record<string, string>> = {
  '1': 'SIGHUP',
  '2': 'SIGINT',
  '3': 'SIGQUIT',
  '9': 'SIGKILL',
  '10': 'SIGUSR1',
  '15': 'SIGTERM',
  '28': 'SIGWINCH',
};

export const kill = instant('kill', (ctx, args) => {
  const list = args[0] === '-s' ? [`-${args[1] ?? ''}`, ...args.slice(2)] : args;
  const option = list[0]?.startsWith('-') === true ? list[0].slice(1) : 'TERM';
  const signal = NUMBERS[option] ?? `SIG${option.replace(/^SIG/, '')}`;
  let code = 0;
  for (const pid of list[0]?.startsWith('-') === true ? list.slice(1) : list) {
    const job = /^%\d+$/.test(pid) ? ctx.jobs?.pidOf(Number(pid.slice(1))) : undefined;
    const meant = job ?? (/^\d+$/.test(pid) ? Number(pid) : undefined);
    if (meant !== undefined && ctx.signal(meant, signal)) continue;
    ctx.stdio.err(
      pid.startsWith('%')
        ? `sh: kill: ${pid}: no such job\n`
        : `sh: can't kill pid ${pid}: No such process\n`,
    );
    code = 1;
  }
  return code;
});
