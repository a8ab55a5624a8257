import type { AppModel } from './app.ts';
import { begin, listenOrExit } from './begin.ts';

const MEMORY = 3 * 1024 * 1024;
const PORT = 11211;
const DEFAULT_MEGABYTES = 64;

/** A memcached: keys in memory, gone with the process; `-m` megabytes of them. */
export const memcached: AppModel = {
  name: 'memcached',
  start(ctx) {
    begin(ctx, { memory: MEMORY, startup: 0 }, () => {
      const at = ctx.argv.indexOf('-m');
      const limit = (Number(ctx.argv[at + 1]) || DEFAULT_MEGABYTES) * 1024 * 1024;
      const items = new Map<string, string>();
      let bytes = 0;
      const drop = (key: string): boolean => {
        bytes -= items.get(key)?.length ?? 0;
        return items.delete(key);
      };
      listenOrExit(ctx, PORT, ({ message, weight }) => {
        if (message.protocol !== 'tcp') return { type: 'close', latencyMs: 0 };
        const [line = '', value = ''] = message.body.split(/\r?\n/);
        const [command, key = ''] = line.split(' ');
        const latencyMs = ctx.work(0.02, weight);
        const say = (body: string) => ({ type: 'raw', body: `${body}\r\n`, latencyMs }) as const;
        switch (command) {
          case 'set':
            drop(key);
            // The oldest go when there is no room.
            for (const old of items.keys()) {
              if (bytes + value.length <= limit) break;
              drop(old);
            }
            items.set(key, value);
            bytes += value.length;
            ctx.setMemory(MEMORY + bytes);
            return say('STORED');
          case 'get': {
            const held = items.get(key);
            return say(held === undefined ? 'END' : `VALUE ${key} 0 ${held.length}\r\n${held}\r\nEND`);
          }
          case 'delete':
            return say(drop(key) ? 'DELETED' : 'NOT_FOUND');
          case 'flush_all':
            items.clear();
            bytes = 0;
            return say('OK');
          case 'stats':
            return say(
              `STAT pid 1\r\nSTAT curr_items ${items.size}\r\nSTAT bytes ${bytes}\r\nSTAT limit_maxbytes ${limit}\r\nEND`,
            );
          case 'version':
            return say(`VERSION ${ctx.parameters.version ?? '1.6.39'}`);
          default:
            return say('ERROR');
        }
      });
    });
  },
};
