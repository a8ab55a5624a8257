import { makeDirectories } from '../tools/filetree.ts';
import { dashTime } from './accesslog.ts';
import type { AppContext, AppModel } from './app.ts';
import { begin, listenOrExit } from './begin.ts';
import { hasData, type SqlServer, sqlHandler } from './database.ts';
import { mysqlDialect } from './sql/mysqldialect.ts';
import { SqlStore } from './sql/store.ts';

const MEMORY = 380 * 1024 * 1024;
const PORT = 3306;
const INIT_MS = 8000;
const INIT_CPU_MS = 4000;
const START_MS = 1500;
const START_CPU_MS = 700;
const DIRECTORY = '/var/lib/mysql';
const PASSWORDS = ['ROOT_PASSWORD', 'ALLOW_EMPTY_PASSWORD', 'RANDOM_ROOT_PASSWORD'] as const;

/** MySQL and MariaDB. */
export const mysql: AppModel = {
  name: 'mysql',
  start(ctx) {
    const fresh = !hasData(ctx, DIRECTORY, 'ibdata1');
    const version = ctx.parameters.version ?? '9.4.0';
    const note = (level: string, text: string): void =>
      ctx.log(
        `${dashTime(ctx.now()).slice(0, 19)}+00:00 [${level}] [Entrypoint]: ${text}`,
        level === 'ERROR' ? 'stderr' : 'stdout',
      );
    note('Note', `Entrypoint script for MySQL Server ${version} started.`);
    const refused = fresh ? refusal(ctx) : undefined;
    if (refused !== undefined) {
      note('ERROR', refused);
      ctx.exit(1);
      return;
    }
    if (fresh) note('Note', 'Initializing database files');
    const [startup, startupCpu] = fresh ? [INIT_MS, INIT_CPU_MS] : [START_MS, START_CPU_MS];
    begin(ctx, { memory: MEMORY, startup, startupCpu }, () => {
      const store = new SqlStore(ctx.files, DIRECTORY);
      if (fresh && !initialize(ctx, store)) {
        ctx.log(`[ERROR] [MY-010187] [Server] Could not open file '${DIRECTORY}/ibdata1'.`, 'stderr');
        ctx.exit(1);
        return;
      }
      const taken = `[ERROR] [MY-010262] [Server] Can't start server: Bind on TCP/IP port: Address already in use`;
      if (!listenOrExit(ctx, PORT, sqlHandler(ctx, server(store, version)), taken)) return;
      ctx.log(
        `[System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: '${version}'  socket: '/var/run/mysqld/mysqld.sock'  port: ${PORT}  MySQL Community Server - GPL.`,
        'stderr',
      );
    });
  },
};

/** A setting under either product's name, from the variable or from the file that it names. */
function setting(ctx: AppContext, name: string): string {
  for (const prefix of ['MYSQL', 'MARIADB']) {
    const file = ctx.env.get(`${prefix}_${name}_FILE`);
    const read = file === undefined ? undefined : ctx.files.read(file);
    const value = read?.ok === true ? read.value.trimEnd() : (ctx.env.get(`${prefix}_${name}`) ?? '');
    if (value !== '') return value;
  }
  return '';
}

function refusal(ctx: AppContext): string | undefined {
  if (!PASSWORDS.some((name) => setting(ctx, name) !== '')) {
    const choices = PASSWORDS.map((name) => `    - MYSQL_${name}`).join('\n');
    return `Database is uninitialized and password option is not specified\n    You need to specify one of the following as an environment variable:\n${choices}`;
  }
  return setting(ctx, 'USER') === 'root'
    ? 'MYSQL_USER="root", MYSQL_USER and MYSQL_PASSWORD are for configuring a regular user and cannot be used for the root user'
    : undefined;
}

function initialize(ctx: AppContext, store: SqlStore): boolean {
  if (!makeDirectories(ctx.files, DIRECTORY).ok || !ctx.files.write(`${DIRECTORY}/ibdata1`, '').ok)
    return false;
  const random = setting(ctx, 'RANDOM_ROOT_PASSWORD') !== '';
  const root = random ? ctx.process.random.uint32().toString(36) : setting(ctx, 'ROOT_PASSWORD');
  if (random) ctx.log(`[Note] [Entrypoint]: GENERATED ROOT PASSWORD: ${root}`);
  for (const name of ['information_schema', 'mysql', 'performance_schema', 'sys']) store.createDatabase(name);
  const database = setting(ctx, 'DATABASE');
  if (database !== '') store.createDatabase(database);
  const user = setting(ctx, 'USER');
  if (user !== '') store.setUser(user, setting(ctx, 'PASSWORD'));
  return store.setUser('root', root);
}

function server(store: SqlStore, version: string): SqlServer {
  return {
    store,
    dialect: mysqlDialect(version),
    refuse({ user, password, database }, local, from) {
      const using = password === '' ? 'NO' : 'YES';
      if (store.users[user] !== password)
        return `1045 (28000): Access denied for user '${user}'@'${local ? 'localhost' : from}' (using password: ${using})`;
      if (database === '' || store.databases().includes(database)) return undefined;
      return `1049 (42000): Unknown database '${database}'`;
    },
  };
}
