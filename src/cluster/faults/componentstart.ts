import { componentFault, isStatic, manifestOf } from './component.ts';
import type { FaultDefinition } from './fault.ts';

/** Undoes ComponentStop. */
export const componentStart: FaultDefinition = componentFault('ComponentStart', {
  effect: 'mends',
  on: 'down',
  act(machine, component, cluster) {
    if (component === 'kubelet') machine.kubelet.start();
    else if (isStatic(component)) {
      const { file, text } = manifestOf(component, machine, cluster);
      machine.writeManifest(file, text);
    } else machine.resumeProgram(component);
  },
});
