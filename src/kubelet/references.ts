import type { Container, Pod } from '../api/generated/types.ts';
import { makeKey, namespaceOf } from '../api/object.ts';

/** The ConfigMaps and Secrets a pod refers to, by cache key (podutil.VisitPodConfigmapNames, VisitPodSecretNames). */
export interface References {
  readonly configMaps: ReadonlySet<string>;
  readonly secrets: ReadonlySet<string>;
  /** Those of `configMaps` and `secrets` that are mounted: their changes reach the running pod. */
  readonly mounted: ReadonlySet<string>;
}

interface Draft {
  configMaps: Set<string>;
  secrets: Set<string>;
  mounted: Set<string>;
}

export function referencesOf(pod: Pod): References {
  const found: Draft = { configMaps: new Set(), secrets: new Set(), mounted: new Set() };
  const key = (name: string): string => makeKey(namespaceOf(pod), name);
  for (const { name } of pod.spec.imagePullSecrets ?? []) if (name) found.secrets.add(key(name));
  const containers: readonly Container[] = [
    ...(pod.spec.initContainers ?? []),
    ...pod.spec.containers,
    ...((pod.spec.ephemeralContainers ?? []) as readonly Container[]),
  ];
  for (const container of containers) addEnvironment(container, found, key);
  addVolumes(pod, found, key);
  return found;
}

function addEnvironment(container: Container, found: Draft, key: (name: string) => string): void {
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    if (configMapRef?.name) found.configMaps.add(key(configMapRef.name));
    if (secretRef?.name) found.secrets.add(key(secretRef.name));
  }
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.configMapKeyRef?.name) found.configMaps.add(key(valueFrom.configMapKeyRef.name));
    if (valueFrom?.secretKeyRef?.name) found.secrets.add(key(valueFrom.secretKeyRef.name));
  }
}

function addVolumes(pod: Pod, found: Draft, key: (name: string) => string): void {
  const add = (set: Set<string>, name: string | undefined): void => {
    if (!name) return;
    set.add(key(name));
    found.mounted.add(key(name));
  };
  for (const volume of pod.spec.volumes ?? []) {
    add(found.configMaps, volume.configMap?.name);
    add(found.secrets, volume.secret?.secretName);
    for (const source of volume.projected?.sources ?? []) {
      add(found.configMaps, source.configMap?.name);
      add(found.secrets, source.secret?.name);
    }
  }
}
