import { type FaultDefinition, machineFault } from './fault.ts';

/** Undoes NodeClog: what was held back comes through in one go. */
export const nodeUnclog: FaultDefinition = machineFault('NodeUnclog', {
  effect: 'mends',
  act: ({ name }, { fabric }) => fabric.links.unclog(name),
  applies: ({ name }, { fabric }) => fabric.links.isClogged(name),
});
