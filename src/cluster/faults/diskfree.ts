import { type FaultDefinition, machineFault } from './fault.ts';

/** Undoes DiskFull. */
export const diskFree: FaultDefinition = machineFault('DiskFree', {
  effect: 'mends',
  act: ({ disk }) => {
    disk.full = false;
  },
  applies: ({ disk }) => disk.full,
});
