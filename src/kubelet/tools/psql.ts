import type { Program } from '../../sim/program.ts';
import { exchange } from './exchange.ts';
import { splitOptions, valueOfFlag } from './instant.ts';
import type { Tool, ToolContext } from './tool.ts';

const WITH_VALUE = 'hpUdcW';

/** psql with `-c`, or line by line. */
export const psql: Tool = {
  name: 'psql',
  *run(ctx, args): Program {
    const { options } = splitOptions(args, WITH_VALUE);
    const query = valueOfFlag(options, 'c');
    if (query !== undefined) return yield* ask(ctx, options, query);
    for (;;) {
      const line = yield* ctx.input.read(ctx.tty ? 'postgres=# ' : '');
      if (line === undefined || line === '\\q' || line === 'exit') return 0;
      if (line.trim() !== '') yield* ask(ctx, options, line);
    }
  },
};

export const pgIsReady: Tool = {
  name: 'pg_isready',
  *run(ctx, args): Program {
    const { options } = splitOptions(args, WITH_VALUE);
    const { host, port } = serverOf(options);
    const made = yield* exchange(ctx, { host, port }, { timeoutMs: 3000 });
    const name = host === '127.0.0.1' ? '/var/run/postgresql' : host;
    ctx.stdio.out(`${name}:${port} - ${made.outcome === 'ok' ? 'accepting connections' : 'no response'}\n`);
    return made.outcome === 'ok' ? 0 : 2;
  },
};

function serverOf(options: readonly string[]): { readonly host: string; readonly port: number } {
  const host = valueOfFlag(options, 'h') ?? '127.0.0.1';
  return {
    host: host === 'localhost' ? '127.0.0.1' : host,
    port: Number(valueOfFlag(options, 'p') ?? '5432'),
  };
}

function* ask(ctx: ToolContext, options: readonly string[], query: string): Program {
  const { host, port } = serverOf(options);
  const made = yield* exchange(ctx, { host, port, message: { protocol: 'tcp', body: query } });
  if (made.reply?.type === 'raw') {
    const failed = made.reply.body.startsWith('ERROR');
    if (failed) ctx.stdio.err(made.reply.body);
    else ctx.stdio.out(made.reply.body);
    return failed ? 1 : 0;
  }
  const says =
    made.remote === undefined
      ? `could not translate host name "${host}" to address: Name or service not known`
      : `connection to server at "${host}" (${made.remote.ip}), port ${port} failed: Connection refused`;
  ctx.stdio.err(`psql: error: ${says}\n`);
  return 2;
}
