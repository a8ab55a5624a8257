/** A part of an object whose fields are looked up by name. */
export type Row = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The records of a list; whatever else it holds is left out. */
export function rowsOf(list: unknown): readonly Row[] {
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

/** The field by which the items of both lists are told apart; undefined when they have none in common. */
export function listKey(before: readonly unknown[], after: readonly unknown[]): string | undefined {
  return ['name', 'type', 'uid'].find((key) =>
    [...before, ...after].every((item) => isRecord(item) && typeof item[key] === 'string'),
  );
}

const MAX_SHORT = 60;

/** A value in few words. */
export function short(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'unset');
  return text.length <= MAX_SHORT ? text : `${text.slice(0, MAX_SHORT - 3)}...`;
}
