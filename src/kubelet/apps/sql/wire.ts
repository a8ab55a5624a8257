/**
 * What database clients and servers of the simulated machines say to each other. The real protocols are
 * binary; these carry the same things as text.
 */

export interface SqlRequest {
  readonly user: string;
  readonly password: string;
  /** Empty: none chosen. */
  readonly database: string;
  readonly sql: string;
}

export type SqlValue = string | number | null;

/** The answer to one statement: rows, or what was done, or why not. */
export type SqlResult =
  | { readonly columns: readonly string[]; readonly rows: readonly (readonly SqlValue[])[] }
  | { readonly tag: string; readonly affected: number; readonly database?: string }
  | { readonly error: string; readonly duplicate?: true };

/** All answers, in order; nothing follows an error. `fatal`: there was no session to begin with. */
export interface SqlReply {
  readonly results: readonly SqlResult[];
  readonly fatal?: string;
}

export function encodeSql(message: SqlRequest | SqlReply): string {
  return JSON.stringify(message);
}

/** Reads a request; undefined for bytes that are none. */
export function decodeSqlRequest(body: string): SqlRequest | undefined {
  const read = parse(body);
  const { user, password, database, sql } = read ?? {};
  const texts = [user, password, database, sql];
  return texts.every((text) => typeof text === 'string') ? (read as unknown as SqlRequest) : undefined;
}

/** Reads an answer; undefined for bytes of something that is no database. */
export function decodeSqlReply(body: string): SqlReply | undefined {
  const read = parse(body);
  return Array.isArray(read?.results) ? (read as unknown as SqlReply) : undefined;
}

function parse(body: string): Record<string, unknown> | undefined {
  if (!body.startsWith('{')) return undefined;
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    // Not JSON: somebody who speaks another protocol.
    return undefined;
  }
}
