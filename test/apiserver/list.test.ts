import { describe, expect, test } from 'vitest';
import { configMapBody, Harness } from './harness.ts';

function withMaps(...names: string[]): Harness {
  const h = new Harness();
  for (const name of names) h.create('configmaps', configMapBody(name));
  return h;
}

function names(list: {
  readonly items: readonly { readonly metadata: { readonly name?: string } }[];
}): unknown[] {
  return list.items.map(({ metadata }) => metadata.name);
}

const LIST = { verb: 'list', resource: 'configmaps', namespace: 'default' } as const;

describe('a list', () => {
  test('is in the order of the keys and as of the last revision', () => {
    const h = withMaps('b', 'a', 'c');
    const list = h.list('configmaps');
    expect(names(list)).toEqual(['a', 'b', 'c']);
    expect(list.resourceVersion).toBe(String(h.etcd.revision));
  });

  test('goes over all namespaces when none is given', () => {
    const h = withMaps('z');
    h.create('configmaps', configMapBody('a', '1', { namespace: 'kube-system' }));
    expect(names(h.list('configmaps', {}, ''))).toEqual(['z', 'a']);
  });

  test('in pages neither skips nor repeats, whatever is written in between', () => {
    const h = withMaps('a', 'b', 'c', 'd', 'e');
    const first = h.list('configmaps', { limit: 2 });
    expect([names(first), first.remainingItemCount]).toEqual([['a', 'b'], 3]);
    h.create('configmaps', configMapBody('aa'));
    h.create('configmaps', configMapBody('cc'));
    h.send({ verb: 'delete', resource: 'configmaps', namespace: 'default', name: 'd' });
    const second = h.list('configmaps', { limit: 2, continue: first.continue ?? '' });
    expect([names(second), second.resourceVersion, second.remainingItemCount]).toEqual([
      ['c', 'd'],
      first.resourceVersion,
      1,
    ]);
    const third = h.list('configmaps', { limit: 2, continue: second.continue ?? '' });
    expect([names(third), third.continue]).toEqual([['e'], undefined]);
  });

  test('with a selector in pages is filled up with what matches', () => {
    const h = new Harness();
    for (const name of ['a', 'b', 'c', 'd', 'e'])
      h.create('configmaps', configMapBody(name, '1', { labels: { odd: String('ace'.includes(name)) } }));
    const first = h.list('configmaps', { limit: 2, labelSelector: 'odd=true' });
    expect([names(first), first.remainingItemCount]).toEqual([['a', 'c'], undefined]);
    const second = h.list('configmaps', {
      limit: 2,
      labelSelector: 'odd=true',
      continue: first.continue ?? '',
    });
    expect([names(second), second.continue]).toEqual([['e'], undefined]);
  });

  test('exactly as of a revision shows the past', () => {
    const h = withMaps('a');
    const resourceVersion = String(h.etcd.revision);
    h.create('configmaps', configMapBody('b'));
    expect(names(h.list('configmaps', { resourceVersion, resourceVersionMatch: 'Exact' }))).toEqual(['a']);
    expect(names(h.list('configmaps', { resourceVersion, resourceVersionMatch: 'NotOlderThan' }))).toEqual([
      'a',
      'b',
    ]);
    expect(names(h.list('configmaps', { resourceVersion }))).toEqual(['a', 'b']);
  });

  test('a page whose revision was compacted is expired', () => {
    const h = withMaps('a', 'b', 'c');
    const first = h.list('configmaps', { limit: 1 });
    h.create('configmaps', configMapBody('d'));
    h.run(601_000);
    const status = h.refusal({ ...LIST, options: { continue: first.continue ?? '' } });
    expect(status).toMatchObject({ code: 410, reason: 'Expired' });
    expect(status.message).toMatch(
      /^The provided continue parameter is too old to display a consistent list result\. You can start a new list without the continue parameter, or use the continue token in this response/,
    );
    // With the token that comes along the rest is told as it is now.
    const rest = h.list('configmaps', { continue: status.metadata.continue ?? '' });
    expect([names(rest), rest.resourceVersion]).toEqual([['b', 'c', 'd'], String(h.etcd.revision)]);
    expect(
      h.refusal({
        ...LIST,
        options: { resourceVersion: first.resourceVersion, resourceVersionMatch: 'Exact' },
      }),
    ).toMatchObject({
      code: 410,
      message: 'The resourceVersion for the provided list is too old.',
    });
  });

  test.each([
    [
      'a revision that has not happened',
      { resourceVersion: '999' },
      504,
      'Timeout: Too large resource version: 999, current: ',
    ],
    [
      'a revision that is no number',
      { resourceVersion: 'x' },
      400,
      'invalid resource version: resourceVersion: Invalid value: "x"',
    ],
    [
      'a continue token that is none',
      { continue: 'ab!' },
      400,
      'invalid continue token: continue key is not valid: illegal base64 data at input byte 2',
    ],
    [
      'a continue token without a revision',
      { continue: btoa('{"v":"meta.k8s.io/v1","start":"ab"}').replaceAll('=', '') },
      400,
      'continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)',
    ],
    [
      'a continue token without a key',
      { continue: btoa('{"v":"meta.k8s.io/v1","rv":3}').replaceAll('=', '') },
      400,
      'continue key is not valid: encoded start key empty (version meta.k8s.io/v1)',
    ],
    [
      'a continue token of another version',
      { continue: btoa('{"v":"x","rv":3}').replaceAll('=', '') },
      400,
      'continue key is not valid: server does not recognize this encoded version x',
    ],
    [
      'a forged continue token',
      { continue: btoa('{"v":"meta.k8s.io/v1","rv":1,"start":"../secrets"}').replaceAll('=', '') },
      400,
      'continue key is not valid',
    ],
    ['a label selector that cannot be read', { labelSelector: 'a in b' }, 400, 'unable to parse requirement'],
    [
      'an unknown field',
      { fieldSelector: 'spec.x=y' },
      400,
      '"spec.x" is not a known field selector: only "metadata.name", "metadata.namespace"',
    ],
    [
      'a match without a revision',
      { resourceVersionMatch: 'Exact' as const },
      422,
      'resourceVersionMatch is forbidden unless resourceVersion is provided',
    ],
    [
      'initial events, which only watches have',
      { sendInitialEvents: true },
      422,
      'sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list',
    ],
  ])('refuses %s', (_sentence, options, code, message) => {
    const status = withMaps('a').refusal({ ...LIST, options });
    expect(status.code).toBe(code);
    expect(status.message).toContain(message);
  });
});

