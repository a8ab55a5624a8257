import { type FaultDefinition, machineFault } from './fault.ts';

/** Pulls the plug of a machine. */
export const nodeDown: FaultDefinition = machineFault('NodeDown', {
  effect: 'breaks',
  act: (machine) => machine.powerOff(),
  applies: ({ powered }) => powered,
});
