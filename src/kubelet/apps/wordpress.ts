import { httpReply } from '../../network/http.ts';
import type { HttpReply } from '../../network/types.ts';
import { AccessLog } from './accesslog.ts';
import type { AppContext, AppModel } from './app.ts';
import { askDatabase } from './backends.ts';
import { begin, listenOrExit, serving } from './begin.ts';

const MEMORY = 40 * 1024 * 1024;
const START_MS = 2000;
const HTML = { 'content-type': 'text/html; charset=UTF-8' } as const;
const NO_DATABASE =
  '<!DOCTYPE html>\n<html lang="en-US">\n<head><title>Database Error</title></head>\n<body id="error-page"><h1>Error establishing a database connection</h1></body>\n</html>\n';
const INSTALL =
  '<!DOCTYPE html>\n<html lang="en-US">\n<head><title>WordPress &rsaquo; Installation</title></head>\n<body class="wp-core-ui"><h1>Welcome</h1></body>\n</html>\n';

/** WordPress: every page needs its database. */
export const wordpress: AppModel = {
  name: 'wordpress',
  start(ctx) {
    ctx.log('WordPress not found in /var/www/html - copying now...');
    begin(ctx, { memory: MEMORY, startup: START_MS }, () => {
      ctx.log('Complete! WordPress has been successfully copied to /var/www/html');
      const access = new AccessLog();
      const handler = serving(
        ctx,
        (request, from) => {
          const reply = answer(ctx, request.path.split('?')[0] as string);
          ctx.log(access.line(from, request, reply));
          return reply;
        },
        25,
      );
      if (
        !listenOrExit(
          ctx,
          80,
          handler,
          '(98)Address already in use: AH00072: make_sock: could not bind to address 0.0.0.0:80',
        )
      )
        return;
      ctx.log(`AH00094: Command line: 'apache2 -D FOREGROUND'`, 'stderr');
    });
  },
};

function answer(ctx: AppContext, path: string): HttpReply {
  const of = (name: string, otherwise: string): string => {
    const file = ctx.env.get(`WORDPRESS_DB_${name}_FILE`);
    const read = file === undefined ? undefined : ctx.files.read(file);
    return read?.ok === true ? read.value.trimEnd() : (ctx.env.get(`WORDPRESS_DB_${name}`) ?? otherwise);
  };
  const [host = 'mysql', port = '3306'] = of('HOST', 'mysql').split(':');
  const address = {
    host,
    port: Number(port),
    user: of('USER', 'example username'),
    password: of('PASSWORD', 'example password'),
    database: of('NAME', 'wordpress'),
  };
  const { result, error, latencyMs } = askDatabase(ctx, address, 'SHOW TABLES');
  if (result === undefined || 'error' in result) {
    ctx.log(
      `PHP Warning:  mysqli_real_connect(): (HY000/2002): ${error} in /var/www/html/wp-includes/class-wpdb.php`,
      'stderr',
    );
    return httpReply(500, NO_DATABASE, latencyMs, HTML);
  }
  if (path.startsWith('/wp-admin/install.php')) return httpReply(200, INSTALL, 20 + latencyMs, HTML);
  return httpReply(302, '', 10 + latencyMs, { ...HTML, location: '/wp-admin/install.php' });
}
