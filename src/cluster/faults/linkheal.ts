import type { FaultDefinition } from './fault.ts';
import { linkFault } from './link.ts';

/** Makes the way between two machines good again. */
export const linkHeal: FaultDefinition = linkFault('LinkHeal', 'mends', {
  cut: false,
  latencyMs: 0,
  loss: 0,
});
