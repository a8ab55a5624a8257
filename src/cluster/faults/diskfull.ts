import { type FaultDefinition, machineFault } from './fault.ts';

/** Fills the disk of a machine beyond the kubelet's threshold: its node comes under disk pressure. */
export const diskFull: FaultDefinition = machineFault('DiskFull', {
  effect: 'breaks',
  act: ({ disk }) => {
    disk.full = true;
  },
  applies: ({ disk }) => !disk.full,
});
