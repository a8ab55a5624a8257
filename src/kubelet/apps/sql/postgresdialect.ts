import { dashTime } from '../accesslog.ts';
import type { Dialect } from './engine.ts';

/** What PostgreSQL says, as psql prints it after `ERROR:  `. */
export function postgresDialect(version: string): Dialect {
  return {
    syntax: (near) => `syntax error at ${near === 'end of input' ? near : `or near "${near}"`}`,
    noTable: (table) => `relation "${table}" does not exist`,
    noColumn: (column, table) =>
      table === ''
        ? `column "${column}" does not exist`
        : `column "${column}" of relation "${table}" does not exist`,
    noFunction: (name) => `function ${name}() does not exist`,
    noDatabase: (name) => `database "${name}" does not exist`,
    noDatabaseChosen: 'no database selected',
    tableExists: (table) => `relation "${table}" already exists`,
    databaseExists: (name) => `database "${name}" already exists`,
    duplicate: (column, _, table) =>
      `duplicate key value violates unique constraint "${table}_${column === 'id' ? 'pkey' : `${column}_key`}"`,
    required: (column, table) =>
      `null value in column "${column}" of relation "${table}" violates not-null constraint`,
    wrongColumns: 'INSERT has more expressions than target columns',
    full: 'could not extend file: No space left on device',
    call(name, session) {
      switch (name) {
        case 'version':
          return `PostgreSQL ${version} on x86_64-pc-linux-gnu, compiled by gcc, 64-bit`;
        case 'now':
        case 'current_timestamp':
          return `${dashTime(session.now)}+00`;
        case 'current_database':
          return session.database;
        case 'current_user':
        case 'user':
          return session.user;
        default:
          return undefined;
      }
    },
  };
}
