import { resolvePath } from '../tools/filetree.ts';
import type { AppContext } from './app.ts';
import { type RedisData, redisCommand } from './rediscommands.ts';
import type { RedisConfig } from './redisconfig.ts';

const CHECK_MS = 10_000;
/** Commands that change what is kept. */
const WRITES = new Set([
  'SET',
  'INCR',
  'DECR',
  'INCRBY',
  'DEL',
  'FLUSHALL',
  'LPUSH',
  'RPUSH',
  'LPOP',
  'RPOP',
]);

/**
 * What a redis server has on disk: a dump that is written when enough has changed and when it is told to
 * stop, and with `appendonly yes` each command as well. What is in neither is lost when it is killed.
 */
export class RedisDisk {
  readonly #ctx: AppContext;
  readonly #data: RedisData;
  readonly #dump: string;
  /** Undefined: not asked for. */
  readonly #log: string | undefined;
  /** `[seconds, changes]`: after so long and so many changes it is saved. */
  readonly #points: readonly (readonly [number, number])[];
  #changes = 0;
  #savedAt: number;

  constructor(ctx: AppContext, config: RedisConfig, data: RedisData) {
    const directory = resolvePath('/', config.get('dir') ?? '/');
    this.#ctx = ctx;
    this.#data = data;
    this.#dump = resolvePath(directory, config.get('dbfilename') ?? 'dump.rdb');
    this.#log =
      config.get('appendonly') === 'yes' ? `${directory}/appendonlydir/appendonly.aof.1.incr.aof` : undefined;
    const numbers = (config.get('save') ?? '').split(/\s+/).map(Number);
    this.#points = numbers.flatMap((seconds, i) =>
      i % 2 === 0 && seconds > 0 ? [[seconds, numbers[i + 1] ?? 1] as const] : [],
    );
    this.#savedAt = ctx.now();
  }

  /** Reads what an earlier run left. Returns how many keys that were. */
  load(): number {
    if (this.#log !== undefined) {
      this.#ctx.files.makeDirectory(this.#log.slice(0, this.#log.lastIndexOf('/')));
      const read = this.#ctx.files.read(this.#log);
      for (const line of read.ok ? read.value.split('\n') : []) {
        const words = listOf(line);
        if (words.length > 0) redisCommand(this.#data, words);
      }
    } else {
      const read = this.#ctx.files.read(this.#dump);
      for (const line of read.ok ? read.value.split('\n') : []) {
        const [key, ...values] = listOf(line);
        if (key !== undefined && values[0] !== undefined)
          this.#data.set(key, values[0] === 'list' ? values.slice(1) : (values[1] ?? ''));
      }
    }
    this.#ctx.process.every(CHECK_MS, () => this.#saveIfDue());
    return this.#data.size;
  }

  /** Takes note of a command that was carried out. */
  note(words: readonly string[]): void {
    if (!WRITES.has((words[0] ?? '').toUpperCase())) return;
    this.#changes++;
    if (this.#log !== undefined)
      this.#ctx.files.write(this.#log, `${JSON.stringify(words)}\n`, { append: true });
  }

  save(): boolean {
    const lines = [...this.#data].map(([key, held]) =>
      JSON.stringify(typeof held === 'string' ? [key, 'text', held] : [key, 'list', ...held]),
    );
    this.#changes = 0;
    this.#savedAt = this.#ctx.now();
    return this.#ctx.files.write(this.#dump, lines.join('\n')).ok;
  }

  /** The last thing a server does; without save points it keeps nothing. */
  close(): void {
    if (this.#points.length > 0) this.save();
  }

  #saveIfDue(): void {
    const seconds = (this.#ctx.now() - this.#savedAt) / 1000;
    if (this.#points.some(([after, changes]) => seconds >= after && this.#changes >= changes)) this.save();
  }
}

function listOf(line: string): readonly string[] {
  if (!line.startsWith('[')) return [];
  try {
    return (JSON.parse(line) as unknown[]).map(String);
  } catch {
    // Somebody has been at the file: what cannot be read is not there.
    return [];
  }
}
