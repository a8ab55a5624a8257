import type { Program } from '../../sim/program.ts';
import { exchange } from './exchange.ts';
import { serverAddress } from './sqlclient.ts';
import type { Tool, ToolContext } from './tool.ts';

interface Connection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  database: string;
}

/** mongosh with `--eval`, or line by line. */
export const mongosh: Tool = {
  name: 'mongosh',
  *run(ctx, args): Program {
    const { connection, script } = read(args);
    if (script !== undefined) return yield* ask(ctx, connection, script);
    for (;;) {
      const line = yield* ctx.input.read(ctx.tty ? `${connection.database}> ` : '');
      if (line === undefined || line === 'exit' || line === 'quit()') return 0;
      const use = /^use\s+(\w+)$/.exec(line.trim())?.[1];
      if (use !== undefined) {
        connection.database = use;
        ctx.stdio.out(`switched to db ${use}\n`);
      } else if (line.trim() !== '') yield* ask(ctx, connection, line);
    }
  },
};

function read(args: readonly string[]): {
  readonly connection: Connection;
  readonly script: string | undefined;
} {
  const given = new Map<string, string>();
  let address: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    const long = /^--(eval|host|port|username|password|authenticationDatabase)(?:=([\s\S]*))?$/.exec(arg);
    const short = /^-([up])([\s\S]*)$/.exec(arg);
    if (long?.[1] !== undefined) given.set(long[1], long[2] ?? args[++i] ?? '');
    else if (short?.[1] !== undefined)
      given.set(
        short[1] === 'u' ? 'username' : 'password',
        short[2] === '' ? (args[++i] ?? '') : (short[2] ?? ''),
      );
    else if (!arg.startsWith('-')) address ??= arg;
  }
  const url = /^(?:mongodb:\/\/)?(?:([^:@/]*):([^@/]*)@)?([^:/]+)(?::(\d+))?(?:\/(\w*))?/.exec(address ?? '');
  // A bare word is a database on this machine.
  const bare = url !== null && !(address ?? '').includes('/') && url[4] === undefined;
  const connection: Connection = {
    host: given.get('host') ?? (bare ? '' : (url?.[3] ?? '')),
    port: Number(given.get('port') ?? url?.[4] ?? '27017'),
    user: given.get('username') ?? url?.[1] ?? '',
    password: given.get('password') ?? url?.[2] ?? '',
    database: (bare ? url?.[3] : url?.[5]) || 'test',
  };
  return { connection, script: given.get('eval') };
}

function* ask(ctx: ToolContext, connection: Connection, line: string): Program {
  const { host, port, user, password, database } = connection;
  const body = `${user}:${password}\n${database}\n${line.trim()}`;
  const target = { host: serverAddress(host), port, message: { protocol: 'tcp', body } } as const;
  const made = yield* exchange(ctx, target);
  if (made.reply?.type !== 'raw') {
    const unknown = made.outcome === 'nameNotFound' || made.outcome === 'dnsTimeout';
    const why = unknown
      ? `getaddrinfo ENOTFOUND ${host}`
      : `connect ECONNREFUSED ${serverAddress(host)}:${port}`;
    ctx.stdio.err(`MongoNetworkError: ${why}\n`);
    return 1;
  }
  const failed = /^(Mongo\w*|Reference|Type|Syntax)Error/.test(made.reply.body);
  const text = made.reply.body === '' ? '' : `${made.reply.body}\n`;
  if (failed) ctx.stdio.err(text);
  else ctx.stdio.out(text);
  return failed ? 1 : 0;
}
