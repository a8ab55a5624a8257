import { type FaultDefinition, machineFault } from './fault.ts';

/** Switches a machine on again. */
export const nodeUp: FaultDefinition = machineFault('NodeUp', {
  effect: 'mends',
  act: (machine) => machine.powerOn(),
  applies: ({ powered }) => !powered,
});
