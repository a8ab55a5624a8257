import { compareValues, evaluate, holds, isAggregate, NoValue, type Scope } from './evaluate.ts';
import { statements } from './lexer.ts';
import { parseStatement, SyntaxTrouble } from './parser.ts';
import type { Expression, Selected, Statement } from './statement.ts';
import type { Row, SqlStore, Table } from './store.ts';
import type { SqlReply, SqlResult, SqlValue } from './wire.ts';

/** How one product words what it has to say. */
export interface Dialect {
  syntax(near: string): string;
  noTable(table: string, database: string): string;
  noColumn(column: string, table: string): string;
  noFunction(name: string): string;
  noDatabase(name: string): string;
  noDatabaseChosen: string;
  tableExists(table: string): string;
  databaseExists(name: string): string;
  duplicate(column: string, value: string, table: string): string;
  required(column: string, table: string): string;
  wrongColumns: string;
  full: string;
  /** What functions such as version() say; undefined: no such function. */
  call(name: string, session: Session): SqlValue | undefined;
}

/** Who asks. */
export interface Session {
  readonly user: string;
  database: string;
  readonly now: number;
}

const MAX_ROWS = 100_000;

/** Carries out a script, statement by statement, until one fails. */
export function runSql(sql: string, session: Session, store: SqlStore, dialect: Dialect): SqlReply {
  const { list, bad } = statements(sql);
  const results: SqlResult[] = [];
  for (const tokens of list) {
    const statement = parseStatement(tokens);
    const result =
      statement instanceof SyntaxTrouble
        ? { error: dialect.syntax(statement.near) }
        : new Execution(session, store, dialect).run(statement);
    results.push(result);
    if ('error' in result) return { results };
  }
  if (bad !== undefined) results.push({ error: dialect.syntax(bad) });
  return { results };
}

class Execution {
  readonly #session: Session;
  readonly #store: SqlStore;
  readonly #dialect: Dialect;

  constructor(session: Session, store: SqlStore, dialect: Dialect) {
    this.#session = session;
    this.#store = store;
    this.#dialect = dialect;
  }

