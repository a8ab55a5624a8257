import type { Random } from '../sim/random.ts';
import type { HostRules } from './rules.ts';
import type { NetworkHost } from './types.ts';

/** A host as the fabric's own parts see it. */
export interface Machine extends NetworkHost {
  readonly rules: HostRules;
  /** Chooses backends. */
  readonly random: Random;
  /** Counts what may change the way of packets that stay on this host. */
  readonly changes: number;
  /** Something of that kind has changed. */
  changed(): void;
  /** Whether an address is one of the host's own. */
  has(ip: string): boolean;
}
