import { describe, expect, test } from 'vitest';
import type { RequestOptions } from '../../src/api/request.ts';
import type { DialKubelet, KubeletAnswer } from '../../src/apiserver/nodeproxy.ts';
import { Harness, podBody } from './harness.ts';

const STREAM = { onOutput() {}, onExit() {}, write() {}, closeInput() {}, close() {} };
const LOG = { verb: 'get', resource: 'pods', namespace: 'default', name: 'web', subresource: 'log' } as const;
const EXEC = { ...LOG, verb: 'create', subresource: 'exec', options: { command: ['ls'] } } as const;

function withPod(dialKubelet: DialKubelet, containers = ['web'], node = 'n1'): Harness {
  const h = new Harness({ dialKubelet });
  const status = { addresses: [{ type: 'InternalIP', address: '192.168.0.11' }] };
  h.create('nodes', { metadata: { name: 'n1' }, status });
  h.create('pods', podBody('web', {}, { containers: containers.map((name) => ({ name, image: 'a' })) }));
  if (node !== '')
    h.send({ ...LOG, verb: 'create', subresource: 'binding', body: { target: { name: node } } });
  return h;
}

function answering(answer: KubeletAnswer, asked: RequestOptions[] = []): DialKubelet {
  const ask = (_namespace: string, _pod: string, options: RequestOptions): KubeletAnswer => {
    asked.push(options);
    return answer;
  };
  return () => ({
    api: {
      logs: ask,
      exec: ask,
      attach: ask,
      portForward: () => ({ ok: false, code: 404, message: 'no tunnels here' }),
      summary: () => ({ node: { startedAt: 0, cpuTime: 0, memory: 0 }, containers: [] }),
    },
  });
}

const refusing: DialKubelet = () => ({ error: 'dial tcp 192.168.0.11:10250: connect: connection refused' });

describe('logs and exec', () => {
  test("go to the kubelet of the pod's node, with the container filled in", () => {
    const asked: RequestOptions[] = [];
    const h = withPod(answering({ ok: true, stream: STREAM }, asked));
    expect(h.send({ ...LOG, options: { tailLines: 3 } })).toEqual({
      kind: 'stream',
      ok: true,
      stream: STREAM,
    });
    expect(h.send(EXEC)).toMatchObject({ kind: 'stream' });
    expect(h.send({ ...EXEC, subresource: 'attach', options: { stdin: true } })).toMatchObject({
      kind: 'stream',
    });
    expect(asked).toEqual([
      { tailLines: 3, container: 'web' },
      { command: ['ls'], container: 'web' },
      { stdin: true, container: 'web' },
    ]);
  });

  test.each([
    ['an ambiguous container', {}, 'a container name must be specified for pod web, choose one of: [a b]'],
    ['an unknown container', { container: 'c' }, 'container c is not valid for pod web'],
  ])('refuse %s', (_sentence, options, message) => {
    const h = withPod(answering({ ok: true, stream: STREAM }), ['a', 'b']);
    expect(h.refusal({ ...LOG, options })).toMatchObject({ code: 400, message });
  });

  test('say so when the kubelet cannot be reached', () => {
    const h = withPod(refusing);
    expect(h.refusal({ ...LOG, options: { follow: true } }).message).toBe(
      'Get "https://192.168.0.11:10250/containerLogs/default/web/web?follow=true": dial tcp 192.168.0.11:10250: connect: connection refused',
    );
    expect(h.refusal(EXEC).message).toBe(
      'error dialing backend: dial tcp 192.168.0.11:10250: connect: connection refused',
    );
  });

  test("pass on the kubelet's own refusal", () => {
    const message = 'container "web" in pod "web" is waiting to start: ContainerCreating';
    const h = withPod(answering({ ok: false, code: 400, message }));
    expect(h.refusal(LOG)).toMatchObject({ code: 400, reason: 'BadRequest', message });
  });

  test('of a pod that is nowhere yet: an empty log, and nowhere to run', () => {
    const h = withPod(refusing, ['web'], '');
    const response = h.send(LOG);
    let code = -1;
    if (response.ok && response.kind === 'stream')
      response.stream.onExit((exitCode) => {
        code = exitCode;
      });
    expect(code).toBe(0);
    expect(h.refusal(EXEC)).toMatchObject({ code: 400, message: 'pod web does not have a host assigned' });
  });
});

describe('a token', () => {
  const TOKEN = {
    verb: 'create',
    resource: 'serviceaccounts',
    namespace: 'default',
    name: 'default',
    subresource: 'token',
  } as const;

  test('is good for as long as was asked', () => {
    const token = new Harness().object({ ...TOKEN, body: { spec: { expirationSeconds: 3607 } } });
    expect(token).toMatchObject({
      kind: 'TokenRequest',
      status: {
        expirationTimestamp: '2026-01-05T01:00:07Z',
        token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      },
    });
  });

  test('is not given for less than ten minutes', () => {
    const status = new Harness().refusal({ ...TOKEN, body: { spec: { expirationSeconds: 60 } } });
    expect(status.message).toBe(
      'TokenRequest.authentication.k8s.io "default" is invalid: spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes',
    );
  });
});

describe('discovery', () => {
  test('lists what is served, the core group first', () => {
    const resources = new Harness().server.apiResources();
    expect(resources[0]?.group).toBe('');
    expect(resources.find(({ name }) => name === 'pods')).toMatchObject({
      shortNames: ['po'],
      kind: 'Pod',
      namespaced: true,
      verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
      subresources: [
        'attach',
        'binding',
        'ephemeralcontainers',
        'eviction',
        'exec',
        'log',
        'portforward',
        'resize',
        'status',
      ],
    });
  });
});
