import { machineFault } from './fault.ts';

/** Ends what NodeLoad began. */
export const nodeUnload = machineFault('NodeUnload', {
  effect: 'mends',
  act: (machine) => machine.setLoad({ memory: 0, disk: 0, pids: 0 }),
  applies: (machine) => machine.powered && machine.loaded,
});
