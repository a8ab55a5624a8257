import { type FaultDefinition, machineFault } from './fault.ts';

/** Switches a machine on again. */
export const nodeUp: FaultDefinition = machineFault('NodeUp', (machine) => machine.powerOn());
