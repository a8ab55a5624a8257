import type { KubeObject } from '../../src/api/object.ts';
import type { NodeSpec } from '../../src/cluster/spec.ts';

/** A kind and a name, as the player would say them. */
export interface Target {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/**
 * One thing that happens to the cluster. Actions are plain data and never refer to generated names, so
 * that a plan with some of them left out still makes sense: what is not there any more is skipped.
 */
export type Action =
  | { readonly do: 'create'; readonly object: KubeObject; readonly dryRun?: true }
  | { readonly do: 'scale'; readonly target: Target; readonly replicas: number }
  | {
      readonly do: 'merge';
      readonly target: Target;
      readonly patch: Readonly<Record<string, unknown>>;
      readonly dryRun?: true;
    }
  | {
      readonly do: 'delete';
      readonly target: Target;
      readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
      readonly dryRun?: true;
    }
  /** Server-side apply of a ConfigMap by one of several managers. */
  | {
      readonly do: 'apply';
      readonly target: Target;
      readonly data: Readonly<Record<string, string>>;
      readonly manager: string;
      readonly force: boolean;
    }
  /** One of the pods of a namespace in key order, counted modulo their number. */
  | { readonly do: 'deletePod'; readonly namespace: string; readonly nth: number; readonly grace?: number }
  | { readonly do: 'evictPod'; readonly namespace: string; readonly nth: number }
  /** Asks all pods of a node to leave, one after the other in the same instant. */
  | { readonly do: 'drain'; readonly node: string }
  | { readonly do: 'relabelPod'; readonly namespace: string; readonly nth: number; readonly app: string }
  /** Writes into a pod's status that it has ended, whatever it does. */
  | { readonly do: 'markPod'; readonly namespace: string; readonly nth: number }
  /** Binds a pod that has a node to another one: must be refused. */
  | { readonly do: 'rebind'; readonly namespace: string; readonly nth: number; readonly node: string }
  /** An update with a resourceVersion from the past: must be refused. */
  | { readonly do: 'staleUpdate'; readonly target: Target; readonly ago: number }
  /** Two clients read one state and both write: one of them must be refused. */
  | { readonly do: 'race'; readonly target: Target }
  /** A write of the spec by way of the status, and the other way round: neither must get through. */
  | { readonly do: 'wrongDoor'; readonly target: Target }
  /** Somebody without any rights asks. */
  | {
      readonly do: 'denied';
      readonly verb: 'get' | 'list' | 'create' | 'patch' | 'delete';
      readonly target: Target;
    }
  /** The component dies right after its n-th write from now on, before it can do anything else. */
  | { readonly do: 'crash'; readonly component: CrashingComponent; readonly writes: number }
  | { readonly do: 'fault'; readonly fault: Readonly<Record<string, unknown>> };

/** What can be done, by name. */
export const actionNames: readonly Action['do'][] = [
  'create',
  'scale',
  'merge',
  'delete',
  'apply',
  'deletePod',
  'evictPod',
  'drain',
  'relabelPod',
  'markPod',
  'rebind',
  'staleUpdate',
  'race',
  'wrongDoor',
  'denied',
  'crash',
  'fault',
];

/** Components that are made to crash between two of their writes. */
export type CrashingComponent = 'kube-controller-manager' | 'kube-scheduler';

/** An action and when it happens, ms after the cluster stands. */
export interface Step {
  readonly at: number;
  readonly action: Action;
}

/** Everything a run is made of. The same plan gives the same run, event by event. */
export interface Plan {
  readonly seed: number;
  /** What the run is about; see `moods.ts`. */
  readonly mood: string;
  /** ms since the epoch; if not said, the cluster's own. */
  readonly startTime?: number;
  readonly nodes: readonly NodeSpec[];
  /** Machines of the control plane; 1 if not said. */
  readonly controlPlanes?: 1 | 3;
  /** Without faults, promises hold at every instant that otherwise hold in the end only. */
  readonly calm: boolean;
  readonly steps: readonly Step[];
  /** When the faults end and everything is mended, ms after the cluster stands. */
  readonly mendAt: number;
}

/** How long after `mendAt` the cluster may take to become what is wanted, virtual ms. */
export const CONVERGE_LIMIT_MS = 30 * 60_000;
