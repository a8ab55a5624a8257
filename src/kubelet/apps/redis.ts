import type { Handler } from '../../network/types.ts';
import type { AppContext, AppModel } from './app.ts';
import { begin, listenOrExit } from './begin.ts';
import { type RedisData, readRequest, redisCommand } from './rediscommands.ts';
import { type RedisConfig, redisConfig } from './redisconfig.ts';
import { RedisDisk } from './redisdisk.ts';

const MEMORY = 4 * 1024 * 1024;
const QUEUE_MS = 10_000;
const COMMAND_CPU_MS = 0.05;

/** A redis server. It keeps its data in memory, and on disk as its configuration says. */
export const redis: AppModel = {
  name: 'redis',
  start(ctx) {
    const say = (mark: string, text: string): void => ctx.log(`1:M ${stamp(ctx.now())} ${mark} ${text}`);
    const config = redisConfig(ctx);
    if ('error' in config) {
      ctx.log(config.error, 'stderr');
      ctx.exit(1);
      return;
    }
    const data: RedisData = new Map();
    const disk = new RedisDisk(ctx, config, data);
    const onStop = (): void => {
      say('*', 'User requested shutdown...');
      disk.close();
      say('#', 'Redis is now ready to exit, bye bye...');
    };
    begin(ctx, { memory: MEMORY, startup: 0, onStop }, () => {
      const port = Number(config.get('port'));
      say('*', `oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo`);
      say('*', `Redis version=${ctx.parameters.version ?? '8.2.2'}, bits=64, pid=1, just started`);
      const taken = `1:M ${stamp(ctx.now())} # Warning: Could not create server TCP listening socket *:${port}: bind: Address already in use`;
      if (!listenOrExit(ctx, port, answering(ctx, config, data, disk), taken)) return;
      say('*', `Running mode=standalone, port=${port}.`);
      const keys = disk.load();
      if (keys > 0) say('*', `DB loaded from disk: 0.000 seconds, keys loaded: ${keys}`);
      say('*', 'Ready to accept connections tcp');
    });
  },
};

function answering(ctx: AppContext, config: RedisConfig, data: RedisData, disk: RedisDisk): Handler {
  const password = config.get('requirepass') ?? '';
  return ({ message, weight }) => {
    if (ctx.backlog() > QUEUE_MS) return { type: 'hang' };
    if (message.protocol !== 'tcp') return { type: 'close', latencyMs: 0 };
    ctx.addMemory(message.body.length);
    const latencyMs = ctx.work(COMMAND_CPU_MS, weight);
    // A client that has a password says it first.
    const auth = /^AUTH (\S*)\r\n/i.exec(message.body);
    const words = readRequest(message.body.slice(auth?.[0].length ?? 0));
    const body =
      auth !== null && auth[1] !== password
        ? '-WRONGPASS invalid username-password pair or user is disabled.\r\n'
        : auth === null && password !== ''
          ? '-NOAUTH Authentication required.\r\n'
          : (ownCommand(words, config, disk) ?? redisCommand(data, words));
    if (!body.startsWith('-')) disk.note(words);
    return { type: 'raw', body, latencyMs };
  };
}

/** Commands about the server rather than its data. */
function ownCommand(words: readonly string[], config: RedisConfig, disk: RedisDisk): string | undefined {
  switch ((words[0] ?? '').toUpperCase()) {
    case 'SAVE':
      return disk.save() ? '+OK\r\n' : '-ERR\r\n';
    case 'BGSAVE':
      disk.save();
      return '+Background saving started\r\n';
    case 'CONFIG': {
      if (words[1]?.toUpperCase() !== 'GET') return undefined;
      const wanted = words[2] ?? '';
      const found = [...config].filter(([name]) => wanted === '*' || name === wanted.toLowerCase()).flat();
      return `*${found.length}\r\n${found.map((text) => `$${text.length}\r\n${text}\r\n`).join('')}`;
    }
    default:
      return undefined;
  }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `05 Jan 2026 00:00:00.000`. */
function stamp(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(8, 10)} ${MONTHS[Number(iso.slice(5, 7)) - 1]} ${iso.slice(0, 4)} ${iso.slice(11, 23)}`;
}
