import type { Handler } from '../../network/types.ts';
import { makeDirectories } from '../tools/filetree.ts';
import type { AppContext, AppModel } from './app.ts';
import { begin, listenOrExit } from './begin.ts';
import { hasData } from './database.ts';
import { MongoData } from './mongodata.ts';

const MEMORY = 170 * 1024 * 1024;
const PORT = 27017;
const START_MS = 2000;
const START_CPU_MS = 900;
const DIRECTORY = '/data/db';
const USER = 'MONGO_INITDB_ROOT_USERNAME';
const PASSWORD = 'MONGO_INITDB_ROOT_PASSWORD';

/** A mongod; its documents are in /data/db. */
export const mongo: AppModel = {
  name: 'mongo',
  start(ctx) {
    const at = ctx.argv.indexOf('--dbpath');
    const directory = (at < 0 ? undefined : ctx.argv[at + 1]) ?? DIRECTORY;
    const [user = '', password = ''] = [ctx.env.get(USER), ctx.env.get(PASSWORD)];
    if ((user === '') !== (password === '')) {
      ctx.log(
        `error: missing '${USER}' or '${PASSWORD}'\n       both must be specified for a user to be created`,
        'stderr',
      );
      ctx.exit(1);
      return;
    }
    const say = (id: number, text: string): void =>
      ctx.log(
        `{"t":{"$date":"${new Date(ctx.now()).toISOString().replace('Z', '+00:00')}"},"s":"I","c":"NETWORK","id":${id},"ctx":"listener","msg":"${text}"}`,
      );
    begin(ctx, { memory: MEMORY, startup: START_MS, startupCpu: START_CPU_MS }, () => {
      // Who may come in is decided when the directory is empty, and kept there.
      if (!hasData(ctx, directory, 'WiredTiger') && !initialize(ctx, directory, user, password)) {
        ctx.log(`Attempted to create a lock file on a read-only directory: ${directory}`, 'stderr');
        ctx.exit(100);
        return;
      }
      if (!listenOrExit(ctx, PORT, answering(ctx, directory))) return;
      say(23015, 'Listening on');
      say(23016, 'Waiting for connections');
    });
  },
};

function initialize(ctx: AppContext, directory: string, user: string, password: string): boolean {
  const keep = user === '' ? '' : `${user}:${password}`;
  return makeDirectories(ctx.files, directory).ok && ctx.files.write(`${directory}/WiredTiger`, keep).ok;
}

/** `user:password\ndatabase\nline`: what mongosh here sends. */
function answering(ctx: AppContext, directory: string): Handler {
  const data = new MongoData(ctx.files, directory);
  const kept = ctx.files.read(`${directory}/WiredTiger`);
  const wanted = kept.ok ? kept.value : '';
  return ({ message, weight }) => {
    if (message.protocol !== 'tcp') return { type: 'close', latencyMs: 0 };
    const [credentials = '', database = '', ...rest] = message.body.split('\n');
    const latencyMs = 0.5 + ctx.work(0.5, weight);
    const line = rest.join('\n');
    // Whoever has not logged in may still ask whether anybody is there.
    const harmless = /^db\.(adminCommand|runCommand)\(/.test(line) || line === '';
    const body =
      credentials !== ':' && credentials !== wanted
        ? 'MongoServerError: Authentication failed.'
        : wanted !== '' && credentials !== wanted && !harmless
          ? 'MongoServerError: Command requires authentication'
          : data.evaluate(line, database);
    return { type: 'raw', body, latencyMs };
  };
}
