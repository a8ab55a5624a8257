import { resolvePath } from '../tools/filetree.ts';
import type { AppContext } from './app.ts';

/** What a redis server goes by, as `CONFIG GET` tells it. */
export type RedisConfig = ReadonlyMap<string, string>;

const DEFAULTS: readonly (readonly [string, string])[] = [
  ['appendonly', 'no'],
  ['dbfilename', 'dump.rdb'],
  ['maxmemory', '0'],
  ['maxmemory-policy', 'noeviction'],
  ['port', '6379'],
  ['requirepass', ''],
  ['save', '3600 1 300 100 60 10000'],
];
const UNITS: Readonly<Record<string, number>> = {
  k: 1000,
  kb: 1024,
  m: 1e6,
  mb: 1024 ** 2,
  g: 1e9,
  gb: 1024 ** 3,
};

/** The settings of the file that is named first, if any, and of the options after it; or why there are none. */
export function redisConfig(ctx: AppContext): RedisConfig | { readonly error: string } {
  const config = new Map(DEFAULTS);
  config.set('dir', ctx.workingDir);
  if (ctx.parameters.ports?.[0] !== undefined) config.set('port', String(ctx.parameters.ports[0]));
  const [file] = ctx.argv.slice(1);
  if (file !== undefined && !file.startsWith('-')) {
    const read = ctx.files.read(resolvePath(ctx.workingDir, file));
    if (!read.ok)
      return { error: `Fatal error, can't open config file '${file}': No such file or directory` };
    for (const line of read.value.split('\n')) {
      const [name, ...words] = line.trim().split(/\s+/);
      if (name !== undefined && name !== '' && !name.startsWith('#'))
        set(config, name.toLowerCase(), words.join(' '));
    }
  }
  for (let i = 1; i < ctx.argv.length; i++) {
    const name = ctx.argv[i] as string;
    if (!name.startsWith('--')) continue;
    const words: string[] = [];
    while (ctx.argv[i + 1]?.startsWith('--') === false) words.push(ctx.argv[++i] as string);
    set(config, name.slice(2).toLowerCase(), words.join(' '));
  }
  const port = Number(config.get('port'));
  if (Number.isInteger(port) && port > 0 && port < 65_536) return config;
  return { error: `*** FATAL CONFIG FILE ERROR (Redis ${ctx.parameters.version ?? ''}) ***\nInvalid port` };
}

function set(config: Map<string, string>, name: string, text: string): void {
  const value = text.replace(/^(['"])(.*)\1$/, '$2');
  const size = name === 'maxmemory' ? /^(\d+)([a-z]*)$/i.exec(value) : null;
  const unit = UNITS[size?.[2]?.toLowerCase() ?? ''] ?? 1;
  config.set(name, size === null ? value : String(Number(size[1]) * unit));
}
