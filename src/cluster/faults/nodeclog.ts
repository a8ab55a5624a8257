import { type FaultDefinition, machineFault } from './fault.ts';

/**
 * Holds back everything to and from a machine: requests get no answer, and what watches have to tell waits
 * until NodeUnclog lets it through. No connection breaks.
 */
export const nodeClog: FaultDefinition = machineFault('NodeClog', {
  effect: 'breaks',
  act: ({ name }, { fabric }) => fabric.links.clog(name),
  applies: ({ name }, { fabric }) => !fabric.links.isClogged(name),
});
