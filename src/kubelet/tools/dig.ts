import { isAddress, reverseName } from '../../network/resolver.ts';
import type { DnsRecord, DnsType, Lookup } from '../../network/types.ts';
import type { Answer, Program, Wait } from '../../sim/program.ts';
import type { Tool, ToolContext } from './tool.ts';

const TYPES: ReadonlySet<string> = new Set(['A', 'AAAA', 'CNAME', 'PTR', 'SRV', 'TXT']);
const NO_SERVER = ';; communications error: timed out\n;; no servers could be reached\n';

interface Question {
  readonly name: string;
  readonly type: DnsType;
  readonly server: string | undefined;
}

/** BIND's dig: names are as they are, unless `+search`. */
export const dig: Tool = {
  name: 'dig',
  *run(ctx, args): Program {
    const question = questionOf(args);
    const name =
      args.includes('+search') || question.name.endsWith('.') ? question.name : `${question.name}.`;
    const found = yield* ask(ctx, { ...question, name });
    if (found.outcome === 'dnsTimeout' && found.code === undefined) {
      ctx.stdio.out(NO_SERVER);
      return 9;
    }
    if (args.includes('+short')) {
      ctx.stdio.out(found.records.map((record) => `${answerOf(record)}\n`).join(''));
      return 0;
    }
    ctx.stdio.out(longAnswer(ctx, question, found));
    return 0;
  },
};

/** BIND's host. */
export const host: Tool = {
  name: 'host',
  *run(ctx, args): Program {
    const [name, server] = args.filter((arg) => !arg.startsWith('-'));
    if (name === undefined) {
      ctx.stdio.err('Usage: host name [server]\n');
      return 1;
    }
    const found = yield* ask(ctx, { name, type: isAddress(name) ? 'PTR' : 'A', server });
    if (found.outcome === 'dnsTimeout' && found.code === undefined) {
      ctx.stdio.out(NO_SERVER);
      return 1;
    }
    if (found.records.length === 0) {
      const shown = isAddress(name) ? (reverseName(name) ?? name) : name;
      ctx.stdio.out(`Host ${shown} not found: 3(NXDOMAIN)\n`);
      return 1;
    }
    for (const record of found.records) ctx.stdio.out(`${sentence(record)}\n`);
    return 0;
  },
};

function* ask(ctx: ToolContext, { name, type, server }: Question): Generator<Wait, Lookup, Answer> {
  const found = ctx.fabric.lookup(ctx.network, name, { type, ...(server === undefined ? {} : { server }) });
  yield { type: 'sleep', ms: found.latencyMs };
  return found;
}

function questionOf(args: readonly string[]): Question {
  let [name, type, server]: [string, DnsType, string | undefined] = ['.', 'A', undefined];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg.startsWith('@')) server = arg.slice(1);
    else if (arg === '-x') {
      name = args[++i] ?? '';
      type = 'PTR';
    } else if (arg.startsWith('+') || arg.startsWith('-')) continue;
    else if (TYPES.has(arg.toUpperCase())) type = arg.toUpperCase() as DnsType;
    else name = arg;
  }
  return { name, type, server };
}

function longAnswer(ctx: ToolContext, { name, type }: Question, found: Lookup): string {
  const asked = `${type === 'PTR' ? (reverseName(name) ?? name) : name.replace(/\.$/, '')}.`;
  const answers = found.records
    .map(
      (record) =>
        `${record.name.replace(/\.?$/, '.')}\t${record.ttl}\tIN\t${record.type}\t${answerOf(record)}\n`,
    )
    .join('');
  const server = found.server ?? ctx.network.resolver.nameservers[0] ?? '127.0.0.1';
  return `
; <<>> DiG 9.20.11 <<>> ${name}
;; global options: +cmd
;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: ${found.code ?? 'NOERROR'}, id: 4711
;; flags: qr aa rd; QUERY: 1, ANSWER: ${found.records.length}, AUTHORITY: 0, ADDITIONAL: 1

;; QUESTION SECTION:
;${asked}\t\t\tIN\t${type}
${answers === '' ? '' : `\n;; ANSWER SECTION:\n${answers}`}
;; Query time: ${Math.round(found.latencyMs)} msec
;; SERVER: ${server}#53(${server}) (UDP)

`;
}

function answerOf(record: DnsRecord): string {
  switch (record.type) {
    case 'CNAME':
    case 'PTR':
      return `${record.value.replace(/\.$/, '')}.`;
    case 'SRV':
      return `${record.priority ?? 0} ${record.weight ?? 0} ${record.port ?? 0} ${record.value.replace(/\.$/, '')}.`;
    default:
      return record.value;
  }
}

function sentence(record: DnsRecord): string {
  switch (record.type) {
    case 'CNAME':
      return `${record.name} is an alias for ${answerOf(record)}`;
    case 'PTR':
      return `${record.name} domain name pointer ${answerOf(record)}`;
    default:
      return `${record.name} has address ${record.value}`;
  }
}
