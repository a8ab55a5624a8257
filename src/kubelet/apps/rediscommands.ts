/** Keys of one redis: texts and lists. */
export type RedisData = Map<string, string | string[]>;

const MAX_KEYS = 100_000;
const MAX_LIST = 1_000_000;
const WRONG_TYPE = '-WRONGTYPE Operation against a key holding the wrong kind of value\r\n';

/** The words of a request: an array of the protocol, or an inline command. */
export function readRequest(body: string): readonly string[] {
  if (!body.startsWith('*')) {
    const words = body.split('\r\n')[0]?.match(/"(?:\\.|[^"\\])*"|\S+/g) ?? [];
    return words.map((word) => (word.startsWith('"') ? word.slice(1, -1).replace(/\\(.)/g, '$1') : word));
  }
  const parts = body.split('\r\n');
  const words: string[] = [];
  for (let i = 2; i < parts.length; i += 2) if (parts[i] !== undefined) words.push(parts[i] as string);
  return words;
}

/** Carries out one command; the answer is in the protocol's form. */
export function redisCommand(data: RedisData, words: readonly string[]): string {
  const name = (words[0] ?? '').toUpperCase();
  const args = words.slice(1);
  const arity = ARITY[name];
  if (arity === undefined) {
    const shown = args.slice(0, 20).map((arg) => `'${arg}'`);
    return `-ERR unknown command '${words[0] ?? ''}', with args beginning with: ${shown.join(' ')}\r\n`;
  }
  if (args.length < arity) return `-ERR wrong number of arguments for '${name.toLowerCase()}' command\r\n`;
  const [key = '', value = ''] = args;
  const held = data.get(key);
  switch (name) {
    case 'PING':
      return args.length === 0 ? '+PONG\r\n' : bulk(key);
    case 'ECHO':
      return bulk(key);
    case 'SET':
      return put(data, key, value, '+OK\r\n');
    case 'GET':
      return Array.isArray(held) ? WRONG_TYPE : bulk(held);
    case 'INCR':
      return add(data, key, 1);
    case 'DECR':
      return add(data, key, -1);
    case 'INCRBY':
      return add(data, key, Number(value));
    case 'DEL':
      return integer(args.filter((k) => data.delete(k)).length);
    case 'EXISTS':
      return integer(args.filter((k) => data.has(k)).length);
    case 'KEYS':
      return array([...data.keys()].sort());
    case 'DBSIZE':
      return integer(data.size);
    case 'FLUSHALL':
      data.clear();
      return '+OK\r\n';
    case 'INFO':
      return bulk(`# Server\r\nredis_mode:standalone\r\n# Keyspace\r\ndb0:keys=${data.size}`);
    default:
      return listCommand(data, name, key, args.slice(1));
  }
}

const ARITY: Readonly<Record<string, number>> = Object.freeze(
  Object.assign(Object.create(null) as Record<string, number>, {
    PING: 0,
    ECHO: 1,
    SET: 2,
    GET: 1,
    INCR: 1,
    DECR: 1,
    INCRBY: 2,
    DEL: 1,
    EXISTS: 1,
    KEYS: 1,
    DBSIZE: 0,
    FLUSHALL: 0,
    INFO: 0,
    LPUSH: 2,
    RPUSH: 2,
    LPOP: 1,
    RPOP: 1,
    LLEN: 1,
    LRANGE: 3,
  }),
);

function listCommand(data: RedisData, name: string, key: string, rest: readonly string[]): string {
  const held = data.get(key);
  if (typeof held === 'string') return WRONG_TYPE;
  const list = held ?? [];
  switch (name) {
    case 'LPUSH':
    case 'RPUSH':
      if (list.length + rest.length > MAX_LIST) return FULL;
      if (name === 'RPUSH') list.push(...rest);
      else for (const item of rest) list.unshift(item);
      return put(data, key, list, integer(list.length));
    case 'LPOP':
    case 'RPOP': {
      const item = name === 'LPOP' ? list.shift() : list.pop();
      if (list.length === 0) data.delete(key);
      return bulk(item);
    }
    case 'LLEN':
      return integer(list.length);
    default: {
      const at = (text: string | undefined): number => {
        const n = Number(text) || 0;
        return n < 0 ? list.length + n : n;
      };
      return array(list.slice(Math.max(0, at(rest[0])), at(rest[1]) + 1));
    }
  }
}

const FULL = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";

function put(data: RedisData, key: string, value: string | string[], done: string): string {
  if (!data.has(key) && data.size >= MAX_KEYS) return FULL;
  data.set(key, value);
  return done;
}

function add(data: RedisData, key: string, by: number): string {
  const held = data.get(key) ?? '0';
  if (typeof held !== 'string') return WRONG_TYPE;
  const sum = Number(held) + by;
  if (!/^-?\d+$/.test(held) || !Number.isSafeInteger(sum))
    return '-ERR value is not an integer or out of range\r\n';
  return put(data, key, String(sum), integer(sum));
}

function bulk(text: string | undefined): string {
  return text === undefined ? '$-1\r\n' : `$${text.length}\r\n${text}\r\n`;
}

function integer(n: number): string {
  return `:${n}\r\n`;
}

function array(items: readonly string[]): string {
  return `*${items.length}\r\n${items.map(bulk).join('')}`;
}
