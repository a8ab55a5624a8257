import { isAddress } from '../../network/resolver.ts';
import type { Lookup } from '../../network/types.ts';
import type { Program } from '../../sim/program.ts';
import type { Tool } from './tool.ts';

/** busybox' nslookup. */
export const nslookup: Tool = {
  name: 'nslookup',
  *run(ctx, args): Program {
    const operands = args.filter((arg) => !arg.startsWith('-'));
    const [name, server] = operands;
    if (name === undefined) {
      ctx.stdio.err('nslookup: missing name\n');
      return 1;
    }
    const type = isAddress(name) ? 'PTR' : 'A';
    const found: Lookup = ctx.fabric.lookup(ctx.network, name, {
      type,
      ...(server === undefined ? {} : { server }),
    });
    yield { type: 'sleep', ms: found.latencyMs + 4 };
    const asked = found.server ?? ctx.network.resolver.nameservers[0] ?? '127.0.0.1';
    if (found.outcome === 'dnsTimeout' && found.code === undefined) {
      ctx.stdio.out(';; connection timed out; no servers could be reached\n\n');
      return 1;
    }
    ctx.stdio.out(`Server:\t\t${asked}\nAddress:\t${asked}:53\n\n`);
    if (found.outcome !== 'ok') {
      const code = found.code === 'NOERROR' ? undefined : found.code;
      ctx.stdio.out(
        code === undefined
          ? `*** Can't find ${name}: No answer\n\n`
          : `** server can't find ${name}: ${code}\n\n`,
      );
      return 1;
    }
    for (const record of found.records) {
      if (record.type === 'A' || record.type === 'AAAA')
        ctx.stdio.out(`Name:\t${record.name}\nAddress: ${record.value}\n`);
      else if (record.type === 'CNAME') ctx.stdio.out(`${record.name}\tcanonical name = ${record.value}\n`);
      else if (record.type === 'PTR') ctx.stdio.out(`${record.name}\tname = ${record.value}\n`);
    }
    ctx.stdio.out('\n');
    return 0;
  },
};
