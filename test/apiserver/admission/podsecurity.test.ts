import { describe, expect, it } from 'vitest';
import { creation, Harness, podBody } from '../harness.ts';

const PREFIX = 'pod-security.kubernetes.io/';
const GOOD = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};

function labelled(labels: Record<string, string>): Harness {
  const h = new Harness();
  const named = Object.fromEntries(Object.entries(labels).map(([mode, level]) => [PREFIX + mode, level]));
  h.object({
    verb: 'patch',
    patchType: 'merge',
    resource: 'namespaces',
    name: 'default',
    body: { metadata: { labels: named } },
  });
  return h;
}

const web = (securityContext: object = {}, spec: object = {}) =>
  podBody('web', {}, { containers: [{ name: 'nginx', image: 'nginx', securityContext }], ...spec });

describe('PodSecurity', () => {
  it.each<[string, object, string]>([
    [
      'restricted',
      web(),
      'allowPrivilegeEscalation != false (container "nginx" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "nginx" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "nginx" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "nginx" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    ],
    [
      'restricted',
      web({ ...GOOD, runAsUser: 0 }),
      'runAsUser=0 (container "nginx" must not set runAsUser=0)',
    ],
    [
      'restricted',
      web(GOOD, { volumes: [{ name: 'h', hostPath: { path: '/x' } }] }),
      'restricted volume types (volume "h" uses restricted volume type "hostPath")',
    ],
    [
      'restricted',
      web({ ...GOOD, capabilities: { drop: ['ALL'], add: ['CHOWN'] } }),
      'unrestricted capabilities (container "nginx" must not include "CHOWN" in securityContext.capabilities.add)',
    ],
    [
      'baseline',
      web({ privileged: true }),
      'privileged (container "nginx" must not set securityContext.privileged=true)',
    ],
    [
      'baseline',
      web({ capabilities: { add: ['NET_ADMIN'] } }),
      'non-default capabilities (container "nginx" must not include "NET_ADMIN" in securityContext.capabilities.add)',
    ],
    [
      'baseline',
      web({}, { hostNetwork: true, hostPID: true }),
      'host namespaces (hostNetwork=true, hostPID=true)',
    ],
    [
      'baseline',
      web({}, { volumes: [{ name: 'h', hostPath: { path: '/x' } }] }),
      'hostPath volumes (volume "h")',
    ],
    [
      'baseline',
      podBody(
        'web',
        {},
        { containers: [{ name: 'nginx', image: 'n', ports: [{ containerPort: 80, hostPort: 80 }] }] },
      ),
      'hostPort (container "nginx" uses hostPort 80)',
    ],
    [
      'baseline',
      web({ seccompProfile: { type: 'Unconfined' } }),
      'seccompProfile (container "nginx" must not set securityContext.seccompProfile.type to "Unconfined")',
    ],
    [
      'baseline',
      web({ seLinuxOptions: { user: 'x' } }),
      'seLinuxOptions (container "nginx" set forbidden securityContext.seLinuxOptions: user may not be set)',
    ],
    [
      'baseline',
      web({}, { securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } }),
      'forbidden sysctls (kernel.msgmax)',
    ],
  ])('%s refuses what it does not allow (%#)', (level, body, reasons) => {
    const h = labelled({ enforce: level });
    expect(h.refusal(creation('pods', body)).message).toBe(
      `pods "web" is forbidden: violates PodSecurity "${level}:latest": ${reasons}`,
    );
    expect(labelled({ enforce: 'privileged' }).send(creation('pods', body)).ok).toBe(true);
  });

  it('restricted lets pass what keeps to it, baseline an ordinary pod', () => {
    expect(labelled({ enforce: 'restricted' }).send(creation('pods', web(GOOD))).ok).toBe(true);
    expect(labelled({ enforce: 'baseline' }).send(creation('pods', web())).ok).toBe(true);
    expect(new Harness().send(creation('pods', web({ privileged: true }))).ok).toBe(true);
  });

  it('warn only warns, of templates too', () => {
    const h = labelled({ warn: 'baseline', 'warn-version': 'v1.30' });
    const pod = h.send(creation('pods', web({ privileged: true })));
    const warning =
      'would violate PodSecurity "baseline:v1.30": privileged (container "nginx" must not set securityContext.privileged=true)';
    expect(pod.kind === 'object' && pod.warnings).toContain(warning);
    const template = {
      metadata: { labels: { a: 'b' } },
      spec: (web({ privileged: true }) as { spec: object }).spec,
    };
    const spec = { selector: { matchLabels: { a: 'b' } }, template };
    const deployment = h.send(
      creation('deployments', { metadata: { name: 'd', namespace: 'default' }, spec }, { group: 'apps' }),
    );
    expect(deployment.kind === 'object' && deployment.warnings).toContain(warning);
  });

  it('a level raised warns of pods that are there', () => {
    const h = labelled({});
    h.create('pods', web({ privileged: true }));
    const body = { metadata: { labels: { [`${PREFIX}enforce`]: 'baseline' } } };
    const response = h.send({
      verb: 'patch',
      patchType: 'merge',
      resource: 'namespaces',
      name: 'default',
      body,
    });
    expect(response.kind === 'object' && response.warnings).toEqual([
      'existing pods in namespace "default" violate the new PodSecurity enforce level "baseline:latest"',
      'web: privileged',
    ]);
  });

  it('a label that is no level is refused', () => {
    const body = { metadata: { labels: { [`${PREFIX}enforce`]: 'strict' } } };
    const status = new Harness().refusal({
      verb: 'patch',
      patchType: 'merge',
      resource: 'namespaces',
      name: 'default',
      body,
    });
    expect(status.message).toBe(
      `Namespace "default" is invalid: metadata.labels[${PREFIX}enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted`,
    );
  });
});
