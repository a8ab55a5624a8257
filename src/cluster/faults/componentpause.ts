import { componentFault } from './component.ts';
import type { FaultDefinition } from './fault.ts';

/** SIGSTOP: the component neither works nor dies. */
export const componentPause: FaultDefinition = componentFault('ComponentPause', {
  effect: 'breaks',
  on: 'running',
  act(machine, component) {
    if (component === 'kubelet') machine.kubelet.pause();
    else machine.pauseProgram(component);
  },
});
