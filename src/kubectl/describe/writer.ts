import { align, DESCRIBE_LAYOUT } from '../printers/tabwriter.ts';

/**
 * Collects the text of a description: two spaces a level, tabs between columns, which are aligned in
 * the end, part by part where `flush` was called (pkg/describe/describe.go prefixWriter).
 */
export class DescribeWriter {
  #parts: string[] = [];
  #indent = 0;
  #text = '';

  /** Adds text at an indentation level; the text brings its own newlines. */
  write(level: number, text: string): void {
    this.#text += '  '.repeat(this.#indent + level) + text;
  }

  /** A line `label:` and its value. */
  field(label: string, value: string | number | boolean, level = 0): void {
    this.write(level, `${label}:\t${value}\n`);
  }

  /** What is written meanwhile is indented by so many levels more, every piece of a line too (nestedPrefixWriter). */
  indented(levels: number, write: () => void): void {
    this.#indent += levels;
    write();
    this.#indent -= levels;
  }

  /** What follows is aligned apart from what came before. */
  flush(): void {
    this.#parts.push(align(this.#text, DESCRIBE_LAYOUT));
    this.#text = '';
  }

  /** What was written since the last flush, as it is. */
  raw(): string {
    return this.#text;
  }

  /** The aligned text. */
  toString(): string {
    this.flush();
    return this.#parts.join('');
  }
}
