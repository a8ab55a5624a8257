import type { Pod } from '../../api/generated/types.ts';
import { apiVersionOf, type KindDefinition } from '../../api/kind.ts';
import { type KubeObject, nameOf, namespaceOf } from '../../api/object.ts';
import type { Json } from '../../apimachinery/json.ts';
import { toYaml } from '../../apimachinery/yaml.ts';
import type { KubectlContext } from '../context.ts';
import { builtin } from '../discovery.ts';
import { type Failure, fail, failure, isFailed } from '../errors.ts';
import { ALL_NAMESPACES_FLAG, POD_RUNNING_TIMEOUT_FLAG } from '../flagsets.ts';
import { asJson, printJson, withoutManagedFields } from '../printers/value.ts';
import { atOnce } from '../run.ts';
import { openStream } from '../streams.ts';
import type { ParsedArgs, Verb } from '../verb.ts';

/** What is dumped of each namespace, and the files it goes to. */
const DUMPED: readonly (readonly [plural: string, file: string])[] = [
  ['events', 'events'],
  ['replicationcontrollers', 'replication-controllers'],
  ['services', 'services'],
  ['daemonsets', 'daemonsets'],
  ['deployments', 'deployments'],
  ['replicasets', 'replicasets'],
  ['pods', 'pods'],
];

/** `kubectl cluster-info dump` (pkg/cmd/clusterinfo/clusterinfo_dump.go). */
export const clusterInfoDump: Verb = {
  name: 'dump',
  short: 'Dump relevant information for debugging and diagnosis',
  usage: 'kubectl cluster-info dump [flags]',
  examples: `  # Dump current cluster state to stdout
  kubectl cluster-info dump

  # Dump a set of namespaces to a folder
  kubectl cluster-info dump --namespaces default,kube-system --output-directory=cluster-state`,
  flags: [
    ALL_NAMESPACES_FLAG,
    { name: 'namespaces', type: 'strings', usage: 'A comma separated list of namespaces to dump.' },
    {
      name: 'output',
      shorthand: 'o',
      type: 'string',
      default: 'json',
      usage: 'Output format. One of: (json, yaml)',
    },
    {
      name: 'output-directory',
      type: 'string',
      usage:
        "Where to output the files.  If empty or '-' uses stdout, otherwise creates a directory hierarchy in that directory",
    },
    POD_RUNNING_TIMEOUT_FLAG,
  ],
  run: atOnce((context, args) => {
    const output = args.string('output');
    if (output !== 'json' && output !== 'yaml')
      return fail(
        context,
        `unable to match a printer suitable for the output format "${output}", allowed formats are: json,yaml`,
      );
    const dump = new Dump(context, args);
    const problem = dump.run();
    if (problem !== undefined) return fail(context, problem.failure);
    if (dump.directory !== undefined) context.stdio.out(`Cluster info dumped to ${dump.directory}\n`);
    return 0;
  }),
};

/** One dump: lists and logs, to standard output or into files. */
class Dump {
  readonly #context: KubectlContext;
  readonly #args: ParsedArgs;
  /** Undefined: everything is printed. */
  readonly directory: string | undefined;

  constructor(context: KubectlContext, args: ParsedArgs) {
    this.#context = context;
    this.#args = args;
    const directory = args.string('output-directory');
    this.directory = directory === '' || directory === '-' ? undefined : directory.replace(/\/$/, '');
  }

  run(): Failure | undefined {
    const nodes = this.#list(builtin('nodes'), undefined, 'nodes');
    if (isFailed(nodes)) return nodes;
    const namespaces = this.#namespaces();
    if (isFailed(namespaces)) return namespaces;
    for (const namespace of namespaces) {
      for (const [plural, file] of DUMPED) {
        const listed = this.#list(builtin(plural), namespace, `${namespace}/${file}`);
        if (isFailed(listed)) return listed;
      }
      const pods = this.#context.client.list<Pod>(builtin('pods') as KindDefinition<Pod>, { namespace });
      if (!pods.ok) return failure(pods.status);
      for (const pod of pods.value.items) this.#logs(pod);
    }
    return undefined;
  }

  #namespaces(): readonly string[] | Failure {
    if (this.#args.bool('all-namespaces')) {
      const all = this.#context.client.list<KubeObject>(builtin('namespaces'), {});
      return all.ok ? all.value.items.map(nameOf) : failure(all.status);
    }
    const named = this.#args.strings('namespaces');
    return named.length > 0 ? named : ['kube-system', this.#context.config.namespace];
  }

  #list(kind: KindDefinition, namespace: string | undefined, file: string): Failure | readonly KubeObject[] {
    const list = this.#context.client.list<KubeObject>(kind, namespace === undefined ? {} : { namespace });
    if (!list.ok) return failure(list.status);
    const { items, resourceVersion } = list.value;
    const value: Json = {
      kind: `${kind.kind}List`,
      apiVersion: apiVersionOf(kind),
      metadata: { resourceVersion },
      items: items.map((item) => asJson(withoutManagedFields(item))),
    };
    const output = this.#args.string('output');
    this.#write(`${file}.${output}`, output === 'json' ? `${printJson(value)}\n` : toYaml(value));
    return items;
  }

  #logs(pod: Pod): void {
    const [namespace, name] = [namespaceOf(pod), nameOf(pod)];
    for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
      const opened = openStream(this.#context, pod, 'log', { container: container.name });
      let text = '';
      if (isFailed(opened)) {
        const { failure: refusal } = opened;
        text = `Request log error: ${typeof refusal === 'string' ? refusal : (refusal.message ?? '')}\n`;
      } else
        opened.stream.onOutput((chunk) => {
          text += chunk.text;
        });
      this.#write(
        `${namespace}/${name}/logs.txt`,
        `==== START logs for container ${container.name} of pod ${namespace}/${name} ====\n${text}==== END logs for container ${container.name} of pod ${namespace}/${name} ====\n`,
      );
    }
  }

  #write(file: string, text: string): void {
    if (this.directory === undefined) {
      this.#context.stdio.out(text);
      return;
    }
    const path = `${this.directory}/${file}`;
    const before = file.endsWith('logs.txt') ? (this.#context.files.read(path) ?? '') : '';
    this.#context.files.write(path, before + text);
  }
}
