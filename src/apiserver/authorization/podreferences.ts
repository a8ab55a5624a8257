import type { Container, Pod } from '../../api/generated/types.ts';

/** The Secrets that a pod needs to run (podutil.VisitPodSecretNames). */
export function* secretsOf(pod: Pod): Generator<string> {
  for (const { name } of pod.spec.imagePullSecrets ?? []) if (name !== undefined) yield name;
  for (const container of containersOf(pod)) {
    for (const { secretRef } of container.envFrom ?? [])
      if (secretRef?.name !== undefined) yield secretRef.name;
    for (const { valueFrom } of container.env ?? []) {
      const name = valueFrom?.secretKeyRef?.name;
      if (name !== undefined) yield name;
    }
  }
  for (const { secret, projected } of pod.spec.volumes ?? []) {
    if (secret?.secretName !== undefined) yield secret.secretName;
    for (const source of projected?.sources ?? [])
      if (source.secret?.name !== undefined) yield source.secret.name;
  }
}

/** The ConfigMaps that a pod needs to run (podutil.VisitPodConfigmapNames). */
export function* configMapsOf(pod: Pod): Generator<string> {
  for (const container of containersOf(pod)) {
    for (const { configMapRef } of container.envFrom ?? [])
      if (configMapRef?.name !== undefined) yield configMapRef.name;
    for (const { valueFrom } of container.env ?? []) {
      const name = valueFrom?.configMapKeyRef?.name;
      if (name !== undefined) yield name;
    }
  }
  for (const { configMap, projected } of pod.spec.volumes ?? []) {
    if (configMap?.name !== undefined) yield configMap.name;
    for (const source of projected?.sources ?? [])
      if (source.configMap?.name !== undefined) yield source.configMap.name;
  }
}

function containersOf(pod: Pod): readonly Pick<Container, 'env' | 'envFrom'>[] {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec;
  return [...initContainers, ...containers, ...ephemeralContainers];
}
