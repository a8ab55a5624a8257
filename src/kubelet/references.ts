import type { Container, Pod } from '../api/generated/types.ts';
import { makeKey, namespaceOf } from '../api/object.ts';

/** The ConfigMaps and Secrets a pod refers to, by cache key (podutil.VisitPodConfigmapNames, VisitPodSecretNames). */
export interface References {
  readonly configMaps: readonly string[];
  readonly secrets: readonly string[];
  /** Those of `configMaps` and `secrets` that are mounted: their changes reach the running pod. */
  readonly mounted: readonly string[];
}

interface Draft {
  readonly configMaps: string[];
  readonly secrets: string[];
  readonly mounted: string[];
}

export function referencesOf(pod: Pod): References {
  const found: Draft = { configMaps: [], secrets: [], mounted: [] };
  const key = (name: string): string => makeKey(namespaceOf(pod), name);
  for (const { name } of pod.spec.imagePullSecrets ?? []) if (name) add(found.secrets, key(name));
  const containers: readonly Container[] = [
    ...(pod.spec.initContainers ?? []),
    ...pod.spec.containers,
    ...((pod.spec.ephemeralContainers ?? []) as readonly Container[]),
  ];
  for (const container of containers) addEnvironment(container, found, key);
  addVolumes(pod, found, key);
  return found;
}

function add(keys: string[], key: string): void {
  if (!keys.includes(key)) keys.push(key);
}

function addEnvironment(container: Container, found: Draft, key: (name: string) => string): void {
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    if (configMapRef?.name) add(found.configMaps, key(configMapRef.name));
    if (secretRef?.name) add(found.secrets, key(secretRef.name));
  }
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.configMapKeyRef?.name) add(found.configMaps, key(valueFrom.configMapKeyRef.name));
    if (valueFrom?.secretKeyRef?.name) add(found.secrets, key(valueFrom.secretKeyRef.name));
  }
}

function addVolumes(pod: Pod, found: Draft, key: (name: string) => string): void {
  const mount = (keys: string[], name: string | undefined): void => {
    if (!name) return;
    add(keys, key(name));
    add(found.mounted, key(name));
  };
  for (const volume of pod.spec.volumes ?? []) {
    mount(found.configMaps, volume.configMap?.name);
    mount(found.secrets, volume.secret?.secretName);
    for (const source of volume.projected?.sources ?? []) {
      mount(found.configMaps, source.configMap?.name);
      mount(found.secrets, source.secret?.name);
    }
  }
}
