import { type FaultDefinition, machineFault } from './fault.ts';

/** Cuts a machine off from all others and from the outside. */
export const networkCut: FaultDefinition = machineFault('NetworkCut', {
  effect: 'breaks',
  act: (machine, cluster) => cluster.fabric.links.isolate(machine.name),
  applies: (machine, cluster) => !cluster.fabric.links.isIsolated(machine.name),
});
