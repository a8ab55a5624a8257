import { httpReply } from '../../network/http.ts';
import type { Headers, HttpReply, HttpRequest } from '../../network/types.ts';
import type { AppContext, AppModel } from './app.ts';
import { askDatabase, type DatabaseAddress } from './backends.ts';
import { begin, listenOrExit, serving } from './begin.ts';

const MEMORY = 190 * 1024 * 1024;
const START_MS = 6000;
const START_CPU_MS = 4200;
const PORT = 7777;
const NO_DATA_SOURCE = `
***************************
APPLICATION FAILED TO START
***************************

Description:

Failed to configure a DataSource: 'url' attribute is not specified and no embedded datasource could be configured.

Reason: Failed to determine a suitable driver class

Action:

Consider the following:
\tIf you want an embedded database (H2, HSQL or Derby), please put it on the classpath.
\tIf you have database settings to be loaded from a particular profile you may need to activate it (no profiles are currently active).
`;
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
    const begun = ctx.now();
    ctx.log(BANNER);
    say(
      'c.o.bootproject.BootprojectApplication',
      `Starting BootprojectApplication using Java 17 with PID 1 (/app.jar started by root in ${ctx.workingDir})`,
    );
    const source = dataSourceOf(ctx);
    const startupCpu = source === undefined || source.url !== undefined ? START_CPU_MS : START_CPU_MS / 2;
    begin(ctx, { memory: MEMORY, startup: START_MS, startupCpu, signalExitCode: 143 }, () => {
      const problem = source === undefined ? undefined : dataSourceProblem(ctx, source);
      if (problem !== undefined) {
        ctx.log(problem, 'stderr');
        ctx.exit(1);
        return;
      }
      ctx.setCpu(ctx.parameters.cpu ?? 3);
      const port = Number(ctx.env.get('SERVER_PORT') ?? ctx.parameters.ports?.[0] ?? PORT);
      const taken = `\n***************************\nAPPLICATION FAILED TO START\n***************************\n\nDescription:\n\nWeb server failed to start. Port ${port} was already in use.`;
      if (!listenOrExit(ctx, port, serving(ctx, answer(ctx, source), 2), taken)) return;
      const seconds = (ctx.now() - begun) / 1000;
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

/** Where an application with a database keeps its rows. `url` undefined: nobody said where. */
interface DataSource extends DatabaseAddress {
  readonly url: string | undefined;
}

/** The settings of an image that has a database; undefined for one that has none. */
function dataSourceOf(ctx: AppContext): DataSource | undefined {
  if (ctx.parameters.dataSource !== true) return undefined;
  const url = ctx.env.get('SPRING_DATASOURCE_URL');
  const m = /^jdbc:(mysql|mariadb|postgresql):\/\/([^:/?]+)(?::(\d+))?\/([^?]*)/.exec(url ?? '');
  return {
    url: m === null ? undefined : url,
    host: m?.[2] ?? '',
    port: Number(m?.[3] ?? (m?.[1] === 'postgresql' ? 5432 : 3306)),
    user: ctx.env.get('SPRING_DATASOURCE_USERNAME') ?? '',
    password: ctx.env.get('SPRING_DATASOURCE_PASSWORD') ?? '',
    database: m?.[4] ?? '',
  };
}

/** Why the application does not come up: Hibernate needs its tables before the web server listens. */
function dataSourceProblem(ctx: AppContext, source: DataSource): string | undefined {
  if (source.url === undefined) return NO_DATA_SOURCE;
  const create =
    'CREATE TABLE IF NOT EXISTS items (id INT NOT NULL AUTO_INCREMENT, name VARCHAR(255), PRIMARY KEY (id))';
  const { error } = askDatabase(ctx, source, create);
  if (error === '') return undefined;
  return `org.hibernate.exception.JDBCConnectionException: unable to obtain isolated JDBC connection [${error}]\nCaused by: java.sql.SQLException: ${error}`;
}

function answer(ctx: AppContext, source: DataSource | undefined): (request: HttpRequest) => HttpReply {
  return (request) => {
    const { origin } = request.headers;
    if (origin !== undefined && origin !== ORIGIN) return httpReply(403, 'Invalid CORS request', 1);
    const cors = origin === undefined ? {} : { 'access-control-allow-origin': ORIGIN, vary: 'Origin' };
    if (request.method === 'OPTIONS' && origin !== undefined)
      return httpReply(200, '', 1, { ...cors, 'access-control-allow-methods': 'GET,POST,PUT,DELETE' });
    const headers = { ...JSON_TYPE, ...cors };
    const [path, query = ''] = request.path.split('?') as [string, string?];
    const error = (status: number, says: string): HttpReply => {
      const timestamp = new Date(ctx.now()).toISOString().replace('Z', '+00:00');
      return httpReply(status, JSON.stringify({ timestamp, status, error: says, path }), 2, headers);
    };
    if (path === '/health')
      return httpReply(200, 'I am alive', 2, { ...headers, 'content-type': 'text/plain' });
    if (path === '/items' && source !== undefined) {
      const name = /"name"\s*:\s*"([^"'\\]{1,255})"/.exec(request.body)?.[1];
      if (request.method === 'POST' && name === undefined) return error(400, 'Bad Request');
      const sql =
        name === undefined ? 'SELECT id, name FROM items' : `INSERT INTO items (name) VALUES ('${name}')`;
      const { result, error: failed, latencyMs } = askDatabase(ctx, source, sql);
      if (failed !== '') return { ...error(500, 'Internal Server Error'), latencyMs };
      const items =
        result !== undefined && 'rows' in result
          ? result.rows.map(([id, item]) => ({ id, name: item }))
          : { name };
      return httpReply(name === undefined ? 200 : 201, JSON.stringify(items), 3 + latencyMs, headers);
    }
    if (path !== '/plus') return error(404, 'Not Found');
    const numbers = ['num1', 'num2'].map(
      (name) => new RegExp(`(?:^|&)${name}=(-?\\d{1,9})(?:&|$)`).exec(query)?.[1],
    );
    if (numbers.includes(undefined)) return error(400, 'Bad Request');
    const sum = numbers.reduce((total, n) => total + Number(n), 0);
    return httpReply(200, JSON.stringify({ sum }), 3, headers);
  };
}
