import { node as nodeKind } from '../../api/kinds/node.ts';
import { type NodeMetrics, nodeMetrics } from '../../api/metrics.ts';
import { nameOf } from '../../api/object.ts';
import { valueOf as bytesOf, milliOf } from '../../apimachinery/quantity.ts';
import { fail, usageError } from '../errors.ts';
import { SELECTOR_FLAG } from '../flagsets.ts';
import { TABLE_LAYOUT, TabWriter } from '../printers/tabwriter.ts';
import { atOnce } from '../run.ts';
import type { Verb } from '../verb.ts';
import { amountsOf, cells, metricsTrouble, sorted, sortTrouble, TOP_FLAGS } from './toputil.ts';

const COLUMNS = ['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)'];

/** `kubectl top node` (pkg/cmd/top/top_node.go). */
export const topNode: Verb = {
  name: 'node',
  aliases: ['nodes', 'no'],
  short: 'Display resource (CPU/memory) usage of nodes',
  usage: 'kubectl top node [NAME | -l label]',
  flags: [
    SELECTOR_FLAG,
    ...TOP_FLAGS,
    {
      name: 'show-capacity',
      type: 'bool',
      usage: 'Print node resources based on Capacity instead of Allocatable(default) of the nodes.',
    },
  ],
  run: atOnce((context, args) => {
    if (args.args.length > 1) return fail(context, usageError('kubectl top node', 'node [NAME | -l label]'));
    const [name] = args.args;
    const selector = args.string('selector');
    const bad = sortTrouble(args.string('sort-by'));
    if (bad !== undefined) return fail(context, bad);
    if (name !== undefined && selector !== '')
      return fail(context, 'only one of NAME or --selector can be provided');
    const { client } = context;
    const options = selector === '' ? {} : { labelSelector: selector };
    let items: readonly NodeMetrics[];
    if (name === undefined) {
      const listed = client.list(nodeMetrics, options);
      if (!listed.ok) return fail(context, metricsTrouble(listed.status));
      items = listed.value.items;
    } else {
      const found = client.get(nodeMetrics, name);
      if (!found.ok) return fail(context, metricsTrouble(found.status));
      items = [found.value];
    }
    if (items.length === 0) return fail(context, 'metrics not available yet');
    const nodes = client.list(nodeKind, options);
    if (!nodes.ok) return fail(context, nodes.status);
    const available = new Map(
      nodes.value.items
        .filter((node) => name === undefined || nameOf(node) === name)
        .map((node) => [
          nameOf(node),
          args.bool('show-capacity') ? node.status?.capacity : node.status?.allocatable,
        ]),
    );
    const table = new TabWriter(TABLE_LAYOUT);
    const line = (values: readonly string[]): void => table.write(`${values.join('\t')}\t\n`);
    if (!args.bool('no-headers')) line(COLUMNS);
    const rows = items.map((item) => ({ key: nameOf(item), amounts: amountsOf(item.usage) }));
    for (const { key, amounts } of sorted(rows, args.string('sort-by'))) {
      const all = available.get(key);
      const [cpu, memory] = cells(amounts);
      const shares = [
        percent(amounts.cpu, milliOf(all?.cpu)),
        percent(amounts.memory, bytesOf(all?.memory)),
      ] as const;
      line(all === undefined ? [key, cpu, memory] : [key, cpu, shares[0], memory, shares[1]]);
      available.delete(key);
    }
    // Nodes that could not be asked.
    for (const missing of available.keys()) line([missing, ...COLUMNS.slice(1).map(() => '<unknown>')]);
    context.stdio.out(table.flush());
    return 0;
  }),
};

function percent(used: number, all: number): string {
  return `${all === 0 ? 0 : Math.floor((used / all) * 100)}%`;
}
