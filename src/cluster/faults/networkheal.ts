import { type FaultDefinition, machineFault } from './fault.ts';

/** Connects a machine again. */
export const networkHeal: FaultDefinition = machineFault('NetworkHeal', (machine, cluster) =>
  cluster.fabric.links.rejoin(machine.name),
);
