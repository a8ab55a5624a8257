import { type FaultDefinition, machineFault } from './fault.ts';

/** The network plugin of a machine works again. */
export const networkPluginUp: FaultDefinition = machineFault('NetworkPluginUp', {
  effect: 'mends',
  act(machine) {
    machine.containerd.networkPlugin = true;
  },
  applies: ({ containerd }) => !containerd.networkPlugin,
});
