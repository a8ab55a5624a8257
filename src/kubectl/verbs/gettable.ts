import type { TableOptions } from '../printers/table.ts';
import type { ObjectInfo, Resolved } from '../resources.ts';
import type { ParsedArgs } from '../verb.ts';

/** How the tables of a call look. */
export function tableOptions(
  args: ParsedArgs,
  resolved: Resolved,
  infos: readonly ObjectInfo[],
): TableOptions {
  const kinds = new Set(resolved.listed.length > 0 ? resolved.listed : infos.map((info) => info.kind));
  return {
    wide: args.string('output') === 'wide',
    noHeaders: args.bool('no-headers'),
    showLabels: args.bool('show-labels'),
    labelColumns: args.strings('label-columns'),
    withNamespace: args.bool('all-namespaces'),
    withKind: args.bool('show-kind') || kinds.size > 1,
  };
}
