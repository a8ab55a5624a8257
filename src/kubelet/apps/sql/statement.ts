import type { SqlValue } from './wire.ts';

/** A value in a statement: what a row, a function or the statement itself says. */
export type Expression =
  | { readonly type: 'value'; readonly value: SqlValue }
  | { readonly type: 'column'; readonly name: string }
  | { readonly type: 'call'; readonly name: string; readonly argument: Expression | 'all' | undefined }
  | {
      readonly type: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    };

export interface ColumnDefinition {
  readonly name: string;
  readonly type: string;
  readonly unique: boolean;
  readonly required: boolean;
  /** Counts by itself: serial, AUTO_INCREMENT. */
  readonly counts: boolean;
}

export interface Selected {
  readonly expression: Expression | 'all';
  readonly alias: string | undefined;
}

export type Statement =
  | {
      readonly type: 'select';
      readonly selected: readonly Selected[];
      readonly table: string | undefined;
      readonly where: Expression | undefined;
      readonly group: readonly string[];
      readonly order: readonly { readonly by: Expression; readonly down: boolean }[];
      readonly limit: number | undefined;
    }
  | {
      readonly type: 'insert';
      readonly table: string;
      readonly columns: readonly string[] | undefined;
      readonly rows: readonly (readonly Expression[])[];
      readonly ignoreDuplicates: boolean;
    }
  | {
      readonly type: 'update';
      readonly table: string;
      readonly set: readonly { readonly column: string; readonly to: Expression }[];
      readonly where: Expression | undefined;
    }
  | { readonly type: 'delete'; readonly table: string; readonly where: Expression | undefined }
  | {
      readonly type: 'createTable';
      readonly table: string;
      readonly columns: readonly ColumnDefinition[];
      readonly lenient: boolean;
    }
  | { readonly type: 'dropTable'; readonly table: string; readonly lenient: boolean }
  | { readonly type: 'createDatabase' | 'dropDatabase'; readonly name: string; readonly lenient: boolean }
  | {
      readonly type: 'createUser';
      readonly name: string;
      readonly password: string;
      readonly change: boolean;
    }
  | { readonly type: 'use'; readonly name: string }
  | { readonly type: 'show'; readonly what: 'databases' | 'tables' }
  /** Transactions, grants, settings: taken, and nothing comes of them. */
  | { readonly type: 'nothing'; readonly tag: string };
