import { nameOf } from '../../api/object.ts';
import { Action } from '../events.ts';
import type { PluginFactory } from '../framework.ts';
import { rejection, SKIP, SUCCESS } from '../status.ts';

const NAME = 'NodeName';
const REJECTED = rejection('unresolvable', NAME, "node(s) didn't match the requested node name");
const CAN_SKIP = Object.freeze({ status: SKIP });
const GO_ON = Object.freeze({ status: SUCCESS });

/** Holds a pod that asks for a node by name to that node (plugins/nodename). */
export const nodeName: PluginFactory = {
  name: NAME,
  create: () => ({
    name: NAME,
    events: [
      {
        resource: 'Node',
        actions: Action.add,
        hint: ({ pod }, event) => event.resource === 'Node' && nameOf(event.after) === pod.spec.nodeName,
      },
    ],
    preFilter: (_, { pod }) => ((pod.spec.nodeName ?? '') === '' ? CAN_SKIP : GO_ON),
    filter(_, { pod }, node) {
      const wanted = pod.spec.nodeName ?? '';
      return wanted === '' || wanted === node.name ? SUCCESS : REJECTED;
    },
  }),
};
