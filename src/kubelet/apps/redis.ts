import type { Handler } from '../../network/types.ts';
import type { AppModel } from './app.ts';
import { begin, listenOrExit } from './begin.ts';
import { type RedisData, readRequest, redisCommand } from './rediscommands.ts';

const MEMORY = 4 * 1024 * 1024;
const DEFAULT_PORT = 6379;

/** A redis server. Its data lives and dies with the process. */
export const redis: AppModel = {
  name: 'redis',
  start(ctx) {
    const say = (mark: string, text: string): void => ctx.log(`1:M ${stamp(ctx.now())} ${mark} ${text}`);
    const onStop = (): void => {
      say('*', 'User requested shutdown...');
      say('#', 'Redis is now ready to exit, bye bye...');
    };
    begin(ctx, { memory: MEMORY, startup: 0, onStop }, () => {
      const at = ctx.argv.indexOf('--port');
      const port =
        (at < 0 ? undefined : Number(ctx.argv[at + 1])) ?? ctx.parameters.ports?.[0] ?? DEFAULT_PORT;
      const data: RedisData = new Map();
      const handler: Handler = ({ message }) => {
        if (message.protocol !== 'tcp') return { type: 'close', latencyMs: 0 };
        ctx.addMemory(message.body.length);
        return {
          type: 'raw',
          body: redisCommand(data, readRequest(message.body)),
          latencyMs: ctx.work(0.05),
        };
      };
      say('*', `oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo`);
      say('*', `Redis version=${ctx.parameters.version ?? '8.2.2'}, bits=64, pid=1, just started`);
      const taken = `1:M ${stamp(ctx.now())} # Warning: Could not create server TCP listening socket *:${port}: bind: Address already in use`;
      if (!listenOrExit(ctx, port, handler, taken)) return;
      say('*', `Running mode=standalone, port=${port}.`);
      say('*', 'Ready to accept connections tcp');
    });
  },
};

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `05 Jan 2026 00:00:00.000`. */
function stamp(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(8, 10)} ${MONTHS[Number(iso.slice(5, 7)) - 1]} ${iso.slice(0, 4)} ${iso.slice(11, 23)}`;
}
