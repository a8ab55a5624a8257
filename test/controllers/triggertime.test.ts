import { describe, expect, it } from 'vitest';
import type { Pod, Service } from '../../src/api/generated/types.ts';
import { endpoints } from '../../src/api/kinds/endpoints.ts';
import { endpointSlice } from '../../src/api/kinds/endpointslice.ts';
import { pod } from '../../src/api/kinds/pod.ts';
import { service } from '../../src/api/kinds/service.ts';
import { LAST_CHANGE_TRIGGER_TIME, TriggerTimes } from '../../src/controllers/triggertime.ts';
import { Cluster, podOf } from './support.ts';

const T = ['00', '01', '02', '03', '04'].map((second) => `2026-01-05T00:00:${second}Z`);

function at(created: string | undefined): Service {
  const metadata = { name: 'web', namespace: 'default' };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: created === undefined ? metadata : { ...metadata, creationTimestamp: created },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
  };
}

function ready(name: string, since: string | undefined): Pod {
  const conditions = [{ type: 'Ready', status: 'True', ...(since && { lastTransitionTime: since }) }];
  return { ...podOf(name), status: { conditions } };
}

// The cases of endpointslice/util/trigger_time_tracker_test.go.
describe('the time since which endpoints are out of date', () => {
  it('is the creation of a Service that was not known', () => {
    expect(new TriggerTimes().next(at(T[0]), [ready('a', T[2]), ready('b', T[1])])).toBe(T[0]);
  });

  it('is the earliest of what changed since', () => {
    const times = new TriggerTimes();
    times.next(at(T[0]), [ready('a', T[1])]);
    expect(times.next(at(T[0]), [ready('a', T[1]), ready('b', T[4]), ready('c', T[3])])).toBe(T[3]);
    expect(times.next(at(T[0]), [ready('a', T[1]), ready('b', T[4])])).toBeUndefined();
  });

  it('is the new creation of a Service that was made again', () => {
    const times = new TriggerTimes();
    times.next(at(T[0]), [ready('a', T[1])]);
    expect(times.next(at(T[2]), [ready('a', T[1])])).toBe(T[2]);
    times.forget('default/web');
    expect(times.next(at(T[3]), [ready('a', T[4])])).toBe(T[3]);
  });

  it('is unknown of pods that say nothing', () => {
    const times = new TriggerTimes();
    times.next(at(T[0]), []);
    expect(times.next(at(T[0]), [ready('a', undefined)])).toBeUndefined();
  });
});

it('Endpoints and EndpointSlices tell of it when they are written', () => {
  const cluster = new Cluster();
  cluster.create(service, at(undefined));
  cluster.run(2000);
  cluster.create(pod, podOf('a'));
  cluster.run(5000);
  const since = cluster
    .get(pod, 'a')
    .status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime;
  const [slice] = cluster.list(endpointSlice).filter(({ metadata }) => metadata.generateName === 'web-');
  for (const metadata of [cluster.get(endpoints, 'web').metadata, slice?.metadata])
    expect(metadata?.annotations).toEqual({ [LAST_CHANGE_TRIGGER_TIME]: since });
});
