import { type FaultDefinition, machineFault } from './fault.ts';

/** Stops the kubelet for good, as systemctl stop does; containers go on. */
export const kubeletStop: FaultDefinition = machineFault('KubeletStop', (machine) => machine.kubelet.stop());
