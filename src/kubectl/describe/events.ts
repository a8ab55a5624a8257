import type { Event } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import { parseTime } from '../../apimachinery/time.ts';
import type { KubectlContext } from '../context.ts';
import { builtin } from '../discovery.ts';
import { since } from './common.ts';
import type { DescribeWriter } from './writer.ts';

const MIRROR = 'kubernetes.io/config.mirror';

/** The events about an object: those of its uid, for a node also those of its name. */
export function eventsOf(context: KubectlContext, object: KubeObject): readonly Event[] {
  const { name = '', namespace, uid } = object.metadata;
  const mirror = object.metadata.annotations?.[MIRROR];
  const result = context.client.list<KubeObject>(builtin('events'), {
    ...(namespace === undefined ? {} : { namespace }),
    fieldSelector: `involvedObject.name=${name}`,
  });
  if (!result.ok) return [];
  const uids = new Set([mirror ?? uid, ...(object.kind === 'Node' ? [name] : [])]);
  return (result.value.items as unknown as readonly Event[]).filter(
    (event) => event.involvedObject.kind === object.kind && uids.has(event.involvedObject.uid),
  );
}

/** When an event was last seen, ms since the epoch. */
export function lastSeen(event: Event): number {
  const text =
    event.series?.lastObservedTime ??
    event.lastTimestamp ??
    event.eventTime ??
    event.metadata.creationTimestamp;
  return (text === undefined ? undefined : parseTime(text)) ?? 0;
}

/** `2m (x4 over 10m)`, or just the age of an event that occurred once. */
export function interval(event: Event, now: number): string {
  const first = since(event.eventTime ?? event.firstTimestamp, now);
  if (event.series !== undefined)
    return `${since(event.series.lastObservedTime, now)} (x${event.series.count ?? 0} over ${first})`;
  if ((event.count ?? 0) > 1) return `${since(event.lastTimestamp, now)} (x${event.count} over ${first})`;
  return first;
}

/** Writes the events block. */
export function writeEvents(w: DescribeWriter, events: readonly Event[], now: number): void {
  if (events.length === 0) {
    w.write(0, 'Events:\t<none>\n');
    return;
  }
  w.flush();
  w.write(0, 'Events:\n  Type\tReason\tAge\tFrom\tMessage\n');
  w.write(1, '----\t------\t----\t----\t-------\n');
  for (const event of events.toSorted((a, b) => lastSeen(a) - lastSeen(b))) {
    const from = event.source?.component || event.reportingComponent || '';
    const path = event.involvedObject.fieldPath ?? '';
    const message = `${path === '' ? '' : `${path}: `}${(event.message ?? '').trim()}`;
    w.write(1, `${event.type ?? ''}\t${event.reason ?? ''}\t${interval(event, now)}\t${from}\t${message}\n`);
  }
}
