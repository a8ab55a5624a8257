import type { KindDefinition } from './kind.ts';
import type { KubeObject } from './object.ts';

/**
 * The resource metrics API, metrics.k8s.io/v1beta1 (k8s.io/metrics). The API server does not know these
 * kinds: it hands requests for their group to whoever serves it, usually metrics-server.
 */

export const METRICS_GROUP = 'metrics.k8s.io';

/** Amounts as quantities: `cpu` in cores, `memory` in bytes. */
export interface Usage {
  readonly cpu: string;
  readonly memory: string;
}

export interface NodeMetrics extends KubeObject {
  /** RFC 3339. */
  readonly timestamp: string;
  /** A Go duration: over how long it was measured. */
  readonly window: string;
  readonly usage: Usage;
}

export interface PodMetrics extends KubeObject {
  readonly timestamp: string;
  readonly window: string;
  readonly containers: readonly { readonly name: string; readonly usage: Usage }[];
}

/** Kinds that are worked out when they are asked for: nothing of them is ever written. */
function measured<T extends KubeObject>(
  kind: string,
  plural: string,
  namespaced: boolean,
): KindDefinition<T> {
  return {
    group: METRICS_GROUP,
    version: 'v1beta1',
    kind,
    plural,
    singular: '',
    shortNames: [],
    namespaced,
    verbs: ['get', 'list'],
    schemaType: kind,
    validateName: () => [],
    applyDefaults: (object) => object,
    validate: () => [],
    statusSubresource: false,
    hasGeneration: false,
    allowUnconditionalUpdate: false,
    defaultPropagation: 'Background',
    columns: [],
  };
}

export const nodeMetrics: KindDefinition<NodeMetrics> = measured('NodeMetrics', 'nodes', false);
export const podMetrics: KindDefinition<PodMetrics> = measured('PodMetrics', 'pods', true);
