import { httpReply } from '../../network/http.ts';
import type { HttpReply, HttpRequest } from '../../network/types.ts';
import { resolvePath } from '../tools/filetree.ts';
import { AccessLog } from './accesslog.ts';
import type { AppModel } from './app.ts';
import { begin, type Lasting, listenOrExit, serving } from './begin.ts';
import { contentType } from './contenttype.ts';

const MEMORY = 9 * 1024 * 1024;
const ROOT = '/usr/local/apache2/htdocs';
/** Where PHP's images keep their pages. */
const PHP_ROOT = '/var/www/html';

/** The Apache web server: serves the files below its root. */
export const httpd: AppModel = {
  name: 'httpd',
  start(ctx) {
    const version = ctx.parameters.version ?? '2.4.65';
    begin(ctx, { memory: MEMORY, startup: 0 }, () => {
      const name = `AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using ${ctx.network.ip}`;
      ctx.log(`${name}. Set the 'ServerName' directive globally to suppress this message`, 'stderr');
      ctx.log(`AH00094: Command line: 'httpd -D FOREGROUND' (Apache/${version} (Unix))`, 'stderr');
      const server = `Apache/${version} (Unix)`;
      const access = new AccessLog();
      const root = ctx.workingDir === PHP_ROOT ? PHP_ROOT : ROOT;
      const pathOf = ({ path }: HttpRequest): string => resolvePath('/', `${root}/${path.split('?')[0]}`);
      const respond = (request: HttpRequest, from: string): HttpReply => {
        const path = pathOf(request);
        const file = ctx.files.stat(path)?.type === 'directory' ? `${path}/index.html` : path;
        const read = ctx.files.read(file);
        const page =
          '<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>\n';
        const reply = read.ok
          ? httpReply(200, read.value, 0.3, { server, 'content-type': contentType(file) })
          : httpReply(404, page, 0.3, { server, 'content-type': 'text/html' });
        ctx.log(access.line(from, request, reply));
        return reply;
      };
      const lasting = (request: HttpRequest): Lasting => ({ line: access.last, reads: pathOf(request) });
      const handler = serving(ctx, respond, undefined, undefined, lasting);
      const taken = '(98)Address already in use: AH00072: make_sock: could not bind to address 0.0.0.0:80';
      listenOrExit(ctx, ctx.parameters.ports?.[0] ?? 80, handler, taken);
    });
  },
};
