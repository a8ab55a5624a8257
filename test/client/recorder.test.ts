import { beforeEach, describe, expect, it } from 'vitest';
import type { Event } from '../../src/api/generated/types.ts';
import { event as eventKind } from '../../src/api/kinds/event.ts';
import { namespace as namespaceKind } from '../../src/api/kinds/namespace.ts';
import type { KubeObject } from '../../src/api/object.ts';
import { EventRecorder, referenceTo } from '../../src/client/recorder.ts';
import { must, Server } from './support.ts';

let server: Server;
let recorder: EventRecorder;
let object: KubeObject;
beforeEach(() => {
  server = new Server();
  recorder = new EventRecorder(server.client('test-controller'), server.sim, {
    component: 'test-controller',
  });
  object = server.put('a');
});

const events = (): Event[] => [...must(server.admin.list(eventKind, {})).items];
const texts = (): string[] =>
  events()
    .map(({ count, message }) => `${count} ${message}`)
    .sort();

/** Records an event every second. */
function tell(messages: readonly string[], about = object): void {
  for (const message of messages) {
    server.run(1000);
    recorder.event(about, 'Normal', 'Because', message);
  }
}

describe('an event', () => {
  it('is not lost because another recorder speaks of something of the same name at the same moment', () => {
    const other = new EventRecorder(server.client('other-controller'), server.sim, {
      component: 'other-controller',
    });
    recorder.event(object, 'Normal', 'Because', 'one');
    other.event({ ...object, kind: 'Other' }, 'Normal', 'Because', 'two');
    expect(texts()).toEqual(['1 one', '1 two']);
  });

  it('says what happened to what, when, and who says so', () => {
    server.run(5000);
    recorder.event(object, 'Warning', 'Because', 'it is so');
    const { name, uid, resourceVersion } = object.metadata;
    expect(events()).toMatchObject([
      {
        metadata: { namespace: 'default' },
        involvedObject: {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          name,
          namespace: 'default',
          uid,
          resourceVersion,
        },
        type: 'Warning',
        reason: 'Because',
        message: 'it is so',
        source: { component: 'test-controller' },
        reportingComponent: 'test-controller',
        count: 1,
        firstTimestamp: '2026-01-05T00:00:05Z',
        lastTimestamp: '2026-01-05T00:00:05Z',
      },
    ]);
    expect(events()[0]?.metadata.name).toMatch(/^a\.[0-9a-f]{16}$/);
  });

  it('about something without a namespace is kept in the namespace default', () => {
    const system = must(server.admin.get(namespaceKind, 'kube-system'));
    recorder.event(system, 'Normal', 'Because', 'x');
    expect(events().map(({ metadata }) => metadata.namespace)).toEqual(['default']);
  });

  it('may name a field and a host', () => {
    const kubelet = new EventRecorder(server.client('kubelet'), server.sim, {
      component: 'kubelet',
      host: 'n1',
    });
    kubelet.event(object, 'Normal', 'Because', 'x', 'spec.containers{web}');
    expect(events()).toMatchObject([
      {
        involvedObject: { fieldPath: 'spec.containers{web}' },
        source: { component: 'kubelet', host: 'n1' },
        reportingInstance: 'n1',
      },
    ]);
  });
});

describe('events that are alike', () => {
  it('become one with a count', () => {
    tell(['x', 'x', 'y', 'x']);
    expect(texts()).toEqual(['1 y', '3 x']);
    const x = events().find(({ message }) => message === 'x');
    expect([x?.firstTimestamp, x?.lastTimestamp]).toEqual(['2026-01-05T00:00:01Z', '2026-01-05T00:00:04Z']);
  });

  it('about different objects, or for different reasons, are different', () => {
    tell(['x']);
    tell(['x'], server.put('b'));
    recorder.event(object, 'Normal', 'Otherwise', 'x');
    recorder.event(object, 'Warning', 'Because', 'x');
    expect(texts()).toEqual(['1 x', '1 x', '1 x', '1 x']);
  });

  it('are written anew, with their count, when the first was forgotten by the server', () => {
    tell(['x', 'x']);
    must(server.admin.delete(eventKind, events()[0]?.metadata.name ?? '', 'default'));
    tell(['x']);
    expect(texts()).toEqual(['3 x']);
  });

  it('but for their message are combined from the tenth on', () => {
    tell(Array.from({ length: 12 }, (_, i) => `m${i}`));
    expect(texts().slice(-1)).toEqual(['3 (combined from similar events): m11']);
    expect(texts()).toHaveLength(10);
  });

  it('are combined no more after ten quiet minutes', () => {
    tell(Array.from({ length: 12 }, (_, i) => `m${i}`));
    server.run(600_001);
    tell(['later']);
    expect(texts()).toContain('1 later');
  });
});

describe('the memory of a recorder', () => {
  it('is for 4096 objects: the one that was not spoken of for longest is forgotten', () => {
    const about = (name: string) => ({ kind: 'Pod', namespace: 'default', name, uid: name });
    const say = (name: string) => recorder.eventFor(about(name), 'Normal', 'Because', 'x');
    const countsOf = (name: string) =>
      events().flatMap(({ involvedObject, count }) => (involvedObject.name === name ? [count] : []));
    for (const name of ['first', 'second', 'first']) say(name);
    for (let i = 0; i < 4095; i++) say(`p${i}`);
    say('first');
    say('second');
    expect(countsOf('first')).toEqual([3]);
    expect(countsOf('second')).toEqual([1, 1]);
  });
});

describe('a source that does not stop', () => {
  it('is cut off after 25 events about one object, and heard once in five minutes from then', () => {
    for (let i = 0; i < 40; i++) recorder.event(object, 'Normal', 'Because', 'x');
    expect(texts()).toEqual(['25 x']);
    server.run(299_000);
    recorder.event(object, 'Normal', 'Because', 'x');
    expect(texts()).toEqual(['25 x']);
    server.run(1000);
    recorder.event(object, 'Normal', 'Because', 'x');
    expect(texts()).toEqual(['42 x']);
  });

  it('is still heard about another object', () => {
    for (let i = 0; i < 40; i++) recorder.event(object, 'Normal', 'Because', 'x');
    tell(['y'], server.put('b'));
    expect(texts()).toContain('1 y');
  });
});

it('in the style of events.k8s.io repeats become a series', () => {
  const scheduler = new EventRecorder(server.client('scheduler'), server.sim, {
    component: 'default-scheduler',
    style: 'series',
  });
  for (let i = 0; i < 3; i++) {
    server.run(1000);
    scheduler.event(object, 'Warning', 'FailedScheduling', 'no room');
  }
  expect(events()).toMatchObject([
    {
      eventTime: '2026-01-05T00:00:01.000000Z',
      series: { count: 3, lastObservedTime: '2026-01-05T00:00:03.000000Z' },
      reportingComponent: 'default-scheduler',
    },
  ]);
  expect(events()[0]?.count).toBeUndefined();
});

it('a reference names an object completely', () => {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  expect(referenceTo(object, 'data')).toEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name,
    namespace,
    uid,
    resourceVersion,
    fieldPath: 'data',
  });
});
