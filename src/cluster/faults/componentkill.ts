import { componentFault } from './component.ts';
import type { FaultDefinition } from './fault.ts';

/** SIGKILL: whoever looks after the component (kubelet, systemd) starts it again. */
export const componentKill: FaultDefinition = componentFault('ComponentKill', {
  effect: 'breaks',
  on: 'running',
  act(machine, component) {
    if (component === 'kubelet') machine.kubelet.kill();
    else machine.killProgram(component);
  },
});
