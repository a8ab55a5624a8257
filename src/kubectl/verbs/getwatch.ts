import type { KubeObject } from '../../api/object.ts';
import type { KubectlContext } from '../context.ts';
import { fail } from '../errors.ts';
import { namespaceFor } from '../flagsets.ts';
import type { OutputPrinter } from '../printers/printer.ts';
import { forKind, TablePrinter } from '../printers/table.ts';
import { fetch, type Info, infoOf, listOptionsOf, type Resolved, selectionOf } from '../resources.ts';
import type { Waiting } from '../run.ts';
import type { ParsedArgs } from '../verb.ts';
import { watchEvents } from '../watching.ts';
import { tableOptions } from './gettable.ts';

/** `kubectl get -w`: prints what is there, then each change, until the watch ends or Ctrl+C. */
export function* watchInfos(
  context: KubectlContext,
  args: ParsedArgs,
  resolved: Resolved,
  printer: OutputPrinter | undefined,
): Waiting<number> {
  if (resolved.errors.length > 0) return fail(context, ...resolved.errors);
  const kinds = new Set(
    resolved.listed.length > 0 ? resolved.listed : resolved.infos.map((info) => info.kind),
  );
  const named = resolved.listed.length === 0;
  const [kind] = kinds;
  if (kinds.size !== 1 || kind === undefined || (named && resolved.infos.length !== 1))
    return fail(context, 'you may only specify a single resource type');
  const selection = selectionOf(context, args, ['selector', 'field-selector', 'all-namespaces']);
  const only = named ? (resolved.infos[0] as Info) : undefined;
  const options = {
    ...listOptionsOf({ ...selection, namespace: only?.namespace ?? namespaceFor(context, args) }, kind),
    ...(only === undefined ? {} : { fieldSelector: `metadata.name=${only.name}` }),
  };
  const list = context.client.list<KubeObject>(kind, options);
  if (!list.ok) return fail(context, list.status);
  if (only !== undefined && !args.bool('watch-only')) {
    const { errors } = fetch(context, [{ ...only, source: '', object: undefined }]);
    if (errors.length > 0) return fail(context, ...errors);
  }
  const withEvent = args.bool('output-watch-events');
  const table = new TablePrinter(
    kind,
    { ...forKind(tableOptions(args, resolved, []), kind), withEvent },
    true,
  );
  const print = (objects: readonly KubeObject[], event: string): void => {
    if (objects.length === 0) return;
    if (printer === undefined) {
      context.stdio.out(table.print(objects, context.now(), event));
      return;
    }
    objects.forEach((object, i) => {
      const text = printer.print([infoOf(kind, object)], false);
      if (typeof text !== 'string') return;
      context.stdio.out(args.string('output') === 'yaml' && (printed || i > 0) ? `---\n${text}` : text);
      printed = true;
    });
  };
  let printed = false;
  if (!args.bool('watch-only')) print(list.value.items, 'ADDED');
  yield* watchEvents(
    context,
    kind,
    { ...options, resourceVersion: list.value.resourceVersion },
    undefined,
    (event) => {
      print([event.object], event.type);
      return undefined;
    },
  );
  return 0;
}
