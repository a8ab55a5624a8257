import { type FaultDefinition, machineFault } from './fault.ts';

/** Pulls the plug of a machine. */
export const nodeDown: FaultDefinition = machineFault('NodeDown', (machine) => machine.powerOff());
