import { describe, expect, test } from 'vitest';
import { configMapBody, Harness, podBody } from './harness.ts';

const A = { resource: 'configmaps', namespace: 'default', name: 'a' } as const;

function labelled(name: string, tier: string): object {
  return configMapBody(name, '1', { labels: { tier } });
}

function relabel(h: Harness, name: string, tier: string): void {
  h.object({ verb: 'patch', ...A, name, patchType: 'merge', body: { metadata: { labels: { tier } } } });
}

describe('a watch', () => {
  test('tells of every change in order, later than the change and never within it', () => {
    const h = new Harness();
    const watching = h.watch('configmaps', { resourceVersion: h.list('configmaps').resourceVersion });
    h.create('configmaps', configMapBody('a'));
    relabel(h, 'a', 'x');
    h.send({ verb: 'delete', ...A });
    expect(watching.events).toEqual([]);
    h.run();
    expect(watching.events).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
    const versions = watching.raw.map((event) =>
      event.type === 'ERROR' ? '' : event.object.metadata.resourceVersion,
    );
    expect(versions.at(-1)).toBe(String(h.etcd.revision));
    expect(new Set(versions).size).toBe(3);
  });

  test.each([undefined, '', '0'])('from revision %j begins with the objects there are', (resourceVersion) => {
    const h = new Harness();
    h.create('configmaps', configMapBody('b'));
    h.create('configmaps', configMapBody('a'));
    const watching = h.watch('configmaps', resourceVersion === undefined ? {} : { resourceVersion });
    h.create('configmaps', configMapBody('c'));
    h.run();
    expect(watching.events).toEqual(['ADDED a', 'ADDED b', 'ADDED c']);
  });

  test('goes on where another one ended', () => {
    const h = new Harness();
    const { resourceVersion = '' } = h.create('configmaps', configMapBody('a')).metadata;
    h.create('configmaps', configMapBody('b'));
    h.create('secrets', { metadata: { name: 's', namespace: 'default' } });
    h.create('configmaps', configMapBody('c'));
    const watching = h.watch('configmaps', { resourceVersion });
    h.run();
    expect(watching.events).toEqual(['ADDED b', 'ADDED c']);
  });

  test('that goes on hears of changes and deletions just as one that was open', () => {
    const h = new Harness();
    const { resourceVersion = '' } = h.create('configmaps', configMapBody('a')).metadata;
    const open = h.watch('configmaps', { resourceVersion });
    h.create('configmaps', configMapBody('b'));
    relabel(h, 'a', 'x');
    h.send({ verb: 'delete', ...A });
    const resumed = h.watch('configmaps', { resourceVersion });
    h.run();
    expect(resumed.events).toEqual(['ADDED b', 'MODIFIED a', 'DELETED a']);
    expect(resumed.raw).toEqual(open.raw);
  });

  test('goes on over the last 16,384 changes of the resource; from before them it ends with 410', () => {
    const h = new Harness();
    const { resourceVersion = '' } = h.create('configmaps', configMapBody('a')).metadata;
    for (let i = 0; i < 16_384; i++) relabel(h, 'a', String(i));
    const whole = h.watch('configmaps', { resourceVersion });
    relabel(h, 'a', 'x');
    const late = h.watch('configmaps', { resourceVersion });
    h.run();
    expect(whole.events).toHaveLength(16_385);
    expect(late.events).toEqual([
      `ERROR 410 too old resource version: ${resourceVersion} (${Number(resourceVersion) + 1})`,
    ]);
  });

  test('from before the server knows anything ends with 410', () => {
    const h = new Harness();
    const { resourceVersion = '' } = h.create('configmaps', configMapBody('a')).metadata;
    h.create('configmaps', configMapBody('b'));
    h.restart();
    const watching = h.watch('configmaps', { resourceVersion });
    h.run();
    expect(watching.events).toEqual([
      `ERROR 410 too old resource version: ${resourceVersion} (${h.etcd.revision})`,
    ]);
    expect(watching.closed).toBe(1);
  });

  test('sees an object come and go as it starts and stops matching the labels', () => {
    const h = new Harness();
    h.create('configmaps', labelled('a', 'x'));
    h.create('configmaps', labelled('b', 'y'));
    const watching = h.watch('configmaps', { labelSelector: 'tier=x' });
    relabel(h, 'a', 'y');
    relabel(h, 'a', 'x');
    relabel(h, 'b', 'z');
    h.send({ verb: 'delete', ...A });
    h.send({ verb: 'delete', ...A, name: 'b' });
    h.run();
    expect(watching.events).toEqual(['ADDED a', 'DELETED a', 'ADDED a', 'DELETED a']);
    expect(watching.raw[1]).toMatchObject({ object: { metadata: { labels: { tier: 'x' } } } });
  });

  test('by spec.nodeName sees the pods of a node, from the moment they are bound', () => {
    const h = new Harness();
    const n1 = h.watch('pods', { fieldSelector: 'spec.nodeName=n1' }, { namespace: '' });
    const n2 = h.watch('pods', { fieldSelector: 'spec.nodeName=n2' }, { namespace: '' });
    const waiting = h.watch('pods', { fieldSelector: 'spec.nodeName=' });
    const all = h.watch('pods', {}, { namespace: '' });
    h.create('pods', podBody('web'));
    h.send({
      verb: 'create',
      resource: 'pods',
      namespace: 'default',
      name: 'web',
      subresource: 'binding',
      body: { target: { name: 'n1' } },
    });
    h.object({ verb: 'delete', resource: 'pods', namespace: 'default', name: 'web' });
    h.send({
      verb: 'delete',
      resource: 'pods',
      namespace: 'default',
      name: 'web',
      options: { gracePeriodSeconds: 0 },
    });
    h.run();
    expect(n1.events).toEqual(['ADDED web', 'MODIFIED web', 'DELETED web']);
    expect(n2.events).toEqual([]);
    expect(waiting.events).toEqual(['ADDED web', 'DELETED web']);
    expect(all.events).toEqual(['ADDED web', 'MODIFIED web', 'MODIFIED web', 'DELETED web']);
    const late = h.watch('pods', { fieldSelector: 'spec.nodeName=n1' });
    h.run();
    expect(late.events).toEqual([]);
  });

  test('by name and by namespace sees nothing else', () => {
    const h = new Harness();
    const one = h.watch('configmaps', { fieldSelector: 'metadata.name=a' });
    const elsewhere = h.watch('configmaps', {}, { namespace: 'kube-system' });
    h.create('configmaps', configMapBody('a'));
    h.create('configmaps', configMapBody('b'));
    h.create('configmaps', configMapBody('a', '1', { namespace: 'kube-system' }));
    h.run();
    expect([one.events, elsewhere.events]).toEqual([['ADDED a'], ['ADDED a']]);
  });

  test('is told about every minute how far it is, if it asked', () => {
    const h = new Harness();
    const asked = h.watch('configmaps', { allowWatchBookmarks: true });
    const silent = h.watch('configmaps');
    h.create('secrets', { metadata: { name: 's', namespace: 'default' } });
    h.run(61_000);
    expect(asked.raw).toEqual([
      {
        type: 'BOOKMARK',
        object: {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { resourceVersion: String(h.etcd.revision) },
        },
      },
    ]);
    expect(silent.events).toEqual([]);
  });

  test('with sendInitialEvents marks the end of what was there', () => {
    const h = new Harness();
    h.create('configmaps', configMapBody('a'));
    const watching = h.watch('configmaps', {
      sendInitialEvents: true,
      resourceVersionMatch: 'NotOlderThan',
      allowWatchBookmarks: true,
    });
    h.run();
    expect(watching.events).toEqual(['ADDED a', 'BOOKMARK']);
    expect(watching.raw[1]).toMatchObject({
      object: { metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    });
    const status = h.refusal({
      verb: 'watch',
      resource: 'configmaps',
      options: { sendInitialEvents: true },
      sink: { event() {}, closed() {} },
    });
    expect(status.message).toBe(
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
    );
  });

  test('ends after timeoutSeconds, and otherwise never', () => {
    const h = new Harness();
    const short = h.watch('configmaps', { timeoutSeconds: 5 });
    const long = h.watch('configmaps');
    h.run(100_000);
    h.create('configmaps', configMapBody('a'));
    h.run();
    expect([short.closed, short.events, long.closed, long.events]).toEqual([1, [], 0, ['ADDED a']]);
  });

  test('that is stopped hears nothing more, not even that it ended', () => {
    const h = new Harness();
    const watching = h.watch('configmaps');
    h.create('configmaps', configMapBody('a'));
    watching.stop();
    h.run();
    h.restart();
    expect([watching.events, watching.closed]).toEqual([[], 0]);
  });

  test('ends when the server dies, with all that was not delivered', () => {
    const h = new Harness();
    const watching = h.watch('configmaps');
    h.create('configmaps', configMapBody('a'));
    h.restart();
    h.run();
    expect([watching.events, watching.closed]).toEqual([[], 1]);
  });

  test('ends when etcd goes, and the server serves again when it is back', () => {
    const h = new Harness();
    h.create('configmaps', configMapBody('a'));
    const watching = h.watch('configmaps', { resourceVersion: String(h.etcd.revision) });
    h.etcd.setOnline(false);
    h.run();
    expect(watching.closed).toBe(1);
    const refusals = [{ verb: 'get', ...A } as const, { verb: 'list', resource: 'configmaps' } as const].map(
      (request) => h.refusal(request).code,
    );
    expect(refusals).toEqual([500, 500]);
    h.etcd.setOnline(true);
    h.run(2000);
    expect(h.list('configmaps').items.length).toBe(1);
    const again = h.watch('configmaps', { resourceVersion: String(h.etcd.revision) });
    h.create('configmaps', configMapBody('b'));
    h.run();
    expect(again.events).toEqual(['ADDED b']);
  });
});
