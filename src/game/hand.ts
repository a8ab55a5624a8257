import type { JsonObject } from '../apimachinery/json.ts';
import type { Status } from '../apimachinery/status.ts';
import { Client } from '../client/client.ts';
import type { Transport } from '../client/transport.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { ADMIN } from '../cluster/identities.ts';
import type { FileSystem } from '../kubectl/context.ts';
import { KubeConfig } from '../kubectl/kubeconfig.ts';
import { kubectl } from '../kubectl/kubectl.ts';
import { Shell } from '../shell/shell.ts';
import { Process } from '../sim/process.ts';
import { Job } from '../sim/program.ts';
import { wordsOf } from './words.ts';

/** What came of one command. */
export interface HandOutcome {
  readonly output: string;
  readonly errors: string;
  /** Undefined while it runs. */
  readonly exitCode: number | undefined;
  /** The server's last refusal of a write. */
  readonly refusal: Status | undefined;
}

const READS: ReadonlySet<string> = new Set(['get', 'list', 'watch']);
const MAX_OUTPUT = 100_000;

/**
 * Somebody beside the player who uses kubectl: the level's timeline, the steps of a scenario. Each
 * command is a program of its own on the virtual clock.
 */
export class Hand {
  readonly #cluster: Cluster;
  readonly #process: Process;
  readonly #component: string;
  readonly #files: FileSystem;
  readonly #config: KubeConfig;
  #shell: Shell | undefined;

  constructor(cluster: Cluster, component: string, files: FileSystem) {
    this.#cluster = cluster;
    this.#process = new Process(cluster.sim, component);
    this.#component = component;
    this.#files = files;
    this.#config = new KubeConfig('kubernetes', cluster.server, ADMIN.name);
  }

  /** Applies objects as `kubectl apply -f -` does, in order. */
  apply(objects: readonly JsonObject[], done?: (outcome: HandOutcome) => void): () => HandOutcome {
    const text = objects.map((object) => JSON.stringify(object)).join('\n---\n');
    return this.#run(['apply', '-f', '-'], 'apply', text, done);
  }

  /** Runs a kubectl line, with or without `kubectl` in front. */
  kubectl(line: string, done?: (outcome: HandOutcome) => void): () => HandOutcome {
    const words = wordsOf(line);
    return this.#run(words[0] === 'kubectl' ? words.slice(1) : words, line, undefined, done);
  }

  /** Runs a line of the harbour office's shell. */
  shell(line: string): () => HandOutcome {
    this.#shell ??= new Shell({ cluster: this.#cluster, files: this.#files });
    let output = '';
    let errors = '';
    const stdio = {
      out: (text: string): void => {
        output = (output + text).slice(-MAX_OUTPUT);
      },
      err: (text: string): void => {
        errors = (errors + text).slice(-MAX_OUTPUT);
      },
    };
    const job = new Job(this.#process, this.#shell.run(line, stdio));
    return () => ({ output, errors, exitCode: job.exitCode, refusal: undefined });
  }

  #run(
    argv: readonly string[],
    line: string,
    stdin: string | undefined,
    done: ((outcome: HandOutcome) => void) | undefined,
  ): () => HandOutcome {
    let output = '';
    let errors = '';
    let refusal: Status | undefined;
    const inner = this.#cluster.transport();
    const transport: Transport = {
      send: (request) => {
        const response = inner.send(request);
        if (!response.ok && !READS.has(request.verb)) refusal = response.status;
        return response;
      },
    };
    const client = new Client(transport, { user: ADMIN, component: this.#component });
    client.setCause({ component: this.#component, trigger: 0, input: line });
    const program = kubectl(
      {
        client,
        stdio: {
          out: (text) => {
            output = (output + text).slice(-MAX_OUTPUT);
          },
          err: (text) => {
            errors = (errors + text).slice(-MAX_OUTPUT);
          },
        },
        files: this.#files,
        ...(stdin === undefined ? {} : { stdin }),
        now: () => this.#cluster.sim.now(),
        random: this.#process.random,
        config: this.#config.settings,
        interactive: false,
      },
      argv,
    );
    const outcome = (exitCode: number | undefined): HandOutcome => ({ output, errors, exitCode, refusal });
    const job: Job = new Job(this.#process, program, (changed) => {
      if (!changed.running) done?.(outcome(changed.exitCode));
    });
    return () => outcome(job.exitCode);
  }
}
