import { dashTime } from './accesslog.ts';
import type { AppContext, AppModel } from './app.ts';
import { begin, listenOrExit } from './begin.ts';
import { hasData, makeDirectories, queries } from './database.ts';

const MEMORY = 380 * 1024 * 1024;
const PORT = 3306;
const INIT_MS = 8000;
const START_MS = 1500;
const DIRECTORY = '/var/lib/mysql';
const PASSWORDS = ['ROOT_PASSWORD', 'ALLOW_EMPTY_PASSWORD', 'RANDOM_ROOT_PASSWORD'] as const;

/** MySQL and MariaDB. */
export const mysql: AppModel = {
  name: 'mysql',
  start(ctx) {
    const fresh = !hasData(ctx, DIRECTORY, 'ibdata1');
    const version = ctx.parameters.version ?? '9.4.0';
    if (fresh && !PASSWORDS.some((name) => isSet(ctx, name))) {
      const at = `${dashTime(ctx.now()).slice(0, 19)}+00:00 [ERROR] [Entrypoint]:`;
      const choices = PASSWORDS.map((name) => `    - MYSQL_${name}`).join('\n');
      ctx.log(
        `${at} Database is uninitialized and password option is not specified\n    You need to specify one of the following as an environment variable:\n${choices}`,
        'stderr',
      );
      ctx.exit(1);
      return;
    }
    begin(ctx, { memory: MEMORY, startup: fresh ? INIT_MS : START_MS }, () => {
      if (fresh && !(makeDirectories(ctx, DIRECTORY) && ctx.files.write(`${DIRECTORY}/ibdata1`, '').ok)) {
        ctx.log(`[ERROR] [MY-010187] [Server] Could not open file '${DIRECTORY}/ibdata1'.`, 'stderr');
        ctx.exit(1);
        return;
      }
      if (!listenOrExit(ctx, PORT, queries(ctx, DIRECTORY))) return;
      ctx.log(
        `[System] [MY-010931] [Server] mysqld: ready for connections. Version: '${version}'  port: ${PORT}`,
        'stderr',
      );
    });
  },
};

function isSet(ctx: AppContext, name: string): boolean {
  return ['MYSQL', 'MARIADB'].some((prefix) => (ctx.env.get(`${prefix}_${name}`) ?? '') !== '');
}
