import { makeDirectories } from '../tools/filetree.ts';
import { dashTime } from './accesslog.ts';
import type { AppContext, AppModel } from './app.ts';
import { begin, listenOrExit } from './begin.ts';
import { hasData, type SqlServer, sqlHandler } from './database.ts';
import { postgresDialect } from './sql/postgresdialect.ts';
import { SqlStore } from './sql/store.ts';

const MEMORY = 28 * 1024 * 1024;
const PORT = 5432;
const INIT_MS = 3000;
const INIT_CPU_MS = 1200;
const START_MS = 300;
const OLD_DIRECTORY = '/var/lib/postgresql/data';
const NO_PASSWORD = `Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the
       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".

       You may also use "POSTGRES_HOST_AUTH_METHOD=trust" to allow all
       connections without a password. This is *not* recommended.

       See PostgreSQL documentation about "trust":
       https://www.postgresql.org/docs/current/auth-trust.html`;
/** Since 18 the image keeps its data one directory higher, by major version, and says so to old manifests. */
const OLD_MOUNT = `Error: in 18+, these Docker images are configured to store database data in a
       format which is compatible with "pg_ctlcluster" (specifically, using
       major-version-specific directory names).

       Counter to that, there appears to be PostgreSQL data in:
         ${OLD_DIRECTORY} (unused mount/volume)

       The suggested container configuration for 18+ is to place a single mount
       at /var/lib/postgresql which will then place PostgreSQL data in a
       subdirectory, allowing usage of "pg_upgrade --link" without mount point
       boundary issues.`;

/** A PostgreSQL server; what it keeps is in its data directory. */
export const postgres: AppModel = {
  name: 'postgres',
  start(ctx) {
    const directory = ctx.env.get('PGDATA') ?? OLD_DIRECTORY;
    const version = ctx.parameters.version ?? '18.0';
    const fresh = !hasData(ctx, directory, 'PG_VERSION');
    const refused = refusal(ctx, directory, fresh, version);
    if (refused !== undefined) {
      ctx.log(refused, 'stderr');
      ctx.exit(1);
      return;
    }
    const say = (text: string): void => ctx.log(`${dashTime(ctx.now())} UTC [1] LOG:  ${text}`, 'stderr');
    const onStop = (): void => {
      say('received fast shutdown request');
      say('database system is shut down');
    };
    const startup = fresh ? INIT_MS : START_MS;
    begin(ctx, { memory: MEMORY, startup, startupCpu: fresh ? INIT_CPU_MS : 0, onStop }, () => {
      const store = new SqlStore(ctx.files, directory);
      if (!fresh)
        ctx.log('\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n');
      else if (initialize(ctx, store, directory, version))
        ctx.log('\nPostgreSQL init process complete; ready for start up.\n');
      else {
        ctx.log(`mkdir: cannot create directory '${directory}': Permission denied`, 'stderr');
        ctx.exit(1);
        return;
      }
      say(`starting PostgreSQL ${version} on x86_64-pc-linux-gnu, compiled by gcc, 64-bit`);
      const taken = `${dashTime(ctx.now())} UTC [1] LOG:  could not bind IPv4 address "0.0.0.0": Address already in use`;
      if (!listenOrExit(ctx, PORT, sqlHandler(ctx, server(ctx, store, version)), taken)) return;
      say(`listening on IPv4 address "0.0.0.0", port ${PORT}`);
      say('listening on Unix socket "/var/run/postgresql/.s.PGSQL.5432"');
      say('database system is ready to accept connections');
    });
  },
};

/** Why the entrypoint does not even begin. */
function refusal(ctx: AppContext, directory: string, fresh: boolean, version: string): string | undefined {
  const mounted = ctx.files.stat(OLD_DIRECTORY) !== undefined;
  if (Number.parseInt(version, 10) >= 18 && mounted && !`${directory}/`.startsWith(`${OLD_DIRECTORY}/`))
    return OLD_MOUNT;
  const trusted = ctx.env.get('POSTGRES_HOST_AUTH_METHOD') === 'trust';
  return fresh && passwordOf(ctx) === '' && !trusted ? NO_PASSWORD : undefined;
}

/** The superuser's password, from the variable or from the file that it names. */
function passwordOf(ctx: AppContext): string {
  return setting(ctx, 'POSTGRES_PASSWORD');
}

function setting(ctx: AppContext, name: string): string {
  const file = ctx.env.get(`${name}_FILE`);
  const read = file === undefined ? undefined : ctx.files.read(file);
  return read?.ok === true ? read.value.trimEnd() : (ctx.env.get(name) ?? '');
}

function initialize(ctx: AppContext, store: SqlStore, directory: string, version: string): boolean {
  const made = makeDirectories(ctx.files, directory).ok;
  if (!made || !ctx.files.write(`${directory}/PG_VERSION`, `${Number.parseInt(version, 10)}\n`).ok)
    return false;
  const user = setting(ctx, 'POSTGRES_USER') || 'postgres';
  const database = setting(ctx, 'POSTGRES_DB') || user;
  for (const name of new Set(['postgres', 'template0', 'template1', database])) store.createDatabase(name);
  return store.setUser(user, passwordOf(ctx));
}

/** Inside the container everybody is trusted; from elsewhere the password that was set up counts (pg_hba.conf). */
function server(ctx: AppContext, store: SqlStore, version: string): SqlServer {
  const trusted = ctx.env.get('POSTGRES_HOST_AUTH_METHOD') === 'trust';
  return {
    store,
    dialect: postgresDialect(version),
    refuse({ user, password, database }, local) {
      const { [user]: wanted } = store.users;
      const failed = `password authentication failed for user "${user}"`;
      if (!local && !trusted) {
        if (password === '') return 'fe_sendauth: no password supplied';
        if (wanted !== password) return `FATAL:  ${failed}`;
      }
      if (wanted === undefined) return `FATAL:  role "${user}" does not exist`;
      return store.databases().includes(database)
        ? undefined
        : `FATAL:  database "${database}" does not exist`;
    },
  };
}
