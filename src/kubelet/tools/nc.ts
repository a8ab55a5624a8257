import type { Program } from '../../sim/program.ts';
import { exchange } from './exchange.ts';
import { hasFlag, splitOptions, valueOfFlag } from './instant.ts';
import { readAll, type Tool } from './tool.ts';

const DEFAULT_TIMEOUT_MS = 130_000;

export const nc: Tool = {
  name: 'nc',
  *run(ctx, args): Program {
    const { options, operands } = splitOptions(args, 'w');
    const [host, portText] = operands;
    const port = Number(portText);
    if (host === undefined || !Number.isInteger(port) || port < 1 || port > 65_535) {
      ctx.stdio.err('nc: usage: nc [-vz] [-w seconds] HOST PORT\n');
      return 1;
    }
    const seconds = Number(valueOfFlag(options, 'w') ?? '0');
    const timeoutMs = seconds > 0 ? seconds * 1000 : DEFAULT_TIMEOUT_MS;
    const scan = hasFlag(options, 'z');
    const body = scan ? undefined : yield* readAll(ctx.input);
    const target = {
      host,
      port,
      ...(body === undefined ? {} : { message: { protocol: 'tcp' as const, body } }),
    };
    const made = yield* exchange(ctx, target, { timeoutMs });
    const where = `${host} (${made.remote?.ip ?? host}:${port})`;
    switch (made.outcome) {
      case 'nameNotFound':
      case 'dnsTimeout':
        ctx.stdio.err(`nc: bad address '${host}'\n`);
        return 1;
      case 'refused':
        ctx.stdio.err(`nc: ${where}: Connection refused\n`);
        return 1;
      case 'unreachable':
        ctx.stdio.err(`nc: ${where}: No route to host\n`);
        return 1;
      case 'timeout':
        ctx.stdio.err(`nc: ${where}: Connection timed out\n`);
        return 1;
    }
    if (hasFlag(options, 'v')) ctx.stdio.err(`${where} open\n`);
    if (made.reply?.type === 'raw') ctx.stdio.out(made.reply.body);
    return 0;
  },
};
