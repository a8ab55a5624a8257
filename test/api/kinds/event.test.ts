import { describe, expect, it } from 'vitest';
import type { Event } from '../../../src/api/generated/types.ts';
import { event } from '../../../src/api/kinds/event.ts';
import { formatFieldError } from '../../../src/apimachinery/fielderror.ts';
import { deepFreeze } from '../../../src/apimachinery/freeze.ts';

const NOW = Date.UTC(2026, 0, 5, 0, 10);
const POD = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'web-1', uid: 'u-1' };

function make(rest: Partial<Event> = {}): Event {
  const metadata = { name: 'web-1.17', namespace: 'default' };
  return deepFreeze({ apiVersion: 'v1', kind: 'Event', metadata, involvedObject: POD, ...rest });
}

const NEW: Partial<Event> = {
  eventTime: '2026-01-05T00:00:00.000000Z',
  reportingComponent: 'default-scheduler',
  reportingInstance: 'control-1',
  action: 'Binding',
  reason: 'Scheduled',
  type: 'Normal',
};
const MISMATCH = 'does not match event.namespace';

describe('an event', () => {
  it.each<[string, Partial<Event>, readonly string[]]>([
    ['of the old style needs little', {}, []],
    ['about a cluster-scoped object is in default', { involvedObject: { kind: 'Node', name: 'n' } }, []],
    [
      'is where its object is',
      { involvedObject: { ...POD, namespace: 'sea' } },
      [`involvedObject.namespace: Invalid value: "sea": ${MISMATCH}`],
    ],
    [
      'about a cluster-scoped object is nowhere else',
      { metadata: { name: 'x', namespace: 'sea' }, involvedObject: { kind: 'Node' } },
      [`involvedObject.namespace: Invalid value: "": ${MISMATCH}`],
    ],
    ['of the new style says who did what and why', NEW, []],
    [
      'of the new style needs an action and a reason',
      { ...NEW, action: '', reason: '' },
      ['action: Required value', 'reason: Required value'],
    ],
    [
      'of the new style has a short note',
      { ...NEW, message: 'x'.repeat(1025) },
      ['message: Invalid value: "": can have at most 1024 characters'],
    ],
    [
      'of the new style has a short reason',
      { ...NEW, reason: 'x'.repeat(129) },
      ['reason: Invalid value: "": can have at most 128 characters'],
    ],
  ])('%s', (_name, rest, want) => {
    expect(event.validate(make(rest)).map(formatFieldError)).toEqual(want);
  });

  it('about nothing at all can still be selected and shown', () => {
    const bare = { apiVersion: 'v1', kind: 'Event', metadata: { name: 'x', namespace: 'default' } } as Event;
    const object = event.applyDefaults(bare);
    expect(event.validate(object)).toEqual([]);
    expect(event.selectableFields?.['involvedObject.name']?.(object)).toBe('');
    expect(event.columns.map((c) => c.cell(object, NOW))).toHaveLength(10);
  });

  it('is kept for an hour', () => {
    expect(event.ttl).toBe(60 * 60 * 1000);
  });

  it('may have any name that can stand in a path', () => {
    expect(event.validateName('Web_1.17')).toEqual([]);
    expect(event.validateName('a/b%')).toEqual(["may not contain '/'", "may not contain '%'"]);
  });
});

describe('kubectl get events', () => {
  const row = (rest: Partial<Event>): Record<string, string | number> =>
    Object.fromEntries(event.columns.map((c) => [c.name, c.cell(make(rest), NOW)]));

  it.each<[string, Partial<Event>, Record<string, string | number>]>([
    [
      'shows when it was last seen',
      { firstTimestamp: '2026-01-05T00:00:00Z', lastTimestamp: '2026-01-05T00:09:30Z', count: 4 },
      { 'Last Seen': '30s', 'First Seen': '10m', Count: 4 },
    ],
    [
      'shows an event of the new style',
      NEW,
      { 'Last Seen': '10m', 'First Seen': '10m', Count: 1, Source: 'default-scheduler, control-1' },
    ],
    [
      'shows a series',
      { ...NEW, series: { count: 3, lastObservedTime: '2026-01-05T00:09:00.000000Z' } },
      { 'Last Seen': '60s', Count: 3 },
    ],
    [
      'shows the object and its message without spaces around',
      { message: ' Pulled \n' },
      { Object: 'pod/web-1', Message: 'Pulled' },
    ],
    [
      'shows source and host',
      { source: { component: 'kubelet', host: 'cargo-1' } },
      { Source: 'kubelet, cargo-1' },
    ],
    ['shows no time as unknown', {}, { 'Last Seen': '<unknown>' }],
  ])('%s', (_name, rest, want) => {
    expect(row(rest)).toMatchObject(want);
  });

  it('has the columns of upstream', () => {
    expect(event.columns.filter((c) => c.wide === undefined).map((c) => c.name.toUpperCase())).toEqual([
      'LAST SEEN',
      'TYPE',
      'REASON',
      'OBJECT',
      'MESSAGE',
    ]);
  });
});

it.each([
  ['involvedObject.name', 'web-1'],
  ['involvedObject.kind', 'Pod'],
  ['involvedObject.uid', 'u-1'],
  ['reason', 'Scheduled'],
  ['source', 'default-scheduler'],
  ['type', 'Normal'],
])('events can be selected by %s', (field, want) => {
  expect(event.selectableFields?.[field]?.(make(NEW))).toBe(want);
});
