import { Action, type ClusterEvent } from '../events.ts';
import type { PluginFactory } from '../framework.ts';
import { type PodInfo, podInfo } from '../podinfo.ts';
import { rejection, SKIP, SUCCESS } from '../status.ts';

const NAME = 'NodePorts';
const REJECTED = rejection(
  'unschedulable',
  NAME,
  "node(s) didn't have free ports for the requested pod ports",
);
const CAN_SKIP = Object.freeze({ status: SKIP });
const GO_ON = Object.freeze({ status: SUCCESS });

/** One pod a host port, address and protocol of a node (plugins/nodeports). */
export const nodePorts: PluginFactory = {
  name: NAME,
  create: () => ({
    name: NAME,
    events: [
      { resource: 'AssignedPod', actions: Action.delete, hint: (pod, event) => freesPort(pod, event) },
      { resource: 'Node', actions: Action.add },
    ],
    preFilter: (_, { hostPorts }) => (hostPorts.length === 0 ? CAN_SKIP : GO_ON),
    filter(_, { hostPorts }, node) {
      for (const port of hostPorts) if (node.portTaken(port)) return REJECTED;
      return SUCCESS;
    },
  }),
};

function freesPort({ hostPorts }: PodInfo, event: ClusterEvent): boolean {
  if (event.resource !== 'AssignedPod' || event.before === undefined) return true;
  const freed = podInfo(event.before).hostPorts;
  return freed.some(({ port }) => hostPorts.some((wanted) => wanted.port === port));
}
