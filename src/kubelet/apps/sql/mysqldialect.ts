import { dashTime } from '../accesslog.ts';
import type { Dialect } from './engine.ts';

/** What MySQL and MariaDB say, as their client prints it after `ERROR `. */
export function mysqlDialect(version: string): Dialect {
  return {
    syntax: (near) =>
      `1064 (42000) at line 1: You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near '${near === 'end of input' ? '' : near}' at line 1`,
    noTable: (table, database) => `1146 (42S02) at line 1: Table '${database}.${table}' doesn't exist`,
    noColumn: (column) => `1054 (42S22) at line 1: Unknown column '${column}' in 'field list'`,
    noFunction: (name) => `1305 (42000) at line 1: FUNCTION ${name} does not exist`,
    noDatabase: (name) => `1049 (42000) at line 1: Unknown database '${name}'`,
    noDatabaseChosen: '1046 (3D000) at line 1: No database selected',
    tableExists: (table) => `1050 (42S01) at line 1: Table '${table}' already exists`,
    databaseExists: (name) => `1007 (HY000) at line 1: Can't create database '${name}'; database exists`,
    duplicate: (column, value, table) =>
      `1062 (23000) at line 1: Duplicate entry '${value}' for key '${table}.${column === 'id' ? 'PRIMARY' : column}'`,
    required: (column) => `1048 (23000) at line 1: Column '${column}' cannot be null`,
    wrongColumns: "1136 (21S01) at line 1: Column count doesn't match value count at row 1",
    full: '3 (HY000) at line 1: Error writing file (OS errno 28 - No space left on device)',
    call(name, session) {
      switch (name) {
        case 'version':
          return version;
        case 'now':
        case 'current_timestamp':
          return dashTime(session.now).slice(0, 19);
        case 'database':
          return session.database === '' ? null : session.database;
        case 'user':
        case 'current_user':
          return `${session.user}@%`;
        default:
          return undefined;
      }
    },
  };
}
