import { componentFault } from './component.ts';
import type { FaultDefinition } from './fault.ts';

/** SIGCONT: a paused component goes on with everything that came due meanwhile. */
export const componentResume: FaultDefinition = componentFault('ComponentResume', {
  effect: 'mends',
  on: 'paused',
  act(machine, component) {
    if (component === 'kubelet') machine.kubelet.resume();
    else machine.resumeProgram(component);
  },
});
