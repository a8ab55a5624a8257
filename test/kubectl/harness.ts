import { kinds } from '../../src/api/kinds/registry.ts';
import type { KubeObject } from '../../src/api/object.ts';
import { ApiServer, type ApiServerOptions } from '../../src/apiserver/apiserver.ts';
import { Client } from '../../src/client/client.ts';
import { Etcd } from '../../src/etcd/etcd.ts';
import type { FileSystem, KubectlContext } from '../../src/kubectl/context.ts';
import { KubeConfig } from '../../src/kubectl/kubeconfig.ts';
import { kubectl } from '../../src/kubectl/kubectl.ts';
import { Process } from '../../src/sim/process.ts';
import { Job } from '../../src/sim/program.ts';
import { Simulation } from '../../src/sim/simulation.ts';

/** Files in memory. */
export class Files implements FileSystem {
  readonly texts = new Map<string, string>();

  read(path: string): string | undefined {
    return this.texts.get(path.replace(/^\.?\//, ''));
  }

  write(path: string, text: string): void {
    this.texts.set(path, text);
  }

  list(path: string): readonly string[] | undefined {
    const folder = path.replace(/^\.?\//, '').replace(/\/$/, '');
    const prefix = folder === '.' || folder === '' ? '' : `${folder}/`;
    const names = new Set<string>();
    for (const name of this.texts.keys()) {
      if (!name.startsWith(prefix)) continue;
      const rest = name.slice(prefix.length);
      const slash = rest.indexOf('/');
      names.add(slash < 0 ? rest : rest.slice(0, slash + 1));
    }
    return names.size === 0 && prefix !== '' ? undefined : [...names].sort();
  }

  remove(path: string): boolean {
    return this.texts.delete(path);
  }
}

/** What a command printed, and how it ended; undefined exit code: it still runs. */
export interface Outcome {
  readonly out: string;
  readonly err: string;
  readonly code: number | undefined;
}

/** A real API server on an empty store and a kubectl in front of it. No controllers run. */
export class Bench {
  readonly sim = new Simulation({ seed: 1 });
  readonly server: ApiServer;
  readonly client: Client;
  readonly files = new Files();
  readonly config = new KubeConfig('shipshape', 'https://192.168.0.10:6443', 'kubernetes-admin');
  stdin: string | undefined;
  /** True: nobody listens. */
  down = false;
  readonly #terminal: Process;

  constructor(options: Partial<ApiServerOptions> = {}) {
    const process = new Process(this.sim, 'kube-apiserver');
    const store = new Etcd(this.sim) as unknown as ApiServerOptions['store'];
    this.server = new ApiServer({ process, store, kinds, ...options });
    const transport = {
      send: (request: Parameters<ApiServer['handle']>[0]) =>
        this.down
          ? ({
              kind: 'error',
              ok: false,
              status: {
                kind: 'Status',
                apiVersion: 'v1',
                metadata: {},
                status: 'Failure',
                code: 0,
                reason: 'ConnectionRefused' as 'Timeout',
                message: 'connect: connection refused',
              },
            } as const)
          : this.server.handle(request),
    };
    this.client = new Client(transport, {
      user: { name: 'kubernetes-admin', groups: ['system:masters'] },
      component: 'kubectl',
    });
    this.#terminal = new Process(this.sim, 'terminal');
    this.sim.runUntil(this.sim.now() + 5_000);
  }

  /** Starts a command; words are split at spaces, single quotes keep them together. */
  start(line: string): { readonly job: Job; readonly outcome: () => Outcome } {
    let out = '';
    let err = '';
    const context: KubectlContext = {
      client: this.client,
      stdio: {
        out: (text) => {
          out += text;
        },
        err: (text) => {
          err += text;
        },
      },
      files: this.files,
      ...(this.stdin === undefined ? {} : { stdin: this.stdin }),
      now: () => this.sim.now(),
      random: this.sim.stream('kubectl'),
      config: this.config.settings,
      interactive: true,
    };
    const job = new Job(this.#terminal, kubectl(context, words(line)));
    return { job, outcome: () => ({ out, err, code: job.exitCode }) };
  }

  /** Runs a command to its end, for at most `seconds` of virtual time. */
  run(line: string, seconds = 0): Outcome {
    const { outcome } = this.start(line);
    this.pass(seconds);
    return outcome();
  }

  /** Lets virtual time pass. */
  pass(seconds: number): void {
    this.sim.runUntil(this.sim.now() + seconds * 1000);
  }

  /** Stores an object as a component would. */
  put(object: object): KubeObject {
    const { kind, apiVersion } = object as KubeObject;
    const definition = kinds.find((k) => k.kind === kind && apiVersion.endsWith(k.version));
    if (definition === undefined) throw new Error(`no kind ${kind}`);
    const result = this.client.create(definition, object as KubeObject);
    if (!result.ok) throw new Error(result.status.message);
    return result.value;
  }
}

/** Splits a command line; single quotes keep words together. */
export function words(line: string): string[] {
  return [...line.matchAll(/(?:[^\s']|'[^']*')+/g)].map((m) => m[0].replace(/'/g, ''));
}
