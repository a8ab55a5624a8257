import type { KubeObject } from '../../api/object.ts';
import { toYaml } from '../../apimachinery/yaml.ts';
import { builtin } from '../discovery.ts';
import { fail, isFailed } from '../errors.ts';
import { PRINT_FLAGS } from '../flagsets.ts';
import { group } from '../group.ts';
import { printerFor } from '../printers/output.ts';
import { atOnce } from '../run.ts';
import type { Verb } from '../verb.ts';
import { currentContext, getContexts, renameContext, setContext, useContext } from './config/contexts.ts';
import { deleteEntry, listEntries, setCluster, setCredentials } from './config/entries.ts';
import { setProperty, unsetProperty } from './config/property.ts';

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
    const { config } = context;
    if (args.bool('minify') && !config.file.contexts.has(config.context))
      return fail(context, 'current-context must exist in order to minify');
    const value = config.file.toJson(args.bool('raw'), args.bool('minify') ? config : undefined);
    const printer = printerFor(context, args);
    if (printer !== undefined && isFailed(printer)) return fail(context, printer.failure);
    const object = value as unknown as KubeObject;
    const text = printer?.print([{ kind: builtin('configmaps'), object }], false) ?? toYaml(value);
    if (typeof text !== 'string') return fail(context, text.failure);
    context.stdio.out(text);
    return 0;
  }),
};

/** `kubectl config` (pkg/cmd/config). */
export const config: Verb = group({
  name: 'config',
  short: 'Modify kubeconfig files',
  usage: 'kubectl config SUBCOMMAND',
  examples: `  # Work in another namespace from now on
  kubectl config set-context --current --namespace=harbour`,
  subcommands: [
    currentContext,
    deleteEntry('cluster'),
    deleteEntry('context'),
    deleteEntry('user'),
    listEntries('clusters'),
    getContexts,
    listEntries('users'),
    renameContext,
    setProperty,
    setCluster,
    setContext,
    setCredentials,
    unsetProperty,
    useContext,
    view,
  ],
});
