/**
 * Aligns tab-separated columns as Go's text/tabwriter does: a column is a run of adjacent lines that
 * have a tab-terminated cell there; what follows a line's last tab is not part of a column.
 */

/** How wide columns are made: `get` uses 6 and 3, `describe` 0 and 2. */
export interface TabLayout {
  readonly minWidth: number;
  readonly padding: number;
}

/** The layout of `kubectl get` (cli-runtime pkg/printers/tabwriter.go). */
export const TABLE_LAYOUT: TabLayout = Object.freeze({ minWidth: 6, padding: 3 });
/** The layout of `kubectl describe` and `kubectl rollout history`. */
export const DESCRIBE_LAYOUT: TabLayout = Object.freeze({ minWidth: 0, padding: 2 });

/**
 * A writer that aligns what it was given. With `remember`, columns keep their width from one flush to
 * the next, so that the lines of a watch stand under the header.
 */
export class TabWriter {
  readonly #layout: TabLayout;
  readonly #remembered: number[] | undefined;
  #text = '';

  constructor(layout: TabLayout, remember = false) {
    this.#layout = layout;
    this.#remembered = remember ? [] : undefined;
  }

  /** Adds text; cells end with a tab, lines with a newline. */
  write(text: string): void {
    this.#text += text;
  }

  /** The aligned text of what was written since the last flush. */
  flush(): string {
    const text = this.#text;
    this.#text = '';
    const lines = text.split('\n').map((line) => line.split('\t'));
    const out: string[] = [];
    this.#format(lines, 0, lines.length, [], out);
    return out.join('\n');
  }

  #format(
    lines: readonly (readonly string[])[],
    from: number,
    to: number,
    widths: number[],
    out: string[],
  ): void {
    const column = widths.length;
    let unprinted = from;
    for (let at = from; at < to; at++) {
      if (column >= (lines[at] as readonly string[]).length - 1) continue;
      for (; unprinted < at; unprinted++) out.push(join(lines[unprinted] as readonly string[], widths));
      let width = Math.max(this.#layout.minWidth, this.#remembered?.[column] ?? 0);
      for (; at < to; at++) {
        const line = lines[at] as readonly string[];
        if (column >= line.length - 1) break;
        width = Math.max(width, displayWidth(line[column] as string) + this.#layout.padding);
      }
      if (this.#remembered !== undefined) this.#remembered[column] = width;
      this.#format(lines, unprinted, at, [...widths, width], out);
      unprinted = at;
      at--;
    }
    for (; unprinted < to; unprinted++) out.push(join(lines[unprinted] as readonly string[], widths));
  }
}

/** Aligns a text in one go. */
export function align(text: string, layout: TabLayout): string {
  const writer = new TabWriter(layout);
  writer.write(text);
  return writer.flush();
}

function join(cells: readonly string[], widths: readonly number[]): string {
  let line = '';
  cells.forEach((cell, i) => {
    const width = widths[i];
    line += width === undefined ? cell : cell + ' '.repeat(Math.max(0, width - displayWidth(cell)));
  });
  return line;
}

/** Characters, not UTF-16 units: what Go counts. */
function displayWidth(text: string): number {
  let width = 0;
  for (const _ of text) width++;
  return width;
}
