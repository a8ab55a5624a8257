import { describe, expect, it } from 'vitest';
import { TokenIssuer } from '../../../src/apiserver/authentication/tokens.ts';
import { Guarded, user } from '../authorization/support.ts';
import { podBody } from '../harness.ts';

const TOKEN = {
  verb: 'create',
  resource: 'serviceaccounts',
  namespace: 'default',
  name: 'default',
  subresource: 'token',
} as const;

function withPod(): Guarded {
  const h = new Guarded();
  h.create('nodes', { metadata: { name: 'n1' } });
  h.create('pods', podBody('web', {}, { nodeName: 'n1', terminationGracePeriodSeconds: 0 }));
  return h;
}

function issue(h: Guarded, spec: object = {}): string {
  const made = h.object({ ...TOKEN, body: { spec } }) as unknown as { status: { token: string } };
  return made.status.token;
}

const toPod = (h: Guarded) => ({
  boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'web', uid: h.get('pods', 'web').metadata.uid },
});

describe('a token of a service account', () => {
  it('says who its bearer is, and which pod and node it is bound to', () => {
    const h = withPod();
    const found = h.server.authenticate(issue(h, toPod(h)));
    expect(found).toMatchObject({
      name: 'system:serviceaccount:default:default',
      uid: h.get('serviceaccounts', 'default').metadata.uid,
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      extra: {
        'authentication.kubernetes.io/pod-name': ['web'],
        'authentication.kubernetes.io/node-name': ['n1'],
      },
    });
  });

  it('is no good once changed, signed by another, or made up', () => {
    const h = withPod();
    const token = issue(h);
    const [head = '', body = '', signature = ''] = token.split('.');
    const other = new TokenIssuer('another key');
    expect(other.read(token)).toBeUndefined();
    const claims = new TokenIssuer('sa.key').read(token);
    expect(claims?.sub).toBe('system:serviceaccount:default:default');
    for (const text of [`${head}.${body}x.${signature}`, `${head}.${body}.`, 'x.y.z', '', 'a'.repeat(10_000)])
      expect(h.server.authenticate(text)).toBeUndefined();
  });

  it('goes over the wire spelled out; what components read later, and again, is the same text', () => {
    const h = withPod();
    const status = (options: object) =>
      (h.object({ ...TOKEN, body: { spec: {} }, ...options }) as unknown as { status: { token: string } })
        .status;
    expect(Object.keys(status({})).sort()).toEqual(['expirationTimestamp', 'token']);
    const kept = status({
      decoded: true,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec: {} },
    });
    const text = kept.token;
    h.run(1_000);
    expect(kept.token).toBe(text);
    expect(h.server.authenticate(text)?.name).toBe('system:serviceaccount:default:default');
  });

  it('expires', () => {
    const h = withPod();
    const token = issue(h, { expirationSeconds: 600 });
    h.run(600_000);
    expect(h.server.authenticate(token)).toBeDefined();
    h.run(1_001);
    expect(h.server.authenticate(token)).toBeUndefined();
  });

  it('asked for as kubelets do is accepted for a year, though it says an hour', () => {
    const h = withPod();
    const token = issue(h, { ...toPod(h), expirationSeconds: 3607 });
    h.run(3_700_000);
    expect(h.server.authenticate(token)).toBeDefined();
  });

  it('ends with its account, and is not that of a new account of the same name', () => {
    const h = withPod();
    const token = issue(h);
    h.send({ verb: 'delete', resource: 'serviceaccounts', namespace: 'default', name: 'default' });
    expect(h.server.authenticate(token)).toBeUndefined();
    h.create('serviceaccounts', { metadata: { name: 'default', namespace: 'default' } });
    expect(h.server.authenticate(token)).toBeUndefined();
  });

  it('ends with its pod', () => {
    const h = withPod();
    const token = issue(h, toPod(h));
    h.send({
      verb: 'delete',
      resource: 'pods',
      namespace: 'default',
      name: 'web',
      options: { gracePeriodSeconds: 0 },
    });
    expect(h.server.authenticate(token)).toBeUndefined();
  });

  it('survives a restart of the server, which knows its key', () => {
    const h = withPod();
    const token = issue(h);
    h.restart();
    expect(h.server.authenticate(token)).toBeDefined();
  });

  it.each([
    ['a pod that is not there', { kind: 'Pod', name: 'gone' }, '404 pods "gone" not found'],
    [
      'a pod by another uid',
      { kind: 'Pod', name: 'web', uid: 'x' },
      '409 Operation cannot be fulfilled on Pod "web": the UID in the bound object reference (x) does not match the UID in record. The object might have been deleted and then recreated',
    ],
    [
      'something else',
      { kind: 'ConfigMap', name: 'x' },
      '400 cannot bind token to object of type /v1, Kind=ConfigMap',
    ],
  ])('is not bound to %s', (_, ref, want) => {
    const body = { spec: { boundObjectRef: { apiVersion: 'v1', ...ref } } };
    expect(withPod().verdict(user('root', 'system:masters'), { ...TOKEN, body })).toBe(want);
  });

  it('is not bound to a pod of another account', () => {
    const h = withPod();
    h.create('serviceaccounts', { metadata: { name: 'other', namespace: 'default' } });
    expect(
      h.verdict(user('root', 'system:masters'), { ...TOKEN, name: 'other', body: { spec: toPod(h) } }),
    ).toBe(
      '400 cannot bind token for serviceaccount "other" to pod running with different serviceaccount name.',
    );
  });

  it('can be looked up by a token review', () => {
    const h = withPod();
    const review = (spec: object) =>
      (
        h.object({
          verb: 'create',
          group: 'authentication.k8s.io',
          resource: 'tokenreviews',
          body: { spec },
        }) as unknown as { status: object }
      ).status;
    expect(review({ token: issue(h) })).toMatchObject({
      authenticated: true,
      user: { username: 'system:serviceaccount:default:default' },
    });
    const vault = issue(h, { audiences: ['vault'] });
    expect(review({ token: vault })).toMatchObject({
      error: expect.stringContaining('is invalid for the target audiences'),
    });
    expect(review({ token: vault, audiences: ['vault'] })).toMatchObject({
      authenticated: true,
      audiences: ['vault'],
    });
  });
});
