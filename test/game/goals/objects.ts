import type { KindDefinition } from '../../../src/api/kind.ts';
import type { KubeObject } from '../../../src/api/object.ts';
import { makeKey } from '../../../src/api/object.ts';
import type { Json, JsonObject } from '../../../src/apimachinery/json.ts';
import type { Check, GoalType } from '../../../src/game/goals/goal.ts';
import { Issues } from '../../../src/game/issue.ts';
import { kindNamed } from '../../../src/game/kindof.ts';
import { Mirror } from '../../../src/game/mirror.ts';
import { Usage } from '../../../src/game/usage.ts';
import { Fabric } from '../../../src/network/fabric.ts';
import { Simulation } from '../../../src/sim/simulation.ts';

/** A cluster that is nothing but its objects: what goals look at. */
export class Objects {
  readonly sim = new Simulation({ seed: 1 });
  readonly fabric = new Fabric(this.sim);
  readonly #stored = new Map<string, KubeObject>();
  readonly mirror = new Mirror({ objects: (kind) => this.#of(kind) });
  readonly usage = new Usage(this.mirror);
  readonly start = this.sim.now();
  moves = 0;
  /** How many times a check has said that its outcome may have changed. */
  changes = 0;

  /** Stores an object as a commit would. */
  put(object: object): void {
    const next = object as KubeObject;
    const key = keyOf(next);
    const before = this.#stored.get(key);
    this.#stored.set(key, next);
    this.mirror.commit({ value: next, previous: before === undefined ? undefined : { value: before } });
  }

  delete(object: object): void {
    const key = keyOf(object as KubeObject);
    const before = this.#stored.get(key);
    this.#stored.delete(key);
    this.mirror.commit({ value: undefined, previous: { value: before } });
  }

  /** The check of a goal as a level would write it. */
  check<T>(type: GoalType<T>, spec: unknown): Check {
    return type.check(readSpec(type, spec), {
      mirror: this.mirror,
      usage: this.usage,
      fabric: this.fabric,
      sim: this.sim,
      start: this.start,
      moves: () => this.moves,
      changed: () => {
        this.changes++;
      },
    });
  }

  #of(kind: KindDefinition): readonly KubeObject[] {
    return [...this.#stored.values()].filter((object) => kindNamed(object as unknown as JsonObject) === kind);
  }
}

function keyOf(object: KubeObject): string {
  return `${object.kind}/${makeKey(object.metadata.namespace, object.metadata.name ?? '')}`;
}

/** A goal's spec, read by the type's own shape; throws with what is wrong. */
export function readSpec<T>(type: GoalType<T>, spec: unknown): T {
  const issues = new Issues('level.yaml');
  const read = type.shape.read(spec as Json, type.name, issues);
  if (read === undefined || issues.list.length > 0)
    throw new Error(issues.list.map(({ message }) => message).join('; '));
  return read;
}

export interface PodOptions {
  readonly labels?: Readonly<Record<string, string>>;
  readonly node?: string;
  readonly ready?: boolean;
  readonly phase?: string;
  readonly cpu?: string;
  readonly restarts?: number;
  readonly namespace?: string;
  readonly owner?: string;
}

export function pod(name: string, options: PodOptions = {}): object {
  const {
    labels = { app: 'web' },
    node,
    ready = true,
    phase = 'Running',
    cpu,
    restarts = 0,
    namespace = 'default',
    owner,
  } = options;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels,
      ...(owner === undefined
        ? {}
        : {
            ownerReferences: [{ apiVersion: 'apps/v1', kind: owner, name: 'x', uid: '1', controller: true }],
          }),
    },
    spec: {
      ...(node === undefined ? {} : { nodeName: node }),
      containers: [
        { name: 'c', image: 'nginx', ...(cpu === undefined ? {} : { resources: { requests: { cpu } } }) },
      ],
    },
    status: {
      phase,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: [{ name: 'c', restartCount: restarts }],
    },
  };
}
