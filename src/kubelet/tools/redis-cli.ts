import { addressText } from '../../network/errors.ts';
import type { Program } from '../../sim/program.ts';
import { exchange } from './exchange.ts';
import { splitOptions, valueOfFlag } from './instant.ts';
import type { Tool, ToolContext } from './tool.ts';

export const redisCli: Tool = {
  name: 'redis-cli',
  *run(ctx, args): Program {
    const at = args.findIndex((arg, i) => !arg.startsWith('-') && !/^-[hpan]$/.test(args[i - 1] ?? ''));
    const { options } = splitOptions(args.slice(0, at < 0 ? undefined : at), 'hpan');
    const host = valueOfFlag(options, 'h') ?? '127.0.0.1';
    const port = Number(valueOfFlag(options, 'p') ?? '6379');
    const password = valueOfFlag(options, 'a') ?? ctx.env.get('REDISCLI_AUTH') ?? '';
    if (at >= 0) return yield* command(ctx, host, port, args.slice(at), password);
    for (;;) {
      const line = yield* ctx.input.read(ctx.tty ? `${addressText(host, port)}> ` : '');
      if (line === undefined || line === 'quit' || line === 'exit') return 0;
      if (line.trim() !== '') yield* command(ctx, host, port, line.trim().split(/\s+/), password);
    }
  },
};

function* command(
  ctx: ToolContext,
  host: string,
  port: number,
  words: readonly string[],
  password: string,
): Program {
  const auth = password === '' ? '' : `AUTH ${password}\r\n`;
  const body = `${auth}${words.map((word) => (/[\s"]/.test(word) ? JSON.stringify(word) : word)).join(' ')}\r\n`;
  const made = yield* exchange(ctx, { host, port, message: { protocol: 'tcp', body } });
  const where = `Could not connect to Redis at ${addressText(host, port)}`;
  if (made.outcome === 'refused') ctx.stdio.err(`${where}: Connection refused\n`);
  else if (made.outcome === 'nameNotFound' || made.outcome === 'dnsTimeout')
    ctx.stdio.err(`${where}: Name or service not known\n`);
  else if (made.reply?.type !== 'raw') ctx.stdio.err(`${where}: Connection timed out\n`);
  else {
    ctx.stdio.out(`${show(made.reply.body, ctx.tty)}\n`);
    return made.reply.body.startsWith('-') ? 1 : 0;
  }
  return 1;
}

/** A reply of the protocol as redis-cli prints it: plain in scripts, with types on a terminal. */
function show(reply: string, tty: boolean): string {
  const line = reply.slice(1, reply.indexOf('\r\n'));
  switch (reply.charAt(0)) {
    case '+':
      return line;
    case '-':
      return `(error) ${line}`;
    case ':':
      return tty ? `(integer) ${line}` : line;
    case '$': {
      if (line === '-1') return tty ? '(nil)' : '';
      const text = reply.slice(reply.indexOf('\r\n') + 2, -2);
      return tty ? JSON.stringify(text) : text;
    }
    default: {
      const items = reply.split('\r\n').filter((part, i) => i > 0 && part !== '' && !part.startsWith('$'));
      return items.map((item, i) => (tty ? `${i + 1}) ${JSON.stringify(item)}` : item)).join('\n');
    }
  }
}
