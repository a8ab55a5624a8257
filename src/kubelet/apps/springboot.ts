import { httpReply } from '../../network/http.ts';
import type { Headers, HttpReply, HttpRequest } from '../../network/types.ts';
import type { AppContext, AppModel } from './app.ts';
import { begin, listenOrExit, serving } from './begin.ts';

const MEMORY = 190 * 1024 * 1024;
const START_MS = 6000;
const PORT = 7777;
/** Who may call it from a browser. */
const ORIGIN = 'http://localhost:30000';
const JSON_TYPE: Headers = Object.freeze({ 'content-type': 'application/json' });
const BANNER = `
  .   ____          _            __ _ _
 /\\\\ / ___'_ __ _ _(_)_ __  __ _ \\ \\ \\ \\
( ( )\\___ | '_ | '_| | '_ \\/ _\` | \\ \\ \\ \\
 \\\\/  ___)| |_)| | | | | || (_| |  ) ) ) )
  '  |____| .__|_| |_|_| |_\\__, | / / / /
 =========|_|==============|___/=/_/_/_/

 :: Spring Boot ::                (v3.3.4)
`;

/** A Spring Boot back end that adds two numbers: GET /plus?num1=1&num2=2. */
export const springboot: AppModel = {
  name: 'springboot',
  start(ctx) {
    const say = (logger: string, text: string): void =>
      ctx.log(
        `${new Date(ctx.now()).toISOString()}  INFO 1 --- [bootproject] [           main] ${logger.padEnd(40)} : ${text}`,
      );
    ctx.log(BANNER);
    say(
      'c.o.bootproject.BootprojectApplication',
      `Starting BootprojectApplication using Java 17 with PID 1 (/app.jar started by root in ${ctx.workingDir})`,
    );
    ctx.setCpu(700);
    begin(ctx, { memory: MEMORY, startup: START_MS, signalExitCode: 143 }, () => {
      ctx.setCpu(ctx.parameters.cpu ?? 3);
      const port = ctx.parameters.ports?.[0] ?? PORT;
      const taken = `Web server failed to start. Port ${port} was already in use.`;
      if (!listenOrExit(ctx, port, serving(ctx, answer(ctx), 2), taken)) return;
      const seconds = (ctx.parameters.startup ?? START_MS) / 1000;
      say(
        'o.s.b.w.embedded.tomcat.TomcatWebServer',
        `Tomcat started on port ${port} (http) with context path '/'`,
      );
      say(
        'c.o.bootproject.BootprojectApplication',
        `Started BootprojectApplication in ${seconds} seconds (process running for ${seconds + 0.4})`,
      );
    });
  },
};

function answer(ctx: AppContext): (request: HttpRequest) => HttpReply {
  return (request) => {
    const { origin } = request.headers;
    if (origin !== undefined && origin !== ORIGIN) return httpReply(403, 'Invalid CORS request', 1);
    const cors = origin === undefined ? {} : { 'access-control-allow-origin': ORIGIN, vary: 'Origin' };
    const headers = { ...JSON_TYPE, ...cors };
    const [path, query = ''] = request.path.split('?') as [string, string?];
    const error = (status: number, says: string): HttpReply => {
      const timestamp = new Date(ctx.now()).toISOString().replace('Z', '+00:00');
      return httpReply(status, JSON.stringify({ timestamp, status, error: says, path }), 2, headers);
    };
    if (path === '/health')
      return httpReply(200, 'I am alive', 2, { ...headers, 'content-type': 'text/plain' });
    if (path !== '/plus') return error(404, 'Not Found');
    const numbers = ['num1', 'num2'].map(
      (name) => new RegExp(`(?:^|&)${name}=(-?\\d{1,9})(?:&|$)`).exec(query)?.[1],
    );
    if (numbers.includes(undefined)) return error(400, 'Bad Request');
    const sum = numbers.reduce((total, n) => total + Number(n), 0);
    return httpReply(200, JSON.stringify({ sum }), 3, headers);
  };
}
