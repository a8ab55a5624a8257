import type { KubeObject } from '../../api/object.ts';
import type { FieldError } from '../../apimachinery/fielderror.ts';
import type { KeyValue } from '../../etcd/store.ts';
import type { Random } from '../../sim/random.ts';
import type { PortRange } from '../allocators/portallocator.ts';
import type { Backend, RequestContext } from '../context.ts';

/** What a hook made of an object, or the field errors for which it is refused. */
export type HookResult =
  | {
      readonly object: KubeObject;
      /** Gives back what was reserved, when the write does not happen after all (or is a dry run). */
      readonly undo?: () => void;
    }
  | { readonly errors: readonly FieldError[] };

/**
 * What the server does for a kind beyond its definition, because it takes more than the object
 * itself: reserving addresses, grace periods. One file a kind; registry.ts lists them.
 */
export interface KindHooks {
  /** Called when the server has filled its caches and before it answers. */
  start?(server: Backend): void;
  /** After PrepareForCreate, before validation. */
  beginCreate?(ctx: RequestContext, object: KubeObject): HookResult;
  /** After PrepareForUpdate, before validation. */
  beginUpdate?(ctx: RequestContext, next: KubeObject, old: KubeObject): HookResult;
  /** Inside each commit of such an object, whichever server wrote it: only takes note. */
  observed?(record: KeyValue<KubeObject>): void;
  /** Seconds of grace for a delete; only kinds that have it are deleted gracefully. */
  gracePeriod?(object: KubeObject, requested: number | undefined): number;
  /** False while something other than metadata.finalizers holds an object back. */
  mayLeave?(object: KubeObject): boolean;
  /** The object as it is while it is being deleted, beyond its metadata. */
  terminating?(object: KubeObject): KubeObject;
}

/** What hooks are made with. */
export interface HookOptions extends HookFlags {
  readonly random: Random;
}

/** Flags of the server that concern hooks. */
export interface HookFlags {
  /** `--service-cluster-ip-range`: one range or two of different families, e.g. `10.96.0.0/16`. */
  readonly serviceCIDR?: string;
  /** `--service-node-port-range`. */
  readonly nodePortRange?: PortRange;
}
