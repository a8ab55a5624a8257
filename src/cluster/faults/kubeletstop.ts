import { type FaultDefinition, machineFault } from './fault.ts';

/** Stops the kubelet for good, as systemctl stop does; containers go on. */
export const kubeletStop: FaultDefinition = machineFault('KubeletStop', {
  effect: 'breaks',
  act: (machine) => machine.kubelet.stop(),
  applies: ({ kubelet }) => kubelet.state !== 'inactive',
});
