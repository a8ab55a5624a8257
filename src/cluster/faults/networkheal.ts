import { type FaultDefinition, machineFault } from './fault.ts';

/** Connects a machine again. */
export const networkHeal: FaultDefinition = machineFault('NetworkHeal', {
  effect: 'mends',
  act: (machine, cluster) => cluster.fabric.links.rejoin(machine.name),
  applies: (machine, cluster) => cluster.fabric.links.isIsolated(machine.name),
});
