import { type FaultDefinition, machineFault } from './fault.ts';

/**
 * Fills the disk of a machine to the last byte: nothing can be pulled or written, its node comes under disk
 * pressure, and the kubelet evicts pod after pod.
 */
export const diskFull: FaultDefinition = machineFault('DiskFull', {
  effect: 'breaks',
  act: ({ disk }) => {
    disk.full = true;
  },
  applies: ({ disk }) => !disk.full,
});
