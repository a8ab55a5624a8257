import { humanDuration } from '../../apimachinery/duration.ts';
import type { Machine } from '../../cluster/machine.ts';
import type { Unit } from '../../cluster/unit.ts';
import { type CommandContext, immediately, type ShellCommand, usageError } from '../command.ts';
import { journalLine } from '../journalline.ts';

const ACTIONS: Readonly<Record<string, (unit: Unit) => void>> = {
  start: (unit) => unit.start(),
  stop: (unit) => unit.stop(),
  restart: (unit) => unit.restart(),
  kill: (unit) => unit.kill(),
};
const VERBS = [...Object.keys(ACTIONS), 'status', 'is-active', 'daemon-reload'];
const UNITS = ['kubelet', 'containerd'];
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  kubelet: 'kubelet: The Kubernetes Node Agent',
  containerd: 'containerd container runtime',
};
const STATES = {
  active: 'active (running)',
  paused: 'active (running)',
  activating: 'activating (auto-restart)',
  inactive: 'inactive (dead)',
} as const;
/** How many lines of the journal `status` shows. */
const STATUS_LINES = 10;

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
  const names = rest.filter((word) => !word.startsWith('-')).map((word) => word.replace(/\.service$/, ''));
  const flag = rest.find((word) => word.startsWith('-') && word !== '--no-pager');
  if (flag !== undefined) return usageError(context, systemctl, `unrecognized option '${flag}'`);
  if (!VERBS.includes(verb)) return usageError(context, systemctl, `Unknown command verb '${verb}'.`);
  // Units are read from memory: there is nothing to load anew.
  if (verb === 'daemon-reload') return 0;
  if (names.length === 0) return usageError(context, systemctl, 'which unit?');
  let code = 0;
  for (const name of names) {
    const unit = place.machine.units.get(name);
    if (unit === undefined) {
      stdio.err(`Unit ${name}.service could not be found.\n`);
      code = 4;
    } else code = Math.max(code, act(context, place.machine, verb, unit));
  }
  return code;
}

function act(context: CommandContext, machine: Machine, verb: string, unit: Unit): number {
  const action = ACTIONS[verb];
  if (action !== undefined) {
    context.changed();
    action(unit);
    return 0;
  }
  const active = unit.state === 'active' || unit.state === 'paused';
  if (verb === 'is-active') context.stdio.out(`${active ? 'active' : unit.state}\n`);
  else status(context, machine, unit, active);
  return active ? 0 : 3;
}

function status(context: CommandContext, machine: Machine, unit: Unit, active: boolean): void {
  const { name } = unit;
  const since = new Date(unit.since).toISOString().replace('T', ' ').slice(0, 19);
  const ago = humanDuration(context.cluster.sim.now() - unit.since);
  const lines = [
    `${active ? '●' : '○'} ${name}.service - ${DESCRIPTIONS[name] ?? name}`,
    `     Loaded: loaded (/usr/lib/systemd/system/${name}.service; enabled; preset: enabled)`,
    ...(name === 'kubelet'
      ? ['    Drop-In: /usr/lib/systemd/system/kubelet.service.d', '             └─10-kubeadm.conf']
      : []),
    `     Active: ${STATES[unit.state]} since ${since} UTC; ${ago} ago`,
    ...(active ? [`   Main PID: ${unit.pid} (${name})`] : []),
  ];
  if (name === 'kubelet') {
    lines.push('');
    for (const entry of machine.journal.entries().slice(-STATUS_LINES))
      lines.push(journalLine(machine, entry));
  }
  context.stdio.out(`${lines.join('\n')}\n`);
}
