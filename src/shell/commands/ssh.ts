import type { Program } from '../../sim/program.ts';
import { type CommandContext, type ShellCommand, usageError } from '../command.ts';

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
    return 255;
  }
  const from = place.kind === 'machine' ? place.machine.host.name : cluster.fabric.outside.name;
  if (from !== machine.name && cluster.fabric.links.get(from, machine.name).cut) {
    stdio.err(`ssh: connect to host ${name} port 22: Connection timed out\n`);
    return 255;
  }
  const there = { kind: 'machine', machine } as const;
  if (command.length > 0) return yield* context.runAt(there, command, stdio);
  return yield* context.session(there, stdio);
}
