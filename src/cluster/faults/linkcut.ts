import type { FaultDefinition } from './fault.ts';
import { linkFault } from './link.ts';

/** Cuts the way between two machines, both ways or one. */
export const linkCut: FaultDefinition = linkFault('LinkCut', 'breaks', { cut: true });