describe('time', () => {
  test('events are gone an hour and a little after they were written', () => {
    const h = new Harness();
    const body = {
      metadata: { name: 'e', namespace: 'default' },
      involvedObject: { kind: 'Pod', name: 'p', namespace: 'default' },
    };
    h.create('events', body);
    h.run(3_600_000);
    expect(h.has('events', 'e')).toBe(true);
    h.run(61_000);
    expect(h.has('events', 'e')).toBe(false);
  });

  test('history is given up after five to ten minutes', () => {
    const h = withMaps('a');
    const revision = h.etcd.revision;
    h.create('configmaps', configMapBody('b'));
    h.run(299_000);
    expect(h.etcd.compactRevision).toBe(0);
    h.run(302_000);
    expect(h.etcd.compactRevision).toBe(revision + 1);
  });
});

describe('a fault', () => {
  test('answers instead of the server', () => {
    const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: 429 } as const;
    let armed = false;
    const h = new Harness({ faults: () => (armed ? status : undefined) });
    armed = true;
    expect(h.refusal(LIST)).toBe(status);
  });

  test('may let the request take effect and then time out', () => {
    let armed = false;
    const h = new Harness({ faults: () => (armed ? 'timeoutAfterCommit' : undefined) });
    armed = true;
    expect(
      h.refusal({ verb: 'create', resource: 'configmaps', namespace: 'default', body: configMapBody('a') })
        .code,
    ).toBe(504);
    armed = false;
    expect(h.has('configmaps', 'a')).toBe(true);
  });
});
