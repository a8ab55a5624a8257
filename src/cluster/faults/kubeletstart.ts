import { type FaultDefinition, machineFault } from './fault.ts';

/** Starts the kubelet again. */
export const kubeletStart: FaultDefinition = machineFault('KubeletStart', {
  effect: 'mends',
  act: (machine) => machine.kubelet.start(),
  applies: ({ powered, kubelet }) => powered && kubelet.state === 'inactive',
});
