import { apiVersionOf, type KindDefinition } from '../../api/kind.ts';
import { allKinds, kindsOf } from '../discovery.ts';
import { fail } from '../errors.ts';
import { align, TABLE_LAYOUT } from '../printers/tabwriter.ts';
import { atOnce } from '../run.ts';
import type { ParsedArgs, Verb } from '../verb.ts';

const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** `kubectl api-resources` (pkg/cmd/apiresources). */
export const apiResources: Verb = {
  name: 'api-resources',
  short: 'Print the supported API resources on the server',
  usage: 'kubectl api-resources [flags]',
  examples: `  # The supported API resources, with their verbs
  kubectl api-resources -o wide

  # Those that live in a namespace
  kubectl api-resources --namespaced=true`,
  flags: [
    { name: 'api-group', type: 'string', usage: 'Limit to resources in the specified API group' },
    { name: 'cached', type: 'bool', usage: 'Use the cached list of resources if available' },
    {
      name: 'categories',
      type: 'strings',
      usage: 'Limit to resources that belong to the specified categories',
    },
    {
      name: 'namespaced',
      type: 'bool',
      default: true,
      usage:
        'If false, non-namespaced resources will be returned, otherwise returning namespaced resources by default',
    },
    {
      name: 'no-headers',
      type: 'bool',
      usage: "When using the default or custom-column output format, don't print headers",
    },
    { name: 'output', shorthand: 'o', type: 'string', usage: 'Output format. One of: (wide, name)' },
    {
      name: 'sort-by',
      type: 'string',
      usage: 'If non-empty, sort list of resources using specified field, one of (name, kind)',
    },
    { name: 'verbs', type: 'strings', usage: 'Limit to resources that support the specified verbs' },
  ],
  run: atOnce((context, args) => {
    const output = args.string('output');
    if (!['', 'wide', 'name'].includes(output)) return fail(context, `--output ${output} is not available`);
    const sort = args.string('sort-by');
    if (!['', 'name', 'kind'].includes(sort)) return fail(context, '--sort-by accepts only name or kind');
    const kinds = allKinds(context).filter((kind) => isWanted(kind, args));
    const sorted =
      sort === ''
        ? kinds
        : kinds.toSorted((a, b) =>
            compare(sort === 'kind' ? a.kind : a.plural, sort === 'kind' ? b.kind : b.plural),
          );
    if (output === 'name') {
      for (const kind of sorted)
        context.stdio.out(`${kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`}\n`);
      return 0;
    }
    const wide = output === 'wide';
    const rows = sorted.map((kind) => {
      const cells = [
        kind.plural,
        kind.shortNames.join(','),
        apiVersionOf(kind),
        String(kind.namespaced),
        kind.kind,
      ];
      if (wide) cells.push(verbsOf(kind).join(','), (kind.categories ?? []).join(','));
      return `${cells.join('\t')}\n`;
    });
    const header = `NAME\tSHORTNAMES\tAPIVERSION\tNAMESPACED\tKIND${wide ? '\tVERBS\tCATEGORIES' : ''}\n`;
    context.stdio.out(align((args.bool('no-headers') ? '' : header) + rows.join(''), TABLE_LAYOUT));
    return 0;
  }),
};

/** `kubectl api-versions`. */
export const apiVersions: Verb = {
  name: 'api-versions',
  short: 'Print the supported API versions on the server, in the form of "group/version"',
  usage: 'kubectl api-versions',
  flags: [],
  run: atOnce((context) => {
    for (const version of [...new Set(kindsOf(context).list.map(apiVersionOf))].sort())
      context.stdio.out(`${version}\n`);
    return 0;
  }),
};

function verbsOf(kind: KindDefinition): readonly string[] {
  return kind.verbs ?? ALL_VERBS;
}

function isWanted(kind: KindDefinition, args: ParsedArgs): boolean {
  if (args.given('namespaced') && kind.namespaced !== args.bool('namespaced')) return false;
  if (args.given('api-group') && kind.group !== args.string('api-group')) return false;
  if (args.strings('categories').some((category) => kind.categories?.includes(category) !== true))
    return false;
  return args.strings('verbs').every((verb) => verbsOf(kind).includes(verb));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
