import type { Container, Deployment, Pod, PodSpec } from '../../../src/api/generated/types.ts';
import type { KindDefinition } from '../../../src/api/kind.ts';
import { deployment } from '../../../src/api/kinds/deployment.ts';
import { pod } from '../../../src/api/kinds/pod.ts';
import type { KubeObject } from '../../../src/api/object.ts';
import { formatFieldError } from '../../../src/apimachinery/fielderror.ts';
import { deepFreeze } from '../../../src/apimachinery/freeze.ts';

/** A manifest with defaults, frozen as stored objects are. */
export function defaulted<T extends KubeObject>(kind: KindDefinition<T>, manifest: unknown): T {
  return deepFreeze(kind.applyDefaults(deepFreeze(manifest as T)));
}

/** What the API server would say of a manifest, as in the message of a 422. */
export function complaints<T extends KubeObject>(kind: KindDefinition<T>, manifest: unknown): string[] {
  return kind.validate(defaulted(kind, manifest)).map(formatFieldError);
}

export const WEB: Container = { name: 'web', image: 'nginx:1.27' };

export function podManifest(spec: object = {}, metadata: object = {}): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', ...metadata },
    spec: { containers: [WEB], ...spec },
  };
}

export function podWith(spec: object = {}, metadata: object = {}): Pod {
  return defaulted(pod, podManifest(spec, metadata));
}

/** A pod whose one container has these fields beside name and image. */
export function withContainer(container: object, spec: object = {}): unknown {
  return podManifest({ containers: [{ ...WEB, ...container }], ...spec });
}

export function deploymentManifest(spec: object = {}, template: Partial<PodSpec> = {}): unknown {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [WEB], ...template } },
      ...spec,
    },
  };
}

export function deploymentWith(spec: object = {}): Deployment {
  return defaulted(deployment, deploymentManifest(spec));
}
