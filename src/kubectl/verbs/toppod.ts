import type { Pod } from '../../api/generated/types.ts';
import { pod as podKind } from '../../api/kinds/pod.ts';
import { type PodMetrics, podMetrics } from '../../api/metrics.ts';
import { nameOf, namespaceOf } from '../../api/object.ts';
import { formatDuration } from '../../apimachinery/duration.ts';
import { parseTime } from '../../apimachinery/time.ts';
import type { KubectlContext } from '../context.ts';
import { fail, usageError } from '../errors.ts';
import { ALL_NAMESPACES_FLAG, FIELD_SELECTOR_FLAG, namespaceFor, SELECTOR_FLAG } from '../flagsets.ts';
import { TABLE_LAYOUT, TabWriter } from '../printers/tabwriter.ts';
import { atOnce } from '../run.ts';
import type { ParsedArgs, Verb } from '../verb.ts';
import { type Amounts, amountsOf, cells, metricsTrouble, sorted, sortTrouble, TOP_FLAGS } from './toputil.ts';

/** How long after its creation a pod may be without metrics. */
const CREATION_DELAY_MS = 120_000;

/** `kubectl top pod` (pkg/cmd/top/top_pod.go). */
export const topPod: Verb = {
  name: 'pod',
  aliases: ['pods', 'po'],
  short: 'Display resource (CPU/memory) usage of pods',
  usage: 'kubectl top pod [NAME | -l label]',
  flags: [
    SELECTOR_FLAG,
    FIELD_SELECTOR_FLAG,
    ALL_NAMESPACES_FLAG,
    ...TOP_FLAGS,
    { name: 'containers', type: 'bool', usage: 'If present, print usage of containers within a pod.' },
    { name: 'sum', type: 'bool', usage: 'Print the sum of the resource usage' },
  ],
  run: atOnce((context, args) => {
    if (args.args.length > 1) return fail(context, usageError('kubectl top pod', 'pod [NAME | -l label]'));
    const [name] = args.args;
    const bad = sortTrouble(args.string('sort-by'));
    if (bad !== undefined) return fail(context, bad);
    const options = selectorsOf(args);
    if (name !== undefined && Object.keys(options).length > 0)
      return fail(context, 'only one of NAME or selector can be provided');
    const { client } = context;
    const everywhere = args.bool('all-namespaces');
    const namespace = namespaceFor(context, args);
    const within = everywhere ? options : { ...options, namespace };
    let items: readonly PodMetrics[];
    if (name === undefined) {
      const listed = client.list(podMetrics, within);
      if (!listed.ok) return fail(context, metricsTrouble(listed.status));
      items = listed.value.items;
    } else {
      const found = client.get(podMetrics, name, namespace);
      if (!found.ok) return fail(context, metricsTrouble(found.status));
      items = [found.value];
    }
    if (items.length > 0) {
      context.stdio.out(print(items, args));
      return 0;
    }
    const pods = client.list(podKind, within);
    if (!pods.ok) return fail(context, pods.status);
    if (pods.value.items.length > 0) return fail(context, noMetrics(context, pods.value.items));
    context.stdio.err(
      everywhere ? 'No resources found\n' : `No resources found in ${namespace} namespace.\n`,
    );
    return 0;
  }),
};

function selectorsOf(args: ParsedArgs): { readonly labelSelector?: string; readonly fieldSelector?: string } {
  const [labelSelector, fieldSelector] = [args.string('selector'), args.string('field-selector')];
  return {
    ...(labelSelector === '' ? {} : { labelSelector }),
    ...(fieldSelector === '' ? {} : { fieldSelector }),
  };
}

/** Why there are pods and no metrics: they are young, or one of them should have some by now. */
function noMetrics(context: KubectlContext, pods: readonly Pod[]): string {
  for (const pod of pods) {
    const age = context.now() - (parseTime(pod.metadata.creationTimestamp ?? '') ?? 0);
    if (age > CREATION_DELAY_MS)
      return `Metrics not available for pod ${namespaceOf(pod)}/${nameOf(pod)}, age: ${formatDuration(age)}`;
  }
  return 'metrics not available yet';
}

interface Row {
  readonly key: string;
  readonly amounts: Amounts;
  /** The columns before the amounts. */
  readonly names: readonly string[];
}

function print(items: readonly PodMetrics[], args: ParsedArgs): string {
  const [everywhere, containers] = [args.bool('all-namespaces'), args.bool('containers')];
  const sortBy = args.string('sort-by');
  const pods = items.map((item) => ({
    key: `${namespaceOf(item)}/${nameOf(item)}`,
    amounts: total(item.containers.map(({ usage }) => amountsOf(usage))),
    item,
  }));
  const rows = sorted(pods, sortBy).flatMap(({ key, amounts, item }): readonly Row[] => {
    const front = everywhere ? [namespaceOf(item)] : [];
    if (!containers) return [{ key, amounts, names: [...front, nameOf(item)] }];
    const inside = item.containers.map(({ name, usage }) => ({
      key: name,
      amounts: amountsOf(usage),
      names: [...front, nameOf(item), name],
    }));
    return sorted(inside, sortBy);
  });
  const table = new TabWriter(TABLE_LAYOUT);
  const line = (values: readonly string[]): void => table.write(`${values.join('\t')}\t\n`);
  const front = [...(everywhere ? ['NAMESPACE'] : []), ...(containers ? ['POD'] : [])];
  const bare = args.bool('no-headers');
  if (!bare) line([...front, 'NAME', 'CPU(cores)', 'MEMORY(bytes)']);
  for (const { names, amounts } of rows) line([...names, ...cells(amounts)]);
  if (args.bool('sum')) {
    // Without headers the sum stands where it would without further columns.
    const empty = bare ? [''] : [...front, ''].map(() => '');
    line([...empty, '________', '________']);
    line([...empty, ...cells(total(pods.map(({ amounts }) => amounts)))]);
  }
  return table.flush();
}

function total(all: readonly Amounts[]): Amounts {
  return all.reduce((sum, { cpu, memory }) => ({ cpu: sum.cpu + cpu, memory: sum.memory + memory }), {
    cpu: 0,
    memory: 0,
  });
}
