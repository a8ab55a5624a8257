import { isAddress } from '../../network/resolver.ts';
import type { Program } from '../../sim/program.ts';
import { splitOptions, valueOfFlag } from './instant.ts';
import type { Tool } from './tool.ts';

const PROBE_PORT = 7;
const MAX_COUNT = 1000;

/** An echo request is modelled as a connection attempt: whoever refuses it is there. */
export const ping: Tool = {
  name: 'ping',
  *run(ctx, args): Program {
    const { options, operands } = splitOptions(args, 'cwWi');
    const host = operands[0];
    if (host === undefined) {
      ctx.stdio.err('ping: missing host\n');
      return 1;
    }
    const found = isAddress(host) ? undefined : ctx.fabric.lookup(ctx.network, host);
    const ip =
      found === undefined ? host : found.records.find(({ type }) => type === 'A' || type === 'AAAA')?.value;
    if (found !== undefined) yield { type: 'sleep', ms: found.latencyMs };
    if (ip === undefined) {
      ctx.stdio.err(`ping: bad address '${host}'\n`);
      return 1;
    }
    const count = Math.min(MAX_COUNT, Number(valueOfFlag(options, 'c') ?? MAX_COUNT) || 1);
    ctx.stdio.out(`PING ${host} (${ip}): 56 data bytes\n`);
    let received = 0;
    for (let sequence = 0; sequence < count; sequence++) {
      const made = ctx.fabric.connect(ctx.network, ip, PROBE_PORT, { timeoutMs: 1000, record: false });
      if (made.outcome === 'ok' || made.outcome === 'refused') {
        received++;
        ctx.stdio.out(`64 bytes from ${ip}: seq=${sequence} ttl=64 time=${made.latencyMs.toFixed(3)} ms\n`);
      }
      yield { type: 'sleep', ms: 1000 };
    }
    const loss = Math.round(((count - received) * 100) / count);
    ctx.stdio.out(`\n--- ${host} ping statistics ---\n`);
    ctx.stdio.out(`${count} packets transmitted, ${received} packets received, ${loss}% packet loss\n`);
    return received > 0 ? 0 : 1;
  },
};
