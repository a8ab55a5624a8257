import { dashTime } from './accesslog.ts';
import type { AppModel } from './app.ts';
import { begin, listenOrExit } from './begin.ts';
import { hasData, makeDirectories, queries } from './database.ts';

const MEMORY = 28 * 1024 * 1024;
const PORT = 5432;
const INIT_MS = 3000;
const START_MS = 300;
const NO_PASSWORD = `Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the
       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".

       You may also use "POSTGRES_HOST_AUTH_METHOD=trust" to allow all
       connections without a password. This is *not* recommended.

       See PostgreSQL documentation about "trust":
       https://www.postgresql.org/docs/current/auth-trust.html`;

/** A PostgreSQL server; what it keeps is in its data directory. */
export const postgres: AppModel = {
  name: 'postgres',
  start(ctx) {
    const directory = ctx.env.get('PGDATA') ?? '/var/lib/postgresql/data';
    const fresh = !hasData(ctx, directory, 'PG_VERSION');
    const trusted = ctx.env.get('POSTGRES_HOST_AUTH_METHOD') === 'trust';
    if (fresh && (ctx.env.get('POSTGRES_PASSWORD') ?? '') === '' && !trusted) {
      ctx.log(NO_PASSWORD, 'stderr');
      ctx.exit(1);
      return;
    }
    const version = ctx.parameters.version ?? '18.0';
    const say = (text: string): void => ctx.log(`${dashTime(ctx.now())} UTC [1] LOG:  ${text}`, 'stderr');
    const onStop = (): void => {
      say('received fast shutdown request');
      say('database system is shut down');
    };
    begin(ctx, { memory: MEMORY, startup: fresh ? INIT_MS : START_MS, onStop }, () => {
      if (fresh) {
        const made =
          makeDirectories(ctx, directory) && ctx.files.write(`${directory}/PG_VERSION`, `${version}\n`).ok;
        if (!made) {
          ctx.log(`mkdir: cannot create directory '${directory}': Permission denied`, 'stderr');
          ctx.exit(1);
          return;
        }
        ctx.log('PostgreSQL init process complete; ready for start up.');
      } else ctx.log('PostgreSQL Database directory appears to contain a database; Skipping initialization');
      say(`starting PostgreSQL ${version} on x86_64-pc-linux-gnu`);
      const taken = `${dashTime(ctx.now())} UTC [1] LOG:  could not bind IPv4 address "0.0.0.0": Address already in use`;
      if (!listenOrExit(ctx, PORT, queries(ctx, directory), taken)) return;
      say(`listening on IPv4 address "0.0.0.0", port ${PORT}`);
      say('database system is ready to accept connections');
    });
  },
};
