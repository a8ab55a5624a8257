import { humanDuration } from '../../apimachinery/duration.ts';
import type { Machine } from '../../cluster/machine.ts';
import { formatJournalEntry } from '../../kubelet/journal.ts';
import { type CommandContext, immediately, type ShellCommand, usageError } from '../command.ts';

const VERBS = ['start', 'stop', 'restart', 'status', 'is-active', 'kill'];
const UNITS = ['kubelet', 'containerd'];

/** systemd's services of a machine: the kubelet and containerd. */
export const systemctl: ShellCommand = {
  name: 'systemctl',
  summary: 'start, stop and look at kubelet and containerd',
  usage: 'systemctl start|stop|restart|status|is-active|kill kubelet|containerd',
  where: 'machine',
  run: (context, args) => immediately(() => run(context, args)),
  complete: (_, args) => (args.length <= 1 ? VERBS : UNITS),
};

function run(context: CommandContext, args: readonly string[]): number {
  const { place, stdio } = context;
  if (place.kind !== 'machine') return 1;
  const [verb = '', ...rest] = args;
  const units = rest.filter((word) => !word.startsWith('-')).map((word) => word.replace(/\.service$/, ''));
  const flag = rest.find((word) => word.startsWith('-') && word !== '--no-pager');
  if (flag !== undefined) return usageError(context, systemctl, `unrecognized option '${flag}'`);
  if (!VERBS.includes(verb)) return usageError(context, systemctl, `Unknown command verb '${verb}'.`);
  if (units.length === 0) return usageError(context, systemctl, 'which unit?');
  let code = 0;
  for (const unit of units) {
    if (!UNITS.includes(unit)) {
      stdio.err(`Unit ${unit}.service could not be found.\n`);
      code = 4;
    } else code = Math.max(code, act(context, place.machine, verb, unit));
  }
  return code;
}

function act(context: CommandContext, machine: Machine, verb: string, unit: string): number {
  const { stdio } = context;
  if (verb !== 'is-active' && verb !== 'status') context.changed();
  switch (verb) {
    case 'start':
      if (unit === 'kubelet') machine.kubelet.start();
      else machine.containerd.setRunning(true);
      return 0;
    case 'stop':
      if (unit === 'kubelet') machine.kubelet.stop();
      else machine.containerd.setRunning(false);
      return 0;
    case 'restart':
      if (unit === 'kubelet') machine.kubelet.restart();
      else machine.containerd.setRunning(true);
      return 0;
    case 'kill':
      if (unit === 'kubelet') machine.kubelet.kill();
      else machine.containerd.setRunning(false);
      return 0;
    case 'is-active': {
      const state = stateOf(machine, unit);
      stdio.out(`${state}\n`);
      return state === 'active' ? 0 : 3;
    }
    default:
      return status(context, machine, unit);
  }
}

function stateOf(machine: Machine, unit: string): string {
  if (unit === 'containerd') return machine.containerd.running ? 'active' : 'inactive';
  return machine.kubelet.state === 'paused' ? 'active' : machine.kubelet.state;
}

function status(context: CommandContext, machine: Machine, unit: string): number {
  const { stdio, cluster } = context;
  const state = stateOf(machine, unit);
  const dot = state === 'active' ? '●' : '○';
  const description =
    unit === 'kubelet' ? 'kubelet: The Kubernetes Node Agent' : 'containerd container runtime';
  const detail =
    state === 'active'
      ? 'active (running)'
      : state === 'activating'
        ? 'activating (auto-restart)'
        : 'inactive (dead)';
  const lines = [
    `${dot} ${unit}.service - ${description}`,
    `     Loaded: loaded (/usr/lib/systemd/system/${unit}.service; enabled)`,
  ];
  if (unit === 'kubelet') {
    const since = new Date(machine.kubelet.since).toISOString().replace('T', ' ').slice(0, 19);
    const ago = humanDuration(cluster.sim.now() - machine.kubelet.since);
    lines.push(`     Active: ${detail} since ${since} UTC; ${ago} ago`);
    if (state === 'active') lines.push(`   Main PID: ${machine.kubelet.pid} (kubelet)`);
    lines.push('');
    for (const entry of machine.journal.entries().slice(-10))
      lines.push(formatJournalEntry(entry, machine.kubelet.pid));
  } else lines.push(`     Active: ${detail}`);
  stdio.out(`${lines.join('\n')}\n`);
  return state === 'active' ? 0 : 3;
}
