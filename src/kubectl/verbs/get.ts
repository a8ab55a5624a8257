import type { KubeObject } from '../../api/object.ts';
import { isNotFound, type Status } from '../../apimachinery/status.ts';
import type { KubectlContext } from '../context.ts';
import { fail, isFailed, printWarnings, usageError } from '../errors.ts';
import {
  ALL_NAMESPACES_FLAG,
  FIELD_SELECTOR_FLAG,
  FILENAME_FLAGS,
  namesFiles,
  PRINT_FLAGS,
  SELECTOR_FLAG,
} from '../flagsets.ts';
import { printerFor } from '../printers/output.ts';
import type { OutputPrinter } from '../printers/printer.ts';
import { sortBy } from '../printers/sort.ts';
import { forKind, type TableOptions, TablePrinter } from '../printers/table.ts';
import { rawGet } from '../rawpath.ts';
import { fetch, type ObjectInfo, type Resolved, resolve, selectionOf } from '../resources.ts';
import { withOwners } from '../serverside.ts';
import { subresourceFlag, throughSubresource } from '../subresources.ts';
import type { ParsedArgs, Verb } from '../verb.ts';
import { tableOptions } from './gettable.ts';
import { watchInfos } from './getwatch.ts';

/** `kubectl get` (pkg/cmd/get/get.go). */
export const get: Verb = {
  name: 'get',
  short: 'Display one or many resources',
  usage:
    'kubectl get [(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file|custom-columns|custom-columns-file|wide] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags]',
  examples: `  # List all pods in ps output format
  kubectl get pods

  # List all pods with more information, such as the node
  kubectl get pods -o wide

  # List deployments in JSON output format
  kubectl get deployments -o json

  # Show one field of one pod
  kubectl get pod web -o jsonpath='{.status.phase}'

  # List all replication controllers and services together
  kubectl get rc,services

  # Watch pods as they change
  kubectl get pods --watch`,
  flags: [
    ALL_NAMESPACES_FLAG,
    ...PRINT_FLAGS,
    ...FILENAME_FLAGS,
    SELECTOR_FLAG,
    FIELD_SELECTOR_FLAG,
    {
      name: 'chunk-size',
      type: 'int',
      default: 500,
      usage: 'Return large lists in chunks rather than all at once',
    },
    { name: 'ignore-not-found', type: 'bool', usage: 'Treat "resource not found" as a successful retrieval' },
    {
      name: 'label-columns',
      shorthand: 'L',
      type: 'strings',
      usage: 'Labels that are going to be presented as columns',
    },
    {
      name: 'no-headers',
      type: 'bool',
      usage: "When using the default or custom-column output format, don't print headers",
    },
    {
      name: 'output-watch-events',
      type: 'bool',
      usage: 'Output watch event objects when --watch or --watch-only is used',
    },
    { name: 'raw', type: 'string', usage: 'Raw URI to request from the server' },
    {
      name: 'server-print',
      type: 'bool',
      default: true,
      usage: 'If true, have the server return the appropriate table output',
    },
    {
      name: 'show-kind',
      type: 'bool',
      usage: 'If present, list the resource type for the requested object(s)',
    },
    { name: 'show-labels', type: 'bool', usage: 'When printing, show all labels as the last column' },
    {
      name: 'sort-by',
      type: 'string',
      usage: "Sort list types using this field specification, e.g. '{.metadata.name}'",
    },
    subresourceFlag('gets'),
    {
      name: 'watch',
      shorthand: 'w',
      type: 'bool',
      usage: 'After listing the requested object(s), watch for changes',
    },
    {
      name: 'watch-only',
      type: 'bool',
      usage: 'Watch for changes to the requested object(s), without listing first',
    },
  ],
  *run(context, args) {
    if (args.string('raw') !== '') return printRaw(context, args);
    if (args.args.length === 0 && !namesFiles(args)) return missingType(context);
    const printer = printerFor(context, args, args.bool('no-headers'));
    if (printer !== undefined && isFailed(printer)) return fail(context, printer.failure);
    const resolved = resolve(context, {
      ...selectionOf(context, args, ['filename', 'selector', 'field-selector', 'all-namespaces']),
      allowEmptySelector: true,
    });
    if (isFailed(resolved)) return fail(context, resolved.failure);
    const asked = new Set([...resolved.listed, ...resolved.infos.map(({ kind }) => kind)]);
    for (const { deprecation } of asked) if (deprecation !== undefined) printWarnings(context, [deprecation]);
    if (args.bool('watch') || args.bool('watch-only'))
      return yield* watchInfos(context, args, resolved, printer);
    return printResolved(context, args, resolved, printer);
  },
};

