import type { Program } from '../../sim/program.ts';
import { exchange } from './exchange.ts';
import { readAll, type Tool } from './tool.ts';

const PORT = 23;
const TIMEOUT_MS = 130_000;

/** Tries whether somebody listens, sends what it is given, and prints the answer. */
export const telnet: Tool = {
  name: 'telnet',
  *run(ctx, args): Program {
    const [host, portText] = args;
    const port = portText === undefined ? PORT : Number(portText);
    if (host === undefined || !Number.isInteger(port) || port < 1 || port > 65_535) {
      ctx.stdio.err('Usage: telnet HOST [PORT]\n');
      return 1;
    }
    const tried = yield* exchange(ctx, { host, port }, { timeoutMs: TIMEOUT_MS });
    const says = FAILURES[tried.outcome];
    if (says !== undefined) {
      const bad = tried.outcome === 'nameNotFound' || tried.outcome === 'dnsTimeout';
      ctx.stdio.err(
        bad
          ? `telnet: bad address '${host}'\n`
          : `telnet: can't connect to remote host (${tried.remote?.ip ?? host}): ${says}\n`,
      );
      return 1;
    }
    ctx.stdio.out(`Connected to ${host}\n`);
    const body = yield* readAll(ctx.input);
    const target = { host, port, message: { protocol: 'tcp' as const, body } };
    const made = body === '' ? undefined : yield* exchange(ctx, target, { timeoutMs: TIMEOUT_MS });
    if (made?.reply?.type === 'raw') ctx.stdio.out(made.reply.body);
    ctx.stdio.out('Connection closed by foreign host\n');
    return 1;
  },
};

const FAILURES: Readonly<Record<string, string>> = {
  nameNotFound: 'bad address',
  dnsTimeout: 'bad address',
  refused: 'Connection refused',
  unreachable: 'No route to host',
  timeout: 'Connection timed out',
};
