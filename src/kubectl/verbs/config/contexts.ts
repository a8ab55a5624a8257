import { fail, usageError } from '../../errors.ts';
import { align, TABLE_LAYOUT } from '../../printers/tabwriter.ts';
import { atOnce } from '../../run.ts';
import type { Verb } from '../../verb.ts';

export const currentContext: Verb = {
  name: 'current-context',
  short: 'Display the current-context',
  usage: 'kubectl config current-context',
  flags: [],
  run: atOnce((context) => {
    const { currentContext: name } = context.config.file;
    if (name === '') return fail(context, 'current-context is not set');
    context.stdio.out(`${name}\n`);
    return 0;
  }),
};

export const getContexts: Verb = {
  name: 'get-contexts',
  short: 'Describe one or many contexts',
  usage: 'kubectl config get-contexts [(-o|--output=)name)]',
  flags: [
    { name: 'no-headers', type: 'bool', usage: "When using the default output format, don't print headers" },
    { name: 'output', shorthand: 'o', type: 'string', usage: 'Output format. One of: (name)' },
  ],
  run: atOnce((context, args) => {
    const { file } = context.config;
    const output = args.string('output');
    if (output !== '' && output !== 'name')
      return fail(context, `output must be one of '' or 'name': ${output}`);
    const unknown = args.args.filter((name) => !file.contexts.has(name));
    const names = (args.args.length === 0 ? [...file.contexts.keys()] : args.args)
      .filter((name) => file.contexts.has(name))
      .sort();
    if (output === 'name') context.stdio.out(names.map((name) => `${name}\n`).join(''));
    else {
      const header = args.bool('no-headers') ? '' : 'CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE\n';
      const rows = names.map((name) => {
        const { cluster = '', user = '', namespace = '' } = file.contexts.get(name) ?? {};
        return `${name === file.currentContext ? '*' : ''}\t${name}\t${cluster}\t${user}\t${namespace}\n`;
      });
      context.stdio.out(align(header + rows.join(''), TABLE_LAYOUT));
    }
    return fail(context, ...unknown.map((name) => `context ${name} not found`));
  }),
};

export const setContext: Verb = {
  name: 'set-context',
  short: 'Set a context entry in kubeconfig',
  usage:
    'kubectl config set-context [NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]',
  examples: `  # Work in another namespace from now on
  kubectl config set-context --current --namespace=harbour

  # A context for somebody else
  kubectl config set-context jane --cluster=shipshape --user=jane`,
  flags: [
    { name: 'current', type: 'bool', usage: 'Modify the current context' },
    { name: 'cluster', type: 'string', usage: 'cluster for the context entry in kubeconfig' },
    { name: 'user', type: 'string', usage: 'user for the context entry in kubeconfig' },
    {
      name: 'namespace',
      shorthand: 'n',
      type: 'string',
      usage: 'namespace for the context entry in kubeconfig',
    },
  ],
  run: atOnce((context, args) => {
    const { file } = context.config;
    const [named, ...more] = args.args;
    if (more.length > 0 || (named !== undefined && args.bool('current')))
      return fail(
        context,
        usageError('kubectl config set-context', `Unexpected args: [${args.args.join(' ')}]`),
      );
    if (named === undefined && !args.bool('current'))
      return fail(context, 'you must specify a non-empty context name or --current');
    const name = named ?? file.currentContext;
    if (name === '') return fail(context, 'no current context is set');
    const before = file.contexts.get(name);
    const value = (flag: 'cluster' | 'user' | 'namespace'): string =>
      args.given(flag) ? args.string(flag) : (before?.[flag] ?? '');
    file.contexts.set(name, {
      cluster: value('cluster'),
      user: value('user'),
      namespace: value('namespace'),
    });
    context.stdio.out(`Context "${name}" ${before === undefined ? 'created' : 'modified'}.\n`);
    return 0;
  }),
};

export const useContext: Verb = {
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
    const { file } = context.config;
    if (!file.contexts.has(name)) return fail(context, `no context exists with the name: "${name}"`);
    file.currentContext = name;
    context.stdio.out(`Switched to context "${name}".\n`);
    return 0;
  }),
};

export const renameContext: Verb = {
  name: 'rename-context',
  short: 'Rename a context from the kubeconfig file',
  usage: 'kubectl config rename-context CONTEXT_NAME NEW_NAME',
  flags: [],
  run: atOnce((context, args) => {
    const [from, to, ...more] = args.args;
    if (from === undefined || to === undefined || more.length > 0)
      return fail(
        context,
        usageError('kubectl config rename-context', `Unexpected args: [${args.args.join(' ')}]`),
      );
    const { file } = context.config;
    const entry = file.contexts.get(from);
    if (entry === undefined)
      return fail(context, `cannot rename the context "${from}", it's not in ${file.path}`);
    if (file.contexts.has(to))
      return fail(
        context,
        `cannot rename the context "${from}", the context "${to}" already exists in ${file.path}`,
      );
    file.contexts.delete(from);
    file.contexts.set(to, entry);
    if (file.currentContext === from) file.currentContext = to;
    context.stdio.out(`Context "${from}" renamed to "${to}".\n`);
    return 0;
  }),
};
