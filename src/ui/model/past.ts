import type { Pod } from '../../api/generated/types.ts';
import type { KindDefinition } from '../../api/kind.ts';
import { pod as podKind } from '../../api/kinds/pod.ts';
import { type KubeObject, namespaceOf } from '../../api/object.ts';
import type { WhyOptions } from '../../cluster/why.ts';
import type { Exchange } from '../../network/types.ts';
import type { SchedulingDecision } from '../../scheduler/decision.ts';
import { type ClusterSource, type Component, HarbourReader, type WhyEntry } from './harbour.ts';

/** What looking back needs of a cluster; a Cluster is one. */
export interface ClusterWithPast extends ClusterSource {
  readonly history: { revisionAt(time: number): number };
  objectsAt<T extends KubeObject>(
    kind: KindDefinition<T>,
    revision: number,
    namespace?: string,
  ): readonly T[];
  decisionFor(namespace: string, pod: string, revision?: number): SchedulingDecision | undefined;
  why(kind: KindDefinition, namespace: string, name: string, options?: WhyOptions): readonly WhyEntry[];
}

/** A moment that the player looks back at. */
export interface Past {
  /** Whole seconds since the level began. */
  readonly second: number;
  readonly source: ClusterSource;
  readonly reader: HarbourReader;
}

/**
 * A cluster as the logbook has it at one revision. It never changes, so each kind is read once, when it
 * is first looked at.
 */
class PastCluster implements ClusterSource {
  readonly revision: number;
  readonly sim: { now(): number };
  readonly #cluster: ClusterWithPast;
  readonly #objects = new Map<string, readonly KubeObject[]>();

  constructor(cluster: ClusterWithPast, time: number) {
    this.#cluster = cluster;
    this.revision = cluster.history.revisionAt(time);
    this.sim = { now: () => time };
  }

  objects<T extends KubeObject>(kind: KindDefinition<T>, namespace?: string): readonly T[] {
    const key = `${kind.plural} ${namespace ?? ''}`;
    let objects = this.#objects.get(key);
    if (objects === undefined) {
      objects = this.#cluster.objectsAt(kind, this.revision, namespace);
      this.#objects.set(key, objects);
    }
    return objects as readonly T[];
  }

  onCommit(): () => void {
    return () => {};
  }

  /** From what was known of their containers: one of which nothing was written yet had just begun to run. */
  componentStates(): readonly Component[] {
    const pods = this.objects(podKind, 'kube-system');
    const states = this.#cluster.componentStates();
    return states.map(({ name, node }) => {
      // Of several machines of the control plane, each has its own.
      const several = states.filter((other) => other.name === name).length > 1;
      const own = pods.filter((pod) => componentOf(pod) === name && (!several || pod.spec.nodeName === node));
      const up = own.find(isUp);
      return { name, node: up?.spec.nodeName ?? '', state: up === undefined ? 'down' : 'running' };
    });
  }

  decisionFor(namespace: string, pod: string): SchedulingDecision | undefined {
    return this.#cluster.decisionFor(namespace, pod, this.revision);
  }

  why(
    kind: KindDefinition,
    namespace: string,
    name: string,
    options?: Pick<WhyOptions, 'words'>,
  ): readonly WhyEntry[] {
    return this.#cluster.why(kind, namespace, name, { ...options, revision: this.revision });
  }

  trafficAt(time: number): readonly Exchange[] {
    return this.#cluster.trafficAt(Math.min(time, this.sim.now()));
  }
}

/** The cluster at the end of a second; `start`: virtual time at which the level began, ms since the epoch. */
export function lookAt(cluster: ClusterWithPast, start: number, second: number): Past {
  const source = new PastCluster(cluster, start + second * 1000 + 999);
  return { second, source, reader: new HarbourReader(source) };
}

function isUp({ metadata, status }: Pod): boolean {
  if (metadata.deletionTimestamp !== undefined) return false;
  return (status?.containerStatuses ?? []).every(({ state }) => state?.running !== undefined);
}

function componentOf(pod: Pod): string | undefined {
  if (namespaceOf(pod) !== 'kube-system') return undefined;
  const { component, 'k8s-app': app } = pod.metadata.labels ?? {};
  return component ?? (app === 'kube-dns' ? 'coredns' : undefined);
}
