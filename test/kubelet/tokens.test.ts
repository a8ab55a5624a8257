import { expect, it } from 'vitest';
import type { Pod, TokenRequest } from '../../src/api/generated/types.ts';
import type { ApiRequest } from '../../src/api/request.ts';
import { formatTime } from '../../src/apimachinery/time.ts';
import { Client } from '../../src/client/client.ts';
import { TokenManager } from '../../src/kubelet/tokens.ts';
import { Process } from '../../src/sim/process.ts';
import { Simulation } from '../../src/sim/simulation.ts';

function setUp() {
  const sim = new Simulation({ seed: 1 });
  const process = new Process(sim, 'kubelet');
  const asked: ApiRequest[] = [];
  const stale: string[] = [];
  const state = { refuse: false };
  const send = (request: ApiRequest) => {
    if (state.refuse) {
      const status = {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'no',
        code: 500,
      } as const;
      return { kind: 'error', ok: false, status } as const;
    }
    asked.push(request);
    const body = request.body as TokenRequest;
    const seconds = body.spec?.expirationSeconds ?? 0;
    const status = { token: `t${asked.length}`, expirationTimestamp: formatTime(sim.now() + seconds * 1000) };
    return { kind: 'object', ok: true, code: 201, object: { ...body, status }, warnings: [] } as const;
  };
  const client = new Client({ send }, { user: { name: 'n', groups: [] }, component: 'kubelet' });
  const manager = new TokenManager({ process, client, stale: (uid) => stale.push(uid) });
  return { sim, asked, stale, manager, state };
}

const pod = {
  metadata: { name: 'web', namespace: 'dev', uid: 'u' },
  spec: { serviceAccountName: 'bot' },
} as unknown as Pod;
const hour = { path: 'token', expirationSeconds: 3600 };

it('asks for a token that is bound to the pod, once', () => {
  const { asked, manager } = setUp();
  expect(manager.get(pod, hour)).toMatchObject({ ok: true, issued: { token: 't1' } });
  expect(manager.get(pod, hour)).toMatchObject({ ok: true, issued: { token: 't1' } });
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({
    resource: 'serviceaccounts',
    subresource: 'token',
    namespace: 'dev',
    name: 'bot',
    body: { spec: { boundObjectRef: { kind: 'Pod', name: 'web', uid: 'u' } } },
  });
});

it('says when a token is stale, with a fifth of its time left, and asks for another', () => {
  const { sim, stale, manager } = setUp();
  manager.get(pod, hour);
  sim.runUntil(sim.now() + 2_860_000);
  expect(stale).toEqual([]);
  sim.runUntil(sim.now() + 20_000);
  expect(stale).toEqual(['u']);
  expect(manager.get(pod, hour)).toMatchObject({ ok: true, issued: { token: 't2' } });
});

it('keeps a token that cannot be replaced until it has expired', () => {
  const { sim, manager, state } = setUp();
  manager.get(pod, hour);
  state.refuse = true;
  sim.runUntil(sim.now() + 3_000_000);
  expect(manager.get(pod, hour)).toMatchObject({ ok: true, issued: { token: 't1' } });
  sim.runUntil(sim.now() + 700_000);
  expect(manager.get(pod, hour)).toEqual({ ok: false, error: 'failed to fetch token: no' });
});
