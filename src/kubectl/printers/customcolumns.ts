import type { KubeObject } from '../../api/object.ts';
import { goPrint } from '../../apimachinery/gostring.ts';
import { compileJsonPath, type JsonPath, relaxedJsonPath } from '../../apimachinery/jsonpath.ts';
import { TABLE_LAYOUT, TabWriter } from './tabwriter.ts';
import { asJson } from './value.ts';

/** One column of `-o custom-columns`. */
export interface CustomColumn {
  readonly header: string;
  readonly path: JsonPath;
}

/** Reads `NAME:.metadata.name,IMAGE:.spec.containers[*].image`; a text says what is wrong with it. */
export function parseCustomColumns(spec: string): readonly CustomColumn[] | string {
  if (spec === '') return 'custom-columns format specified but no custom columns given';
  const columns: CustomColumn[] = [];
  for (const part of splitColumns(spec)) {
    const colon = part.indexOf(':');
    if (colon < 0) return `unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`;
    const column = compileColumn(part.slice(0, colon), part.slice(colon + 1));
    if (typeof column === 'string') return column;
    columns.push(column);
  }
  return columns;
}

/** Reads the file form: a line of headers, a line of paths. */
export function parseCustomColumnsFile(text: string): readonly CustomColumn[] | string {
  const [headers = '', paths = ''] = text.split('\n');
  const names = headers.trim().split(/\s+/);
  const specs = paths.trim().split(/\s+/);
  if (names.length !== specs.length || names[0] === '')
    return `number of headers (${names.length}) and field specifications (${specs.length}) don't match`;
  const columns: CustomColumn[] = [];
  for (const [i, name] of names.entries()) {
    const column = compileColumn(name, specs[i] as string);
    if (typeof column === 'string') return column;
    columns.push(column);
  }
  return columns;
}

function compileColumn(header: string, expression: string): CustomColumn | string {
  const relaxed = relaxedJsonPath(expression);
  if (typeof relaxed !== 'string') return relaxed.error;
  const path = compileJsonPath(relaxed, true);
  return 'error' in path ? path.error : { header, path };
}

/** Commas separate columns, except inside brackets and quotes. */
function splitColumns(spec: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < spec.length; i++) {
    const char = spec.charAt(i);
    if (char === '[' || char === '(') depth++;
    else if (char === ']' || char === ')') depth--;
    else if (char === ',' && depth === 0) {
      parts.push(spec.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(spec.slice(start));
  return parts;
}

/** Prints objects of any kinds under these columns. */
export class CustomColumnsPrinter {
  readonly #columns: readonly CustomColumn[];
  readonly #writer = new TabWriter(TABLE_LAYOUT, true);
  #headerDone: boolean;

  constructor(columns: readonly CustomColumn[], noHeaders: boolean) {
    this.#columns = columns;
    this.#headerDone = noHeaders;
  }

  print(objects: readonly KubeObject[]): string {
    if (!this.#headerDone) this.#writer.write(`${this.#columns.map((c) => c.header).join('\t')}\n`);
    this.#headerDone = true;
    for (const object of objects) {
      this.#writer.write(`${this.#columns.map((column) => cellOf(column, object)).join('\t')}\n`);
    }
    return this.#writer.flush();
  }
}

function cellOf(column: CustomColumn, object: KubeObject): string {
  const results = column.path.find(asJson(object));
  if ('error' in results) return '<none>';
  const values = results.flat();
  return values.length === 0 ? '<none>' : values.map(goPrint).join(',');
}
