import type { Program } from '../../sim/program.ts';
import { askSql, drawTable, serverAddress } from './sqlclient.ts';
import type { Tool, ToolContext } from './tool.ts';

interface Connection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  database: string;
  readonly statements: string | undefined;
  /** What stands besides options. */
  readonly words: readonly string[];
  readonly bare: boolean;
}

/** The client of MySQL, and of MariaDB under its name: `-e`, or statements line by line. */
const client = (name: string): Tool => ({
  name,
  *run(ctx, args): Program {
    const connection = connectionOf(ctx, args);
    if (connection.password !== undefined && connection.password !== '' && name === 'mysql')
      ctx.stdio.err('mysql: [Warning] Using a password on the command line interface can be insecure.\n');
    if (connection.statements !== undefined) return yield* ask(ctx, connection, connection.statements);
    for (;;) {
      const line = yield* ctx.input.read(ctx.tty ? `${name}> ` : '');
      if (line === undefined || /^(exit|quit|\\q);?$/.test(line.trim())) return 0;
      if (line.trim() === '') continue;
      const code = yield* ask(ctx, connection, line);
      if (code !== 0 && !ctx.tty) return code;
    }
  },
});

export const mysqlClient = client('mysql');
export const mariadbClient = client('mariadb');

/** `mysqladmin ping` and its like: what probes ask with. */
const admin = (name: string): Tool => ({
  name,
  *run(ctx, args): Program {
    const connection = connectionOf(ctx, args);
    const { host, port, user, password = '' } = connection;
    if (connection.words[0] !== 'ping' && connection.words[0] !== 'status') {
      ctx.stdio.err(`${name}: Unknown command: '${connection.words[0] ?? ''}'\n`);
      return 1;
    }
    const { made, reply } = yield* askSql(ctx, host, port, { user, password, database: '', sql: '' });
    if (reply === undefined) {
      ctx.stdio.err(
        `${name}: connect to server at '${host || 'localhost'}' failed\nerror: '${unreachable(connection, made.outcome)}'\n`,
      );
      return 1;
    }
    // A server that refuses somebody is alive.
    ctx.stdio.out('mysqld is alive\n');
    return 0;
  },
});

export const mysqladmin = admin('mysqladmin');
export const mariadbAdmin = admin('mariadb-admin');

const SHORT: Readonly<Record<string, string>> = {
  D: 'database',
  e: 'execute',
  h: 'host',
  P: 'port',
  u: 'user',
};

function connectionOf(ctx: ToolContext, args: readonly string[]): Connection {
  const given = new Map<string, string>();
  const words: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    const long = /^--([a-z-]+)(?:=([\s\S]*))?$/.exec(arg);
    const short = /^-([DehPup])([\s\S]*)$/.exec(arg);
    if (long?.[1] !== undefined) {
      const takesNext = long[2] === undefined && Object.values(SHORT).includes(long[1]);
      given.set(long[1], takesNext ? (args[++i] ?? '') : (long[2] ?? ''));
    } else if (short?.[1] === 'p') given.set('password', short[2] ?? '');
    else if (short?.[1] !== undefined)
      given.set(SHORT[short[1]] as string, short[2] === '' ? (args[++i] ?? '') : (short[2] ?? ''));
    else if (!arg.startsWith('-')) words.push(arg);
    else given.set(arg.slice(1), '');
  }
  return {
    host: given.get('host') ?? '',
    port: Number(given.get('port') ?? '3306'),
    user: given.get('user') ?? 'root',
    password: given.get('password') ?? ctx.env.get('MYSQL_PWD'),
    database: given.get('database') ?? words[0] ?? '',
    statements: given.get('execute'),
    words,
    bare: given.has('N') || given.has('s') || !ctx.tty,
  };
}

function* ask(ctx: ToolContext, connection: Connection, sql: string): Program {
  const { host, port, user, password = '', database } = connection;
  const { made, reply } = yield* askSql(ctx, host, port, { user, password, database, sql });
  if (reply === undefined) {
    ctx.stdio.err(`ERROR ${unreachable(connection, made.outcome)}\n`);
    return 1;
  }
  if (reply.fatal !== undefined) {
    ctx.stdio.err(`ERROR ${reply.fatal}\n`);
    return 1;
  }
  for (const result of reply.results) {
    if ('error' in result) {
      ctx.stdio.err(`ERROR ${result.error}\n`);
      return 1;
    }
    if ('tag' in result) {
      if (result.database !== undefined) connection.database = result.database;
      if (ctx.tty)
        ctx.stdio.out(`Query OK, ${result.affected} row${result.affected === 1 ? '' : 's'} affected\n\n`);
    } else if (connection.bare) {
      const lines = [result.columns, ...result.rows].map((row) =>
        row.map((cell) => cell ?? 'NULL').join('\t'),
      );
      if (result.rows.length > 0) ctx.stdio.out(`${lines.join('\n')}\n`);
    } else if (result.rows.length === 0) ctx.stdio.out('Empty set\n\n');
    else
      ctx.stdio.out(
        `${drawTable(result.columns, result.rows, 'mysql')}\n${result.rows.length} rows in set\n\n`,
      );
  }
  return 0;
}

function unreachable({ host, port }: Connection, outcome: string): string {
  if (host === '' || host === 'localhost')
    return "2002 (HY000): Can't connect to local MySQL server through socket '/var/run/mysqld/mysqld.sock' (2)";
  if (outcome === 'nameNotFound' || outcome === 'dnsTimeout')
    return `2005 (HY000): Unknown MySQL server host '${host}' (-2)`;
  return `2003 (HY000): Can't connect to MySQL server on '${serverAddress(host)}:${port}' (${outcome === 'refused' ? 111 : 110})`;
}