function printRaw(context: KubectlContext, args: ParsedArgs): number {
  const path = args.string('raw');
  if (args.args.length > 0 || namesFiles(args))
    return fail(context, usageError('kubectl get', 'arguments may not be passed when --raw is specified'));
  if (!path.startsWith('/')) return fail(context, `--raw must be a valid URL path: ${path}`);
  const answer = rawGet(context, path);
  if (isFailed(answer)) return fail(context, answer.failure);
  context.stdio.out(answer.text);
  return 0;
}

function missingType(context: KubectlContext): number {
  context.stdio.err(
    'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n',
  );
  return fail(
    context,
    usageError(
      'kubectl get',
      'Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).',
    ),
  );
}

function printResolved(
  context: KubectlContext,
  args: ParsedArgs,
  resolved: Resolved,
  printer: OutputPrinter | undefined,
): number {
  const found = fetch(context, resolved.infos);
  const fetched = throughSubresource(context, found.infos, args.string('subresource'));
  const errors = [...resolved.errors, ...found.errors, ...fetched.errors].filter(
    (error) => !(args.bool('ignore-not-found') && absent(error)),
  );
  let { infos } = fetched;
  if (args.bool('show-managed-fields')) infos = infos.map((info) => withOwners(context, info));
  if (args.string('sort-by') !== '') {
    const sorted = sortBy(infos, args.string('sort-by'));
    if (typeof sorted === 'string') return fail(context, ...errors, sorted);
    infos = sorted;
  }
  if (printer === undefined) {
    printTables(context, infos, tableOptions(args, resolved, infos));
    if (infos.length === 0 && errors.length === 0 && !args.bool('ignore-not-found'))
      printNothingFound(context, args, resolved);
    return fail(context, ...errors);
  }
  if (printer.wraps && infos.length === 0 && (errors.length > 0 || resolved.single))
    return fail(context, ...errors);
  const asList = printer.wraps && !(resolved.single && resolved.listed.length === 0 && infos.length === 1);
  const text = printer.print(infos, asList);
  if (typeof text !== 'string') return fail(context, ...errors, text.failure);
  context.stdio.out(text);
  return fail(context, ...errors);
}

function absent(error: Status | string): boolean {
  return typeof error !== 'string' && isNotFound(error);
}

/** Prints runs of objects of one kind as tables, with a blank line between kinds. */
function printTables(context: KubectlContext, infos: readonly ObjectInfo[], options: TableOptions): void {
  for (let i = 0; i < infos.length; ) {
    const kind = (infos[i] as ObjectInfo).kind;
    const objects: KubeObject[] = [];
    if (i > 0) context.stdio.out('\n');
    for (; i < infos.length && infos[i]?.kind === kind; i++) objects.push((infos[i] as ObjectInfo).object);
    context.stdio.out(new TablePrinter(kind, forKind(options, kind)).print(objects, context.now()));
  }
}

function printNothingFound(context: KubectlContext, args: ParsedArgs, resolved: Resolved): void {
  const namespaced = !args.bool('all-namespaces') && resolved.listed.every((kind) => kind.namespaced);
  const namespace = args.string('namespace') || context.config.namespace;
  context.stdio.err(namespaced ? `No resources found in ${namespace} namespace.\n` : 'No resources found\n');
}
