import type { Column, KindDefinition } from '../../api/kind.ts';
import type { KubeObject } from '../../api/object.ts';
import { nameWithKind } from '../discovery.ts';
import { TABLE_LAYOUT, TabWriter } from './tabwriter.ts';
import { formatLabels } from './value.ts';

/** How a table is to be printed: the flags of `kubectl get`. */
export interface TableOptions {
  readonly wide: boolean;
  readonly noHeaders: boolean;
  readonly showLabels: boolean;
  /** `-L`: labels that get a column of their own. */
  readonly labelColumns: readonly string[];
  /** A NAMESPACE column first: `-A`. */
  readonly withNamespace: boolean;
  /** Names as `pod/x`: where several types are shown. */
  readonly withKind: boolean;
  /** `--output-watch-events`: the event's type first. */
  readonly withEvent?: boolean;
}

/** All types of events take as much room as MODIFIED. */
const LONGEST_EVENT = 8;

/** Prints the objects of one kind under one header; columns keep their widths while it lives. */
export class TablePrinter {
  readonly #kind: KindDefinition;
  readonly #options: TableOptions;
  readonly #columns: readonly Column<KubeObject>[];
  readonly #writer: TabWriter;
  #headerDone: boolean;

  constructor(kind: KindDefinition, options: TableOptions, remember = false) {
    this.#kind = kind;
    this.#options = options;
    this.#columns = kind.columns.filter((column) => options.wide || column.wide !== true);
    this.#writer = new TabWriter(TABLE_LAYOUT, remember);
    this.#headerDone = options.noHeaders;
  }

  /** The lines for these objects, under the header the first time. `now` is virtual time in ms. */
  print(objects: readonly KubeObject[], now: number, event = ''): string {
    if (!this.#headerDone) this.#writer.write(`${this.#header().join('\t')}\n`);
    this.#headerDone = true;
    for (const object of objects) this.#writer.write(`${this.#row(object, now, event).join('\t')}\n`);
    return this.#writer.flush();
  }

  #header(): string[] {
    const { withEvent, withNamespace, labelColumns, showLabels } = this.#options;
    const cells = this.#columns.map((column) => column.name.toUpperCase());
    if (withNamespace) cells.unshift('NAMESPACE');
    if (withEvent === true) cells.unshift('EVENT');
    for (const label of labelColumns) cells.push((label.split('/').at(-1) ?? label).toUpperCase());
    if (showLabels) cells.push('LABELS');
    return cells;
  }

  #row(object: KubeObject, now: number, event: string): string[] {
    const { withEvent, withNamespace, withKind, labelColumns, showLabels } = this.#options;
    const cells = this.#columns.map((column, i) => {
      const cell = oneLine(String(column.cell(object, now)));
      return withKind && i === nameColumn(this.#columns) ? nameWithKind(this.#kind, cell) : cell;
    });
    if (withNamespace) cells.unshift(object.metadata.namespace ?? '');
    if (withEvent === true) cells.unshift(event.padEnd(LONGEST_EVENT));
    const labels = object.metadata.labels ?? {};
    for (const label of labelColumns) cells.push(Object.hasOwn(labels, label) ? (labels[label] ?? '') : '');
    if (showLabels) cells.push(formatLabels(object.metadata.labels));
    return cells;
  }
}

/** A cluster-scoped kind has no NAMESPACE column. */
export function forKind(options: TableOptions, kind: KindDefinition): TableOptions {
  return kind.namespaced || !options.withNamespace ? options : { ...options, withNamespace: false };
}

function nameColumn(columns: readonly Column<KubeObject>[]): number {
  return columns.findIndex((column) => column.name.toLowerCase() === 'name');
}

/** A cell is cut at its first line break, as upstream's table printer does. */
function oneLine(cell: string): string {
  const end = cell.search(/[\r\n\f]/);
  return end < 0 ? cell : `${cell.slice(0, end)}...`;
}
