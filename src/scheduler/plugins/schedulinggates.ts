import { Action } from '../events.ts';
import type { PluginFactory } from '../framework.ts';
import { rejection, SUCCESS } from '../status.ts';

const NAME = 'SchedulingGates';

/** Holds back pods whose `schedulingGates` are not empty (plugins/schedulinggates). */
export const schedulingGates: PluginFactory = {
  name: NAME,
  create: () => ({
    name: NAME,
    events: [{ resource: 'Pod', actions: Action.podGatesEliminated }],
    preEnqueue({ pod }) {
      const gates = pod.spec.schedulingGates ?? [];
      if (gates.length === 0) return SUCCESS;
      const names = gates.map((gate) => gate.name).join(' ');
      return rejection('unresolvable', NAME, `waiting for scheduling gates: [${names}]`);
    },
  }),
};
