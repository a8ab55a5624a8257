import { type FaultDefinition, machineFault } from './fault.ts';

/** Starts the kubelet again. */
export const kubeletStart: FaultDefinition = machineFault('KubeletStart', (machine) =>
  machine.kubelet.start(),
);
