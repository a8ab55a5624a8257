import type { Program } from '../../sim/program.ts';
import type { SqlResult } from '../apps/sql/wire.ts';
import { exchange } from './exchange.ts';
import { splitOptions, valueOfFlag } from './instant.ts';
import { askSql, drawTable, serverAddress } from './sqlclient.ts';
import type { Tool, ToolContext } from './tool.ts';

const WITH_VALUE = 'hpUdcW';
/** Its long options, by the letters that mean the same. */
const LONG: Readonly<Record<string, string>> = {
  command: 'c',
  dbname: 'd',
  host: 'h',
  port: 'p',
  'tuples-only': 't',
  username: 'U',
};
/** What commands with a backslash stand for. */
const LISTS: Readonly<Record<string, string>> = {
  '\\l': 'SHOW DATABASES',
  '\\dt': 'SHOW TABLES',
  '\\d': 'SHOW TABLES',
};

interface Connection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Rows only: -t. */
  readonly bare: boolean;
}

/** psql with `-c`, or line by line. */
export const psql: Tool = {
  name: 'psql',
  *run(ctx, args): Program {
    const { options, operands } = splitOptions(shortOptions(args), WITH_VALUE);
    const connection = connectionOf(ctx, options, operands);
    const query = valueOfFlag(options, 'c');
    if (query !== undefined) return yield* ask(ctx, connection, query);
    let [current, code] = [connection, 0];
    for (;;) {
      const line = yield* ctx.input.read(ctx.tty ? `${current.database}=# ` : '');
      if (line === undefined || line === '\\q' || line === 'exit' || line === 'quit') return code;
      const other = /^\\c\s+(\S+)/.exec(line.trim())?.[1];
      if (other !== undefined) current = { ...current, database: other };
      else if (line.trim() !== '') code = yield* ask(ctx, current, LISTS[line.trim()] ?? line);
    }
  },
};

export const pgIsReady: Tool = {
  name: 'pg_isready',
  *run(ctx, args): Program {
    const { options } = splitOptions(shortOptions(args), WITH_VALUE);
    const host = valueOfFlag(options, 'h') ?? '';
    const port = Number(valueOfFlag(options, 'p') ?? '5432');
    const made = yield* exchange(ctx, { host: serverAddress(host), port }, { timeoutMs: 3000 });
    const ready = made.outcome === 'ok';
    const name = host === '' ? '/var/run/postgresql' : host;
    ctx.stdio.out(`${name}:${port} - ${ready ? 'accepting connections' : 'no response'}\n`);
    return ready ? 0 : 2;
  },
};

/** `--username=x` as `-U x`. */
function shortOptions(args: readonly string[]): readonly string[] {
  return args.flatMap((arg) => {
    const m = /^--([a-z-]+)(?:=(.*))?$/s.exec(arg);
    const short = m?.[1] === undefined ? undefined : LONG[m[1]];
    if (short === undefined) return [arg];
    return m?.[2] === undefined ? [`-${short}`] : [`-${short}`, m[2]];
  });
}

function connectionOf(ctx: ToolContext, options: readonly string[], rest: readonly string[]): Connection {
  // postgres://user:password@host:port/database
  const url = /^postgres(?:ql)?:\/\/([^:@/]*)(?::([^@/]*))?@([^:/]+)(?::(\d+))?(?:\/(\w*))?$/.exec(
    rest[0] ?? '',
  );
  const [, urlUser, urlPassword, urlHost, urlPort, urlDatabase] = url ?? [];
  const env = (name: string): string | undefined => ctx.env.get(name);
  const user = valueOfFlag(options, 'U') ?? urlUser ?? rest[1] ?? env('PGUSER') ?? 'root';
  const named = url === null ? rest[0] : urlDatabase;
  return {
    host: valueOfFlag(options, 'h') ?? urlHost ?? env('PGHOST') ?? '',
    port: Number(valueOfFlag(options, 'p') ?? urlPort ?? env('PGPORT') ?? '5432'),
    user,
    password: urlPassword ?? env('PGPASSWORD') ?? '',
    database: valueOfFlag(options, 'd') ?? named ?? env('PGDATABASE') ?? user,
    bare: options.some((option) => /^-[AqtX]*t[AqtX]*$/.test(option)),
  };
}

function* ask(ctx: ToolContext, connection: Connection, sql: string): Program {
  const { host, port, user, password, database, bare } = connection;
  const { made, reply } = yield* askSql(ctx, host, port, { user, password, database, sql });
  const at =
    host === ''
      ? 'on socket "/var/run/postgresql/.s.PGSQL.5432"'
      : `at "${host}"${made.remote === undefined ? '' : ` (${made.remote.ip})`}, port ${port}`;
  if (reply === undefined) {
    const unknown = made.outcome === 'nameNotFound' || made.outcome === 'dnsTimeout';
    const why =
      made.outcome === 'refused'
        ? 'Connection refused'
        : made.outcome === 'timeout'
          ? 'timeout expired'
          : 'server closed the connection unexpectedly';
    const says = unknown
      ? `could not translate host name "${host}" to address: Name or service not known`
      : `connection to server ${at} failed: ${host === '' && made.outcome === 'refused' ? 'No such file or directory' : why}`;
    ctx.stdio.err(`psql: error: ${says}\n`);
    return 2;
  }
  if (reply.fatal !== undefined) {
    ctx.stdio.err(`psql: error: connection to server ${at} failed: ${reply.fatal}\n`);
    return 2;
  }
  let code = 0;
  for (const result of reply.results) {
    if ('error' in result) {
      ctx.stdio.err(`ERROR:  ${result.error}\n`);
      code = 1;
    } else ctx.stdio.out(`${shown(result, bare)}\n`);
  }
  return code;
}

function shown(result: Exclude<SqlResult, { readonly error: string }>, bare: boolean): string {
  if ('tag' in result) return result.tag;
  if (!bare) return drawTable(result.columns, result.rows, 'psql');
  return result.rows.map((row) => ` ${row.map((cell) => cell ?? '').join(' | ')}\n`).join('');
}
