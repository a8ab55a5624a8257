import type { Random } from '../../sim/random.ts';
import type { PortRange } from '../allocators/portallocator.ts';

/** What hooks are made with. */
export interface HookOptions extends HookFlags {
  readonly random: Random;
  /** Called when a role or binding is not what it was. */
  rulesChanged(): void;
  /** Called when a definition of a custom kind is not what it was. */
  definitionsChanged(): void;
}

/** Flags of the server that concern hooks. */
export interface HookFlags {
  /** `--service-cluster-ip-range`: one range or two of different families, e.g. `10.96.0.0/16`. */
  readonly serviceCIDR?: string;
  /** `--service-node-port-range`. */
  readonly nodePortRange?: PortRange;
}
