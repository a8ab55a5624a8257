import type { Taint } from '../../api/generated/types.ts';
import { isTolerated, tolerationsOf } from '../../api/tolerations.ts';
import { Action } from '../events.ts';
import type { PluginFactory } from '../framework.ts';
import { rejection, SUCCESS } from '../status.ts';

const NAME = 'NodeUnschedulable';
const REJECTED = rejection('unresolvable', NAME, 'node(s) were unschedulable');
const TAINT: Taint = Object.freeze({ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' });

/** Keeps pods off cordoned nodes, unless they tolerate the taint that stands for it (plugins/nodeunschedulable). */
export const nodeUnschedulable: PluginFactory = {
  name: NAME,
  create: () => ({
    name: NAME,
    events: [
      {
        resource: 'Node',
        actions: Action.add | Action.nodeTaints,
        hint: (_, event) => event.resource === 'Node' && event.after.spec?.unschedulable !== true,
      },
      { resource: 'Pod', actions: Action.podTolerations },
    ],
    filter(_, { pod }, node) {
      return !node.unschedulable || isTolerated(tolerationsOf(pod), TAINT) ? SUCCESS : REJECTED;
    },
  }),
};
