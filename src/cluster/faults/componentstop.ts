import { componentFault, isStatic, manifestOf } from './component.ts';
import type { FaultDefinition } from './fault.ts';

/**
 * Takes a component out of service as an administrator would: a static pod by moving its manifest
 * away, the kubelet by systemctl. What a controller would replace at once (kube-proxy, coredns) is paused.
 */
export const componentStop: FaultDefinition = componentFault('ComponentStop', {
  effect: 'breaks',
  on: 'running',
  act(machine, component, cluster) {
    if (component === 'kubelet') machine.kubelet.stop();
    else if (isStatic(component)) machine.removeManifest(manifestOf(component, machine, cluster).file);
    else machine.pauseProgram(component);
  },
});
