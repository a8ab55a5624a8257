import { describe, expect, it } from 'vitest';
import { creation, Harness, podBody } from '../harness.ts';

type Texts = Record<string, string>;

/** A server with a quota whose use has been counted. */
function withQuota(hard: Texts, used: Texts, spec: object = {}): Harness {
  const h = new Harness();
  h.create('resourcequotas', { metadata: { name: 'q', namespace: 'default' }, spec: { hard, ...spec } });
  const body = { status: { hard, used } };
  h.object({
    verb: 'patch',
    patchType: 'merge',
    resource: 'resourcequotas',
    subresource: 'status',
    namespace: 'default',
    name: 'q',
    body,
  });
  return h;
}

const usedIn = (h: Harness): Texts =>
  (h.get('resourcequotas', 'q') as unknown as { status: { used: Texts } }).status.used;
const web = (resources: object = {}, more: object = {}) =>
  podBody('web', {}, { containers: [{ name: 'web', image: 'nginx', resources }], ...more });
const HEAD = 'pods "web" is forbidden: ';

describe('ResourceQuota', () => {
  it('charges what it lets pass', () => {
    const h = withQuota({ pods: '2', 'requests.cpu': '1' }, { pods: '0', 'requests.cpu': '0' });
    h.create('pods', web({ requests: { cpu: '250m' } }));
    expect(usedIn(h)).toEqual({ pods: '1', 'requests.cpu': '250m' });
  });

  it.each<[string, Texts, Texts, object, string]>([
    [
      'more than is left',
      { pods: '2', 'requests.cpu': '1' },
      { pods: '0', 'requests.cpu': '1' },
      web({ requests: { cpu: '500m' } }),
      `${HEAD}exceeded quota: q, requested: requests.cpu=500m, used: requests.cpu=1, limited: requests.cpu=1`,
    ],
    [
      'several at once, sorted',
      { pods: '1', 'limits.memory': '1Gi' },
      { pods: '1', 'limits.memory': '512Mi' },
      web({ limits: { memory: '1Gi' } }),
      `${HEAD}exceeded quota: q, requested: limits.memory=1Gi,pods=1, used: limits.memory=512Mi,pods=1, limited: limits.memory=1Gi,pods=1`,
    ],
    [
      'a pod that does not say what is counted',
      { 'limits.cpu': '2', 'limits.memory': '2Gi' },
      { 'limits.cpu': '0', 'limits.memory': '0' },
      web(),
      `${HEAD}failed quota: q: must specify limits.cpu for: web; limits.memory for: web`,
    ],
  ])('refuses %s', (_, hard, used, body, message) => {
    const h = withQuota(hard, used);
    expect(h.refusal(creation('pods', body)).message).toBe(message);
    expect(usedIn(h)).toEqual(used);
  });

  it('refuses everything before anybody has counted', () => {
    const h = new Harness();
    h.create('resourcequotas', {
      metadata: { name: 'q', namespace: 'default' },
      spec: { hard: { pods: '5' } },
    });
    expect(h.refusal(creation('pods', web())).message).toBe(
      `${HEAD}status unknown for quota: q, resources: pods`,
    );
  });

  it.each<[string, object, object, boolean]>([
    ['BestEffort', { scopes: ['BestEffort'] }, web(), false],
    ['BestEffort', { scopes: ['BestEffort'] }, web({ requests: { cpu: '1' } }), true],
    ['NotBestEffort', { scopes: ['NotBestEffort'] }, web({ requests: { cpu: '1' } }), false],
    ['Terminating', { scopes: ['Terminating'] }, web({}, { activeDeadlineSeconds: 5 }), false],
    ['NotTerminating', { scopes: ['NotTerminating'] }, web({}, { activeDeadlineSeconds: 5 }), true],
    [
      'PriorityClass',
      {
        scopeSelector: {
          matchExpressions: [
            { scopeName: 'PriorityClass', operator: 'In', values: ['system-node-critical'] },
          ],
        },
      },
      web(),
      true,
    ],
    [
      'PriorityClass',
      {
        scopeSelector: {
          matchExpressions: [
            { scopeName: 'PriorityClass', operator: 'In', values: ['system-node-critical'] },
          ],
        },
      },
      web({}, { priorityClassName: 'system-node-critical' }),
      false,
    ],
  ])('of scope %s counts those pods only', (_, spec, body, passes) => {
    const h = withQuota({ pods: '0' }, { pods: '0' }, spec);
    expect(h.send(creation('pods', body)).ok).toBe(passes);
  });

  it('counts objects of any kind, and node ports', () => {
    const h = withQuota(
      { 'count/configmaps': '1', 'services.nodeports': '1' },
      { 'count/configmaps': '0', 'services.nodeports': '0' },
    );
    const map = (name: string) => creation('configmaps', { metadata: { name, namespace: 'default' } });
    expect(h.send(map('a')).ok).toBe(true);
    expect(h.refusal(map('b')).message).toBe(
      'configmaps "b" is forbidden: exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=1, limited: count/configmaps=1',
    );
    const ports = [{ port: 80 }, { port: 81, name: 'b' }].map((port, i) => ({ name: `p${i}`, ...port }));
    const service = (spec: object) =>
      creation('services', { metadata: { name: 's', namespace: 'default' }, spec });
    expect(h.send(service({ type: 'NodePort', ports })).ok).toBe(false);
    expect(h.send(service({ ports })).ok).toBe(true);
  });

  it('is not charged by a dry run', () => {
    const h = withQuota({ pods: '2' }, { pods: '0' });
    h.create('pods', web(), { options: { dryRun: true } });
    expect(usedIn(h)).toEqual({ pods: '0' });
  });
});
