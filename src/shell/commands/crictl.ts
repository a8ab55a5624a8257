import { humanDuration } from '../../apimachinery/duration.ts';
import type { Machine } from '../../cluster/machine.ts';
import type { CriContainer } from '../../kubelet/cri.ts';
import type { Program } from '../../sim/program.ts';
import { type CommandContext, type ShellCommand, usageError } from '../command.ts';
import { table } from '../table.ts';

const VERBS = ['ps', 'pods', 'images', 'logs', 'stop'];
const SHORT_ID = 13;
const MEGA = 1_000_000;

/** What the container runtime of a machine runs, whatever the API server believes. */
export const crictl: ShellCommand = {
  name: 'crictl',
  summary: 'ask the container runtime what really runs',
  usage: 'crictl ps [-a] | pods | images | logs CONTAINER | stop CONTAINER',
  where: 'machine',
  run: (context, args) => run(context, args),
  complete: ({ place }, args) => {
    if (args.length <= 1) return VERBS;
    if (place.kind !== 'machine' || (args[0] !== 'logs' && args[0] !== 'stop')) return [];
    return place.machine.runtime.listContainers().map((container) => container.id.slice(0, SHORT_ID));
  },
};

function* run(context: CommandContext, args: readonly string[]): Program {
  if (context.place.kind !== 'machine') return 1;
  const { machine } = context.place;
  const { stdio } = context;
  const [verb = '', ...rest] = args;
  if (!VERBS.includes(verb)) return usageError(context, crictl, `no help topic for '${verb}'`);
  if (!machine.runtime.status().runtimeReady) {
    stdio.err(
      'FATA[0000] validate service connection: connect: dial unix /run/containerd/containerd.sock: connect: connection refused\n',
    );
    return 1;
  }
  const flags = rest.filter((word) => word.startsWith('-'));
  const words = rest.filter((word) => !word.startsWith('-'));
  const unknown = flags.find((flag) => !(verb === 'ps' && (flag === '-a' || flag === '--all')));
  if (unknown !== undefined) return usageError(context, crictl, `flag provided but not defined: ${unknown}`);
  const now = context.cluster.sim.now();
  switch (verb) {
    case 'ps':
      stdio.out(containers(machine, flags.length > 0, now));
      return 0;
    case 'pods':
      stdio.out(pods(machine, now));
      return 0;
    case 'images':
      stdio.out(images(machine));
      return 0;
    default:
      return yield* withContainer(context, machine, verb, words);
  }
}

function* withContainer(
  context: CommandContext,
  machine: Machine,
  verb: string,
  words: readonly string[],
): Program {
  const [id] = words;
  if (id === undefined) return usageError(context, crictl, 'ID cannot be empty');
  const found = machine.runtime.listContainers().filter((container) => container.id.startsWith(id));
  const container = found[0];
  if (container === undefined || found.length > 1) {
    const why = found.length > 1 ? 'more than one container has an id that begins so' : 'not found';
    context.stdio.err(`FATA[0000] container "${id}": ${why}\n`);
    return 1;
  }
  if (verb === 'stop') {
    context.changed();
    let stopped = false;
    yield {
      type: 'signal',
      subscribe: (wake) => {
        machine.runtime.stopContainer(container.id, 0, () => {
          stopped = true;
          wake();
        });
        return () => {};
      },
      timeout: 60_000,
    };
    context.stdio.out(stopped ? `${id}\n` : '');
    return stopped ? 0 : 1;
  }
  const logs = machine.runtime.logs(container.id, { follow: false, timestamps: false });
  if (!logs.ok) {
    context.stdio.err(`FATA[0000] ${logs.error}\n`);
    return 1;
  }
  logs.value.onOutput(({ stream, text }) =>
    stream === 'stderr' ? context.stdio.err(text) : context.stdio.out(text),
  );
  return 0;
}

function containers(machine: Machine, all: boolean, now: number): string {
  const rows = machine.runtime
    .listContainers()
    .filter((container) => all || container.state === 'running')
    .reverse()
    .map((container) => {
      const sandbox = machine.runtime
        .listPodSandboxes()
        .find((candidate) => candidate.id === container.sandboxId);
      return [
        container.id.slice(0, SHORT_ID),
        shortImage(container),
        `${humanDuration(now - container.createdAt)} ago`,
        stateWord(container),
        container.config.name,
        String(container.config.attempt),
        container.sandboxId.slice(0, SHORT_ID),
        sandbox?.pod.name ?? '',
        sandbox?.pod.namespace ?? '',
      ];
    });
  return table(
    ['CONTAINER', 'IMAGE', 'CREATED', 'STATE', 'NAME', 'ATTEMPT', 'POD ID', 'POD', 'NAMESPACE'],
    rows,
  );
}

function shortImage(container: CriContainer): string {
  return container.config.image;
}

function stateWord(container: CriContainer): string {
  return container.state === 'running' ? 'Running' : container.state === 'exited' ? 'Exited' : 'Created';
}

function pods(machine: Machine, now: number): string {
  const rows = [...machine.runtime.listPodSandboxes()]
    .reverse()
    .map((sandbox) => [
      sandbox.id.slice(0, SHORT_ID),
      `${humanDuration(now - sandbox.createdAt)} ago`,
      sandbox.state === 'ready' ? 'Ready' : 'NotReady',
      sandbox.pod.name,
      sandbox.pod.namespace,
      String(sandbox.attempt),
    ]);
  return table(['POD ID', 'CREATED', 'STATE', 'NAME', 'NAMESPACE', 'ATTEMPT'], rows);
}

function images(machine: Machine): string {
  const rows = machine.runtime.listImages().flatMap((image) =>
    image.repoTags.map((reference) => {
      const colon = reference.lastIndexOf(':');
      const id = image.id.replace(/^sha256:/, '').slice(0, SHORT_ID);
      return [
        reference.slice(0, colon),
        reference.slice(colon + 1),
        id,
        `${(image.sizeBytes / MEGA).toFixed(1)}MB`,
      ];
    }),
  );
  return table(['IMAGE', 'TAG', 'IMAGE ID', 'SIZE'], rows);
}
