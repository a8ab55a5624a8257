import type { KubectlContext } from '../../kubectl/context.ts';
import { completions, kubectl } from '../../kubectl/kubectl.ts';
import type { Program } from '../../sim/program.ts';
import type { CommandContext, Place, ShellCommand } from '../command.ts';

/** kubectl, wherever there is a kubeconfig: in the harbour office and on the control plane. */
export const kubectlCommand: ShellCommand = {
  name: 'kubectl',
  aliases: ['k'],
  summary: 'talk to the API server',
  usage: 'kubectl VERB ... (see kubectl --help)',
  where: 'anywhere',
  run: (context, args) => run(context, args),
  complete: (context, args) => completions(contextFor(context, { out: () => {}, err: () => {} }), args),
};

function* run(context: CommandContext, args: readonly string[]): Program {
  if (!hasKubeconfig(context.place)) {
    context.stdio.err(
      'The connection to the server localhost:8080 was refused - did you specify the right host or port?\n',
    );
    return 1;
  }
  return yield* kubectl(contextFor(context, context.stdio, { ...context, args }), args);
}

function hasKubeconfig(place: Place): boolean {
  return place.kind === 'harbour' || place.machine.controlPlane;
}

function contextFor(
  context: Pick<CommandContext, 'cluster' | 'place' | 'config' | 'files'>,
  stdio: KubectlContext['stdio'],
  running?: CommandContext & { readonly args: readonly string[] },
): KubectlContext {
  const { cluster, place } = context;
  const client = cluster.client('kubectl', place.kind === 'machine' ? place.machine.name : undefined);
  if (running !== undefined)
    client.setCause({ component: 'kubectl', trigger: 0, input: asTyped(running.args) });
  return {
    client,
    stdio,
    files: context.files,
    ...(running?.stdin === undefined ? {} : { stdin: running.stdin }),
    now: () => cluster.sim.now(),
    random: running?.random ?? cluster.sim.stream('completion'),
    config: context.config.settings,
    interactive: running?.interactive ?? false,
    network: place.kind === 'machine' ? place.machine.host.namespace : cluster.fabric.outside.namespace,
  };
}

const MAX_RECORDED = 200;

/** The command for the records. */
function asTyped(args: readonly string[]): string {
  const line = ['kubectl', ...args].join(' ');
  return line.length <= MAX_RECORDED ? line : `${line.slice(0, MAX_RECORDED - 3)}...`;
}
