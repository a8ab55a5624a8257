import type { Program } from '../../sim/program.ts';
import { type CommandContext, type ShellCommand, usageError } from '../command.ts';

/** ssh's exit code when it is not the command's. */
const UNREACHABLE = 255;

/** Goes aboard a machine, or runs one command there. */
export const ssh: ShellCommand = {
  name: 'ssh',
  summary: 'go aboard a node, or run one command there',
  usage: 'ssh NODE [COMMAND ...]',
  where: 'anywhere',
  run: (context, args) => run(context, args),
  complete: ({ cluster }, args) => (args.length <= 1 ? [...cluster.machines.keys()] : []),
};

function* run(context: CommandContext, args: readonly string[]): Program {
  const [target, ...command] = args;
  if (target === undefined) return usageError(context, ssh, 'which node?');
  const name = target.slice(target.indexOf('@') + 1);
  const { cluster, place, stdio } = context;
  const machine =
    cluster.machines.get(name) ??
    [...cluster.machines.values()].find((candidate) => candidate.host.ip === name);
  if (machine === undefined) {
    stdio.err(`ssh: Could not resolve hostname ${name}: Name or service not known\n`);
    return UNREACHABLE;
  }
  const from = place.kind === 'machine' ? place.machine.host.name : cluster.fabric.outside.name;
  if (!machine.powered) {
    stdio.err(`ssh: connect to host ${name} port 22: No route to host\n`);
    return UNREACHABLE;
  }
  const { links } = cluster.fabric;
  if (from !== machine.name && (links.get(from, machine.name).cut || links.get(machine.name, from).cut)) {
    stdio.err(`ssh: connect to host ${name} port 22: Connection timed out\n`);
    return UNREACHABLE;
  }
  const there = { kind: 'machine', machine } as const;
  const { boots } = machine;
  const code = yield* command.length > 0
    ? context.runAt(there, command, stdio)
    : context.session(there, stdio);
  if (machine.powered && machine.boots === boots) return code;
  stdio.err(`Connection to ${name} closed by remote host.\n`);
  return UNREACHABLE;
}
