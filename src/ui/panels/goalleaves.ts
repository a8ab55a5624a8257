import type { GoalLeaf } from '../../game/types.ts';
import { type Draw, line, middle } from '../draw.ts';
import type { Row } from '../theme/row.ts';
import { sanitize } from '../theme/sanitize.ts';
import { clipStart, textWidth } from '../theme/width.ts';

const MAX_LEAVES = 40;

/** Leaves of one object under its name: `web · spec.replicas` is the field `spec.replicas` of `web`. */
const OBJECT_END = ' · ';

/** The fields of a goal by object, with what is wanted and what there is. */
export function leafRows(draw: Draw, all: readonly GoalLeaf[], width: number): Row[] {
  return leafGroups(draw, all, width).flat();
}

/** The same, the rows of each object by themselves. */
export function leafGroups(draw: Draw, all: readonly GoalLeaf[], width: number): Row[][] {
  const { level } = draw.t;
  const leaves = all.slice(0, MAX_LEAVES);
  const longest = Math.max(...leaves.map(({ path }) => textWidth(path.slice(path.indexOf(OBJECT_END) + 1))));
  // Values share what the fields leave, and at least a quarter each.
  const most = Math.max(8, Math.floor(width / 4), Math.floor((width - 8 - longest) / 2));
  const widest = (words: string, values: readonly string[]): number =>
    Math.min(most, Math.max(textWidth(words), ...values.map(textWidth)));
  const wanted = widest(
    level.wanted,
    leaves.map((leaf) => leaf.wanted),
  );
  const got = widest(
    level.got,
    leaves.map((leaf) => leaf.got),
  );
  const room = Math.max(4, width - wanted - got - 8);
  const columns = { width, room, wanted, got };
  return [...byObject(leaves)].map(([owner, fields]) => {
    const rows: Row[] = [];
    const titled = fields.some((leaf) => !isLong(leaf, columns));
    const head = line(draw, width).put('  ');
    if (titled) {
      head.cell(ownerIn(draw, owner, room), room, 'accent').put(' ');
      head.cell(level.wanted, wanted, 'dim', 'right').put('  ').cell(level.got, got, 'dim', 'right');
    } else head.put(ownerIn(draw, owner, width - 2), 'accent');
    // Without an object, and with values below their fields, there is nothing to head.
    if (titled || owner !== '') rows.push(head.end());
    for (const leaf of fields) {
      if (isLong(leaf, columns)) rows.push(...longLeaf(draw, leaf, width));
      else rows.push(shortLeaf(draw, leaf, columns));
    }
    return rows;
  });
}

/** An object in little room: its name tells more than its kind. */
function ownerIn(draw: Draw, owner: string, room: number): string {
  const name = textWidth(owner) > room ? owner.slice(owner.indexOf(' ') + 1) : owner;
  return middle(draw, name, room);
}

/** Columns for a field's path and its two values, in a panel of a width. */
interface LeafColumns {
  readonly width: number;
  readonly room: number;
  readonly wanted: number;
  readonly got: number;
}

/** The leaves of each object, with paths that begin within it. */
function byObject(leaves: readonly GoalLeaf[]): ReadonlyMap<string, readonly GoalLeaf[]> {
  const objects = new Map<string, GoalLeaf[]>();
  for (const leaf of leaves) {
    const end = leaf.path.indexOf(OBJECT_END);
    const owner = end < 0 ? '' : leaf.path.slice(0, end);
    const fields = objects.get(owner) ?? [];
    fields.push(end < 0 ? leaf : { ...leaf, path: leaf.path.slice(end + OBJECT_END.length) });
    objects.set(owner, fields);
  }
  return objects;
}

/** Whether a field that is off needs rows of its own to be read. */
function isLong(leaf: GoalLeaf, { room, wanted, got }: LeafColumns): boolean {
  if (leaf.ok) return false;
  // Of `status.readyReplicas` the last part says enough.
  const least = Math.min(
    textWidth(leaf.path),
    textWidth(leaf.path.slice(leaf.path.lastIndexOf('.') + 1)) + 1,
  );
  return least > room || textWidth(leaf.wanted) > wanted || textWidth(leaf.got) > got;
}

/** A field in one row, under the headings. */
function shortLeaf(draw: Draw, leaf: GoalLeaf, { width, room, wanted, got }: LeafColumns): Row {
  const row = line(draw, width).put('  ');
  row.cell(clipStart(leaf.path, room, draw.theme.glyphs.ellipsis), room, leaf.ok ? 'dim' : 'plain').put(' ');
  row.cell(leaf.wanted, wanted, leaf.ok ? 'dim' : 'plain', 'right').put('  ');
  row.cell(leaf.got, got, leaf.ok ? 'ready' : 'failing', 'right');
  if (!leaf.ok) row.put(` ${draw.theme.glyphs.pointer}`, 'failing');
  return row.end();
}

/** A field whose values are too long to stand beside it. */
function longLeaf(draw: Draw, leaf: GoalLeaf, width: number): Row[] {
  const { level } = draw.t;
  const { ellipsis, pointer } = draw.theme.glyphs;
  const head = line(draw, width)
    .put('  ')
    .put(clipStart(sanitize(leaf.path), width - 2, ellipsis))
    .end();
  const sides = textWidth(level.wanted) + textWidth(level.got) + 4;
  if (sides + textWidth(leaf.wanted) + textWidth(leaf.got) + 8 <= width) {
    const row = line(draw, width).put(`    ${level.wanted} `, 'dim').put(leaf.wanted);
    return [
      head,
      row.put(`  ${level.got} `, 'dim').put(leaf.got, 'failing').put(` ${pointer}`, 'failing').end(),
    ];
  }
  const wanted = line(draw, width).put(`    ${level.wanted} `, 'dim').put(leaf.wanted);
  const got = line(draw, width).put(`    ${level.got} `, 'dim');
  return [
    head,
    wanted.end(),
    got
      .put(leaf.got, 'failing', got.left - 2)
      .put(` ${pointer}`, 'failing')
      .end(),
  ];
}
