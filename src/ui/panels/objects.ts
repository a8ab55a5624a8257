import type { KindDefinition } from '../../api/kind.ts';
import { kinds } from '../../api/kinds/registry.ts';
import { type KubeObject, nameOf, namespaceOf } from '../../api/object.ts';
import { type Draw, line, middle, scrollTo } from '../draw.ts';
import type { ClusterSource } from '../model/harbour.ts';
import { ObjectList } from '../model/objectlist.ts';
import type { Row } from '../theme/row.ts';
import type { StyleName } from '../theme/theme.ts';
import { textWidth } from '../theme/width.ts';

/** The kinds that players meet first, in the order in which the panel goes through them. */
const FIRST_KINDS: readonly string[] = [
  'pods',
  'deployments',
  'replicasets',
  'statefulsets',
  'daemonsets',
  'jobs',
  'cronjobs',
  'horizontalpodautoscalers',
  'poddisruptionbudgets',
  'services',
  'endpointslices',
  'ingresses',
  'networkpolicies',
  'configmaps',
  'secrets',
  'persistentvolumeclaims',
  'persistentvolumes',
  'storageclasses',
  'nodes',
  'namespaces',
  'resourcequotas',
  'limitranges',
  'serviceaccounts',
  'roles',
  'rolebindings',
];

/** Kinds that are no objects to look at: what has a panel of its own, beats the time, or is only asked. */
const LEFT_OUT = /^(?:events|leases)$|reviews$/;

let listed: readonly KindDefinition[] | undefined;

/** All of them, those that players meet first in front; made when somebody looks, not when the program starts. */
function objectKinds(): readonly KindDefinition[] {
  listed ??= [
    ...FIRST_KINDS.flatMap((name) => kinds.find(({ plural }) => plural === name) ?? []),
    ...kinds.filter(({ plural }) => !FIRST_KINDS.includes(plural) && !LEFT_OUT.test(plural)),
  ];
  return listed;
}

/** The kind on show. */
export function objectKind(index: number): KindDefinition | undefined {
  const all = objectKinds();
  return all[((index % all.length) + all.length) % all.length];
}

/** The kinds of which there are objects, and the one on show, in their order, each with how many there are. */
export function kindBar(draw: Draw, cluster: ClusterSource, shown: KindDefinition, width: number): Row {
  const { ellipsis } = draw.theme.glyphs;
  const items = objectKinds()
    .map((kind) => ({ kind, text: `${kind.plural} ${objectsOf(cluster, kind).length}` }))
    .filter(({ kind, text }) => kind === shown || !text.endsWith(' 0'));
  const at = items.findIndex(({ kind }) => kind === shown);
  // The kind on show is in view, and the one that comes next.
  let first = 0;
  const widthFrom = (from: number): number =>
    items.slice(from, at + 2).reduce((sum, { text }) => sum + text.length + 2, from > 0 ? 2 : 0) + 2;
  while (first < at && widthFrom(first) > width) first++;
  const row = line(draw, width);
  if (first > 0) row.put(`${ellipsis} `, 'dim');
  for (const [i, { kind, text }] of items.entries()) {
    if (i < first) continue;
    if (row.left < text.length + 2 && i > at) return row.put(ellipsis, 'dim').end();
    row.put(text, kind === shown ? ['accent', 'bold'] : 'dim').put('  ');
  }
  return row.end();
}

/** Player's objects before those of the cluster itself, as they are now. */
export function objectsOf(cluster: ClusterSource, kind: KindDefinition): readonly KubeObject[] {
  const known = lists.get(cluster) ?? new Map<KindDefinition, ObjectList>();
  lists.set(cluster, known);
  let list = known.get(kind);
  if (list === undefined) {
    list = new ObjectList(cluster, kind);
    known.set(kind, list);
  }
  return list.objects;
}

/** Of each cluster the kinds that were looked at. */
const lists = new WeakMap<ClusterSource, Map<KindDefinition, ObjectList>>();

/** What the objects are drawn with. */
export interface ObjectOptions {
  readonly width: number;
  readonly height: number;
  readonly chosen: number;
  readonly focused: boolean;
}

/** The objects of a kind as `kubectl get` lists them; cells are made for visible rows only. */
export function objectRows(
  draw: Draw,
  cluster: ClusterSource,
  kind: KindDefinition,
  options: ObjectOptions,
): Row[] {
  const { width, height, focused } = options;
  const objects = objectsOf(cluster, kind);
  if (objects.length === 0) return [line(draw, width).put(draw.t.level.noObjects(kind.plural), 'dim').end()];
  const chosen = Math.min(options.chosen, objects.length - 1);
  const visible = Math.max(1, height - 1);
  const first = scrollTo(chosen, objects.length, visible);
  const shown = objects.slice(first, first + visible);
  const columns = kind.columns.filter(({ wide }) => wide !== true);
  const now = cluster.sim.now();
  const table = shown.map((object) => columns.map((column) => String(column.cell(object, now))));
  const widths = columns.map(({ name }, i) =>
    Math.max(name.length, ...table.map((cells) => textWidth(cells[i] ?? ''))),
  );
  // The name gives way when the table is too wide.
  const over = widths.reduce((sum, size) => sum + size + 2, 0) - 2 - width;
  if (over > 0) widths[0] = Math.max(12, (widths[0] ?? 0) - over);
  const head = line(draw, width);
  for (const [i, { name }] of columns.entries())
    head.cell(name.toUpperCase(), widths[i] ?? 0, 'dim').put('  ');
  const rows = table.map((cells, y) => {
    const isChosen = focused && first + y === chosen;
    const row = line(draw, width);
    for (const [i, cell] of cells.entries()) {
      const size = widths[i] ?? 0;
      row
        .cell(
          i === 0 ? middle(draw, cell, size) : cell,
          size,
          isChosen ? 'selected' : cellStyle(columns[i]?.name ?? '', cell),
        )
        .put('  ');
    }
    return row.end();
  });
  return [head.end(), ...rows];
}

const GOOD = /^(Running|Ready|Active|Bound|Completed|Succeeded|Complete)$/;
const BAD = /Err|BackOff|OOM|Failed|NotReady|Unknown|Evicted|Invalid|Lost/;

function cellStyle(column: string, cell: string): StyleName {
  if (column !== 'Status') return 'plain';
  if (GOOD.test(cell)) return 'ready';
  return BAD.test(cell) ? 'failing' : 'waiting';
}

/** The object chosen in the panel. */
export function chosenObject(
  cluster: ClusterSource,
  kindIndex: number,
  chosen: number,
): { readonly kind: KindDefinition; readonly namespace: string; readonly name: string } | undefined {
  const kind = objectKind(kindIndex);
  if (kind === undefined) return undefined;
  const objects = objectsOf(cluster, kind);
  const object = objects[Math.min(chosen, objects.length - 1)];
  return object === undefined ? undefined : { kind, namespace: namespaceOf(object), name: nameOf(object) };
}
