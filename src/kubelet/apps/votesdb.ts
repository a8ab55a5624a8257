import { resolvePath } from '../tools/filetree.ts';
import type { AppContext } from './app.ts';

/** The rows of the one table that the database models keep: id -> vote. They are on disk, in the data directory. */
export class VotesTable {
  readonly #ctx: AppContext;
  readonly #file: string;

  constructor(ctx: AppContext, directory: string) {
    this.#ctx = ctx;
    this.#file = resolvePath(directory, 'votes');
  }

  /** Answers a query as the command line client prints it. */
  query(sql: string): string {
    const text = sql.trim().replace(/;$/, '');
    const one = /^select\s+(-?\d+|'[^']*')$/i.exec(text);
    if (one !== null)
      return ` ?column? \n----------\n ${(one[1] as string).replaceAll("'", '')}\n(1 row)\n\n`;
    if (/^create\s+table/i.test(text)) {
      if (!this.#exists) this.#save(new Map());
      return 'CREATE TABLE\n';
    }
    if (!/\bvotes\b/i.test(text)) return `ERROR:  syntax error at or near "${text.split(/\s/)[0]}"\n`;
    if (!this.#exists) return 'ERROR:  relation "votes" does not exist\n';
    const insert = /^insert\s+into\s+votes\b.*values\s*\(\s*'([^']*)'\s*,\s*'([^']*)'\s*\)/i.exec(text);
    if (insert !== null) {
      const rows = this.#rows();
      rows.set(insert[1] as string, insert[2] as string);
      return this.#save(rows) ? 'INSERT 0 1\n' : 'ERROR:  could not extend file: No space left on device\n';
    }
    if (!/^select\b/i.test(text)) return 'ERROR:  permission denied for table votes\n';
    const counts = new Map<string, number>();
    for (const vote of this.#rows().values()) counts.set(vote, (counts.get(vote) ?? 0) + 1);
    const rows = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([vote, n]) => ` ${vote}    | ${n}`);
    return `${[' vote | count ', '------+-------', ...rows, `(${rows.length} rows)`].join('\n')}\n\n`;
  }

  get #exists(): boolean {
    return this.#ctx.files.stat(this.#file) !== undefined;
  }

  #rows(): Map<string, string> {
    const read = this.#ctx.files.read(this.#file);
    const lines = read.ok ? read.value.split('\n').filter((line) => line !== '') : [];
    return new Map(lines.map((line) => line.split('\t') as [string, string]));
  }

  #save(rows: ReadonlyMap<string, string>): boolean {
    const text = [...rows].map(([id, vote]) => `${id}\t${vote}\n`).join('');
    return this.#ctx.files.write(this.#file, text).ok;
  }
}
