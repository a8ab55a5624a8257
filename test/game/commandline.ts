import { Client } from '../../src/client/client.ts';
import { ADMIN } from '../../src/cluster/identities.ts';
import type { CommandLine, CommandLineOptions } from '../../src/game/commandline.ts';
import { wordsOf } from '../../src/game/words.ts';
import { KubeConfig } from '../../src/kubectl/kubeconfig.ts';
import { kubectl } from '../../src/kubectl/kubectl.ts';
import type { Program, Stdio } from '../../src/sim/program.ts';

/** A command line with kubectl, `ask` (reads a line and repeats it), `sleep` and `echo`: enough for the game's tests. */
export class SmallCommandLine implements CommandLine {
  readonly #options: CommandLineOptions;

  constructor(options: CommandLineOptions) {
    this.#options = options;
  }

  prompt(): string {
    return '$ ';
  }

  complete(line: string): { start: number; candidates: readonly string[] } {
    return { start: 0, candidates: ['kubectl', 'ask'].filter((name) => name.startsWith(line)) };
  }

  *run(line: string, stdio: Stdio): Program {
    const [name = '', ...argv] = wordsOf(line);
    const refusal = this.#options.refuses?.(name, argv);
    if (refusal !== undefined) {
      stdio.err(`${refusal}\n`);
      return 126;
    }
    if (name === 'kubectl') return yield* this.#kubectl(line, argv, stdio);
    if (name === 'sleep') {
      yield { type: 'sleep', ms: Number(argv[0]) * 1000 };
      return 0;
    }
    if (name === 'ask') {
      const answer = yield { type: 'line', prompt: 'name? ' };
      stdio.out(`hello ${answer.type === 'line' ? (answer.line ?? 'nobody') : ''}\n`);
      return 0;
    }
    stdio.out(`${argv.join(' ')}\n`);
    return 0;
  }

  #kubectl(line: string, argv: readonly string[], stdio: Stdio): Program {
    const { cluster, files } = this.#options;
    const client = new Client(cluster.transport(), { user: ADMIN, component: 'kubectl' });
    client.setCause({ component: 'kubectl', trigger: 0, input: line });
    return kubectl(
      {
        client,
        stdio,
        files,
        now: () => cluster.sim.now(),
        random: cluster.sim.stream('kubectl'),
        config: new KubeConfig('c', 'https://c:6443', ADMIN.name).settings,
        interactive: true,
      },
      argv,
    );
  }
}

export function newCommandLine(options: CommandLineOptions): CommandLine {
  return new SmallCommandLine(options);
}
