import { expect, it } from 'vitest';
import { loadScenario, runScenario } from '../../../src/game/scenario.ts';

/** The plugins of volumebinding.ts, volumerestrictions.ts and volumezone.ts: they need volumes and their controllers. */

const given = `
  nodes: [{name: n1, labels: {topology.kubernetes.io/zone: east}}, {name: n2, labels: {topology.kubernetes.io/zone: west}}]
  objects:
    - {apiVersion: v1, kind: PersistentVolume, metadata: {name: vol, labels: {topology.kubernetes.io/zone: west}}, spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /srv/vol}}}
`;
const claim = (name: string, extra: string): string =>
  `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: ${name}}, spec: {${extra}, resources: {requests: {storage: 1Gi}}}}`;
const pod = (name: string, claimName: string, extra = ''): string =>
  `{apiVersion: v1, kind: Pod, metadata: {name: ${name}}, spec: {${extra} volumes: [{name: d, persistentVolumeClaim: {claimName: ${claimName}}}], containers: [{name: c, image: 'nginx:1.27', volumeMounts: [{name: d, mountPath: /d}]}]}}`;

function run(steps: readonly string[], expectations: readonly string[]): unknown {
  const text = `name: volumes\ngiven:${given}\nsteps:\n${steps.map((s) => `  - ${s}\n`).join('')}expect:\n${expectations.map((e) => `  - ${e}\n`).join('')}`;
  const loaded = loadScenario('test.yaml', text);
  if (!loaded.ok) return loaded.issues;
  const report = runScenario(loaded.value);
  return report.results.filter(({ ok }) => !ok);
}

it('a volume with the label of a zone keeps its pod there', () => {
  const steps = [
    `{at: 5s, apply: [${claim('a', 'storageClassName: "", accessModes: [ReadWriteOnce]')}]}`,
    `{at: 30s, apply: [${pod('p', 'a', 'nodeSelector: {topology.kubernetes.io/zone: east},')}]}`,
  ];
  const message = 'node(s) had no available volume zone';
  expect(
    run(steps, [`{at: 40s, events: {reason: FailedScheduling, name: p, message: "${message}"}}`]),
  ).toEqual([]);
});

it('pods that wait for one volume each do not get the same one', () => {
  const byHand =
    '{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: h}, provisioner: kubernetes.io/no-provisioner, volumeBindingMode: WaitForFirstConsumer}';
  const volume = (name: string): string =>
    `{apiVersion: v1, kind: PersistentVolume, metadata: {name: ${name}}, spec: {storageClassName: h, capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /srv/${name}}}}`;
  const of = 'storageClassName: h, accessModes: [ReadWriteOnce]';
  const steps = [
    `{at: 2s, apply: [${byHand}, ${volume('v1')}, ${volume('v2')}, ${claim('a', of)}, ${claim('b', of)}]}`,
    `{at: 20s, apply: [${pod('p', 'a')}, ${pod('q', 'b')}]}`,
  ];
  const bound = (name: string): string =>
    `{at: 40s, object: {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: ${name}}, status: {phase: Bound}}}`;
  expect(run(steps, [bound('a'), bound('b'), '{at: 40s, cel: "pods.all(p, ready(p))"}'])).toEqual([]);
});
