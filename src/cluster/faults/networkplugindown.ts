import { type FaultDefinition, machineFault } from './fault.ts';

/**
 * The network plugin of a machine loses its configuration: the node turns NotReady, no new pod gets a
 * network; what runs goes on.
 */
export const networkPluginDown: FaultDefinition = machineFault('NetworkPluginDown', {
  effect: 'breaks',
  act(machine) {
    machine.containerd.networkPlugin = false;
  },
  applies: ({ powered, containerd }) => powered && containerd.networkPlugin,
});
