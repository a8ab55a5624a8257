import type { KubeObject } from '../../api/object.ts';
import { toYaml } from '../../apimachinery/yaml.ts';
import type { KubectlContext } from '../context.ts';
import { builtin } from '../discovery.ts';
import { fail, isFailed, usageError } from '../errors.ts';
import { PRINT_FLAGS } from '../flagsets.ts';
import { group } from '../group.ts';
import { printerFor } from '../printers/output.ts';
import { align, TABLE_LAYOUT } from '../printers/tabwriter.ts';
import { atOnce } from '../run.ts';
import type { Verb } from '../verb.ts';

const view: Verb = {
  name: 'view',
  short: 'Display merged kubeconfig settings or a specified kubeconfig file',
  usage: 'kubectl config view [flags]',
  flags: [
    {
      name: 'flatten',
      type: 'bool',
      usage: 'Flatten the resulting kubeconfig file into self-contained output',
    },
    {
      name: 'minify',
      type: 'bool',
      usage: 'Remove all information not used by current-context from the output',
    },
    ...PRINT_FLAGS.map((flag) => (flag.name === 'output' ? { ...flag, default: 'yaml' } : flag)),
    { name: 'raw', type: 'bool', usage: 'Display raw byte data and sensitive data' },
  ],
  run: atOnce((context, args) => {
    const { cluster, server, user, namespace, context: name } = context.config;
    const value = {
      apiVersion: 'v1',
      clusters: [{ cluster: { 'certificate-authority-data': 'DATA+OMITTED', server }, name: cluster }],
      contexts: [{ context: { cluster, ...(namespace === 'default' ? {} : { namespace }), user }, name }],
      'current-context': name,
      kind: 'Config',
      users: [
        {
          name: user,
          user: { 'client-certificate-data': 'DATA+OMITTED', 'client-key-data': 'DATA+OMITTED' },
        },
      ],
    };
    const printer = printerFor(context, args);
    if (printer !== undefined && isFailed(printer)) return fail(context, printer.failure);
    const object = value as unknown as KubeObject;
    const text = printer?.print([{ kind: builtin('configmaps'), object }], false) ?? toYaml(value);
    if (typeof text !== 'string') return fail(context, text.failure);
    context.stdio.out(text);
    return 0;
  }),
};

const currentContext: Verb = {
  name: 'current-context',
  short: 'Display the current-context',
  usage: 'kubectl config current-context',
  flags: [],
  run: atOnce((context) => {
    context.stdio.out(`${context.config.context}\n`);
    return 0;
  }),
};

const getContexts: Verb = {
  name: 'get-contexts',
  short: 'Describe one or many contexts',
  usage: 'kubectl config get-contexts [(-o|--output=)name)]',
  flags: [
    { name: 'no-headers', type: 'bool', usage: "When using the default output format, don't print headers" },
    { name: 'output', shorthand: 'o', type: 'string', usage: 'Output format. One of: (name)' },
  ],
  run: atOnce((context, args) => {
    const { config } = context;
    const unknown = args.args.find((name) => name !== config.context);
    if (unknown !== undefined) return fail(context, `context ${unknown} not found`);
    const output = args.string('output');
    if (output !== '' && output !== 'name')
      return fail(context, `output must be one of '' or 'name': ${output}`);
    if (output === 'name') {
      context.stdio.out(`${config.context}\n`);
      return 0;
    }
    const namespace = config.namespace === 'default' ? '' : config.namespace;
    const header = args.bool('no-headers') ? '' : 'CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE\n';
    context.stdio.out(
      align(`${header}*\t${config.context}\t${config.cluster}\t${config.user}\t${namespace}\n`, TABLE_LAYOUT),
    );
    return 0;
  }),
};

const setContext: Verb = {
  name: 'set-context',
  short: 'Set a context entry in kubeconfig',
  usage: 'kubectl config set-context [NAME | --current] [--namespace=namespace]',
  flags: [{ name: 'current', type: 'bool', usage: 'Modify the current context' }],
  run: atOnce((context, args) => {
    const { config } = context;
    const [name, ...more] = args.args;
    if (more.length > 0 || (name !== undefined && args.bool('current')))
      return fail(
        context,
        usageError('kubectl config set-context', `Unexpected args: [${args.args.join(' ')}]`),
      );
    if (name === undefined && !args.bool('current'))
      return fail(context, 'you must specify a non-empty context name or --current');
    if (name !== undefined && name !== config.context)
      return fail(context, `this cluster has one context, "${config.context}"; others cannot be made here`);
    if (args.given('namespace'))
      config.namespace = args.string('namespace') === '' ? 'default' : args.string('namespace');
    context.stdio.out(`Context "${config.context}" modified.\n`);
    return 0;
  }),
};

const useContext: Verb = {
  name: 'use-context',
  aliases: ['use'],
  short: 'Set the current-context in a kubeconfig file',
  usage: 'kubectl config use-context CONTEXT_NAME',
  flags: [],
  run: atOnce((context, args) => {
    const [name, ...more] = args.args;
    if (name === undefined || more.length > 0)
      return fail(
        context,
        usageError('kubectl config use-context', `Unexpected args: [${args.args.join(' ')}]`),
      );
    if (name !== context.config.context) return fail(context, `no context exists with the name: "${name}"`);
    context.stdio.out(`Switched to context "${name}".\n`);
    return 0;
  }),
};

function listOf(name: string, short: string, of: (config: KubectlContext['config']) => string): Verb {
  return {
    name,
    short,
    usage: `kubectl config ${name}`,
    flags: [],
    run: atOnce((context) => {
      context.stdio.out(`NAME\n${of(context.config)}\n`);
      return 0;
    }),
  };
}

/** `kubectl config` (pkg/cmd/config). */
export const config: Verb = group({
  name: 'config',
  absent: new Set([
    'delete-cluster',
    'delete-context',
    'delete-user',
    'rename-context',
    'set',
    'set-cluster',
    'set-credentials',
    'unset',
  ]),
  short: 'Modify kubeconfig files',
  usage: 'kubectl config SUBCOMMAND',
  examples: `  # Work in another namespace from now on
  kubectl config set-context --current --namespace=harbour`,
  subcommands: [
    currentContext,
    listOf('get-clusters', 'Display clusters defined in the kubeconfig', (c) => c.cluster),
    getContexts,
    listOf('get-users', 'Display users defined in the kubeconfig', (c) => c.user),
    setContext,
    useContext,
    view,
  ],
});
