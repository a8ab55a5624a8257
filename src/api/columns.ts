import { humanDuration } from '../apimachinery/duration.ts';
import { parseTime } from '../apimachinery/time.ts';
import type { Column } from './kind.ts';
import type { KubeObject } from './object.ts';

/**
 * How long ago a moment was, as kubectl prints it (`translateTimestampSince`): `5m30s`; `<unknown>`
 * for no moment. `now` is ms since the epoch.
 */
export function ageSince(timestamp: string | undefined, now: number): string {
  const at = timestamp === undefined ? undefined : parseTime(timestamp);
  return at === undefined ? '<unknown>' : humanDuration(now - at);
}

/** The NAME column, which every kind has. */
export const nameColumn: Column<KubeObject> = Object.freeze({
  name: 'Name',
  cell: (object: KubeObject) => object.metadata.name ?? '',
});

/** The AGE column: since `metadata.creationTimestamp`. */
export const ageColumn: Column<KubeObject> = Object.freeze({
  name: 'Age',
  cell: (object: KubeObject, now: number) => ageSince(object.metadata.creationTimestamp, now),
});

/** The CREATED AT column of kinds that upstream prints by default. */
export const createdAtColumn: Column<KubeObject> = Object.freeze({
  name: 'Created At',
  cell: (object: KubeObject) => object.metadata.creationTimestamp ?? '',
});