  run(statement: Statement): SqlResult {
    switch (statement.type) {
      case 'select':
        return this.#select(statement);
      case 'insert':
        return this.#on(statement.table, (table) => this.#insert(statement, table));
      case 'update':
        return this.#on(statement.table, (table) => this.#update(statement, table));
      case 'delete':
        return this.#on(statement.table, (table) => this.#delete(statement, table));
      case 'createTable':
        return this.#createTable(statement);
      case 'dropTable':
        if (!statement.lenient && this.#table(statement.table) === undefined)
          return this.#noTable(statement.table);
        this.#store.dropTable(this.#session.database, statement.table);
        return done('DROP TABLE');
      case 'createDatabase':
        if (this.#store.databases().includes(statement.name))
          return statement.lenient
            ? done('CREATE DATABASE')
            : { error: this.#dialect.databaseExists(statement.name) };
        return this.#store.createDatabase(statement.name) ? done('CREATE DATABASE', 1) : this.#full();
      case 'dropDatabase':
        if (!statement.lenient && !this.#store.databases().includes(statement.name))
          return { error: this.#dialect.noDatabase(statement.name) };
        this.#store.dropDatabase(statement.name);
        return done('DROP DATABASE');
      case 'createUser':
        if (!this.#store.setUser(statement.name, statement.password)) return this.#full();
        return done(statement.change ? 'ALTER ROLE' : 'CREATE ROLE');
      case 'use':
        if (!this.#store.databases().includes(statement.name))
          return { error: this.#dialect.noDatabase(statement.name) };
        this.#session.database = statement.name;
        return { tag: 'USE', affected: 0, database: statement.name };
      case 'show':
        return this.#show(statement.what);
      case 'nothing':
        return done(statement.tag);
    }
  }

  #table(name: string): Table | undefined {
    return this.#store.table(this.#session.database, name);
  }

  #noTable(name: string): SqlResult {
    const { database } = this.#session;
    return {
      error: database === '' ? this.#dialect.noDatabaseChosen : this.#dialect.noTable(name, database),
    };
  }

  #full(): SqlResult {
    return { error: this.#dialect.full };
  }

  /** Changes a table and writes it back. */
  #on(
    name: string,
    change: (table: Table) => { readonly table: Table; readonly result: SqlResult } | SqlResult,
  ): SqlResult {
    const table = this.#table(name);
    if (table === undefined) return this.#noTable(name);
    const changed = change(table);
    if (!('table' in changed)) return changed;
    return this.#store.save(this.#session.database, name, changed.table) ? changed.result : this.#full();
  }

  #show(what: 'databases' | 'tables'): SqlResult {
    const { database } = this.#session;
    if (what === 'databases')
      return { columns: ['Database'], rows: this.#store.databases().map((name) => [name]) };
    if (database === '') return { error: this.#dialect.noDatabaseChosen };
    return { columns: [`Tables_in_${database}`], rows: this.#store.tables(database).map((name) => [name]) };
  }

  #createTable({ table, columns, lenient }: Extract<Statement, { type: 'createTable' }>): SqlResult {
    if (this.#session.database === '') return { error: this.#dialect.noDatabaseChosen };
    if (this.#table(table) !== undefined)
      return lenient ? done('CREATE TABLE') : { error: this.#dialect.tableExists(table) };
    const saved = this.#store.save(this.#session.database, table, { columns, rows: [], next: 1 });
    return saved ? done('CREATE TABLE') : this.#full();
  }

  #insert(
    { table: name, columns, rows, ignoreDuplicates }: Extract<Statement, { type: 'insert' }>,
    table: Table,
  ): { readonly table: Table; readonly result: SqlResult } | SqlResult {
    const names = table.columns.map((column) => column.name);
    const unknown = columns?.find((column) => !names.includes(column));
    if (unknown !== undefined) return { error: this.#dialect.noColumn(unknown, name) };
    const targets = columns ?? names;
    const all = table.rows.slice();
    let { next } = table;
    let inserted = 0;
    for (const expressions of rows) {
      if (
        expressions.length > targets.length ||
        (columns !== undefined && expressions.length < targets.length)
      )
        return { error: this.#dialect.wrongColumns };
      const row: SqlValue[] = names.map(() => null);
      for (const [i, expression] of expressions.entries()) {
        const value = evaluate(expression, this.#scope([], []));
        if (value instanceof NoValue) return this.#noValue(value, name);
        row[names.indexOf(targets[i] as string)] = value;
      }
      for (const [i, column] of table.columns.entries()) {
        if (column.counts && row[i] === null) row[i] = next;
        if (column.counts) next = Math.max(next, Number(row[i]) + 1);
        if (column.required && row[i] === null) return { error: this.#dialect.required(column.name, name) };
      }
      const clash = table.columns.findIndex(
        ({ unique }, i) => unique && row[i] !== null && all.some((other) => other[i] === row[i]),
      );
      if (clash >= 0) {
        if (ignoreDuplicates) continue;
        const { name: column } = table.columns[clash] as { name: string };
        return { error: this.#dialect.duplicate(column, String(row[clash]), name), duplicate: true };
      }
      if (all.length >= MAX_ROWS) return this.#full();
      all.push(row);
      inserted++;
    }
    const result = { tag: `INSERT 0 ${inserted}`, affected: inserted };
    return { table: { ...table, rows: all, next }, result };
  }

  #update(
    { table: name, set, where }: Extract<Statement, { type: 'update' }>,
    table: Table,
  ): { readonly table: Table; readonly result: SqlResult } | SqlResult {
    const names = table.columns.map((column) => column.name);
    let count = 0;
    const rows: Row[] = [];
    for (const row of table.rows) {
      const matches = this.#matches(where, names, row);
      if (matches instanceof NoValue) return this.#noValue(matches, name);
      if (!matches) {
        rows.push(row);
        continue;
      }
      const next = row.slice();
      for (const { column, to } of set) {
        const at = names.indexOf(column);
        if (at < 0) return { error: this.#dialect.noColumn(column, name) };
        const value = evaluate(to, this.#scope(names, row));
        if (value instanceof NoValue) return this.#noValue(value, name);
        next[at] = value;
      }
      rows.push(next);
      count++;
    }
    return { table: { ...table, rows }, result: done(`UPDATE ${count}`, count) };
  }

  #delete(
    { table: name, where }: Extract<Statement, { type: 'delete' }>,
    table: Table,
  ): { readonly table: Table; readonly result: SqlResult } | SqlResult {
    const names = table.columns.map((column) => column.name);
    const rows: Row[] = [];
    for (const row of table.rows) {
      const matches = this.#matches(where, names, row);
      if (matches instanceof NoValue) return this.#noValue(matches, name);
      if (!matches) rows.push(row);
    }
    const count = table.rows.length - rows.length;
    return { table: { ...table, rows }, result: done(`DELETE ${count}`, count) };
  }

  #select(statement: Extract<Statement, { type: 'select' }>): SqlResult {
    const { selected, table: name, where, group, order, limit } = statement;
    const table = name === undefined ? undefined : this.#table(name);
    if (name !== undefined && table === undefined) return this.#noTable(name);
    const names = table?.columns.map((column) => column.name) ?? [];
    const found: Row[] = [];
    for (const row of table?.rows ?? [[]]) {
      const matches = this.#matches(where, names, row);
      if (matches instanceof NoValue) return this.#noValue(matches, name ?? '');
      if (matches) found.push(row);
    }
    const grouped = group.length > 0 || selected.some(({ expression }) => isAggregate(expression));
    const groups = grouped ? groupsOf(found, group, names) : found.map((row) => [row]);
    const columns = selected.flatMap(({ expression, alias }) =>
      expression === 'all' ? names : [alias ?? columnName(expression)],
    );
    const out: { readonly cells: SqlValue[]; readonly keys: SqlValue[] }[] = [];
    for (const rows of groups) {
      const scope = this.#scope(names, rows[0] ?? names.map(() => null), grouped ? rows : undefined);
      const cells = this.#cells(selected, scope);
      if (cells instanceof NoValue) return this.#noValue(cells, name ?? '');
      const keys: SqlValue[] = [];
      for (const { by } of order) {
        const at = by.type === 'column' ? columns.indexOf(by.name) : -1;
        const key = at >= 0 ? (cells[at] ?? null) : evaluate(by, scope);
        if (key instanceof NoValue) return this.#noValue(key, name ?? '');
        keys.push(key);
      }
      out.push({ cells, keys });
    }
    if (order.length > 0)
      out.sort((a, b) => {
        for (const [i, { down }] of order.entries()) {
          const difference = compareValues(a.keys[i] ?? null, b.keys[i] ?? null);
          if (difference !== 0) return down ? -difference : difference;
        }
        return 0;
      });
    return { columns, rows: out.slice(0, limit).map(({ cells }) => cells) };
  }

  #cells(selected: readonly Selected[], scope: Scope): SqlValue[] | NoValue {
    const cells: SqlValue[] = [];
    for (const { expression } of selected) {
      if (expression === 'all') {
        cells.push(...scope.row);
        continue;
      }
      const value = evaluate(expression, scope);
      if (value instanceof NoValue) return value;
      cells.push(value);
    }
    return cells;
  }

  #matches(where: Expression | undefined, names: readonly string[], row: Row): boolean | NoValue {
    if (where === undefined) return true;
    const value = evaluate(where, this.#scope(names, row));
    return value instanceof NoValue ? value : holds(value);
  }

  #scope(columns: readonly string[], row: Row, group?: readonly Row[]): Scope {
    return { columns, row, group, call: (name) => this.#dialect.call(name, this.#session) };
  }

  #noValue({ column, call }: NoValue, table: string): SqlResult {
    return {
      error:
        column === undefined ? this.#dialect.noFunction(call ?? '') : this.#dialect.noColumn(column, table),
    };
  }
}

function done(tag: string, affected = 0): SqlResult & { readonly tag: string } {
  return { tag, affected };
}

/** Rows that agree in some columns, in the order of the values; without columns all rows are one group. */
function groupsOf(
  rows: readonly Row[],
  by: readonly string[],
  names: readonly string[],
): readonly (readonly Row[])[] {
  if (by.length === 0) return [rows];
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify(by.map((column) => row[names.indexOf(column)] ?? null));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

function columnName(expression: Expression): string {
  if (expression.type === 'column') return expression.name;
  return expression.type === 'call' ? expression.name : '?column?';
}
