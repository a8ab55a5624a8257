import type { Pod, Toleration } from '../../api/generated/types.ts';
import { allTolerated, isTolerated, tolerationsOf } from '../../api/tolerations.ts';
import { StateKey } from '../cyclestate.ts';
import { Action, type ClusterEvent } from '../events.ts';
import { normalizeByMax, type PluginFactory } from '../framework.ts';
import { NodeInfo } from '../nodeinfo.ts';
import { rejection, SUCCESS } from '../status.ts';

const NAME = 'TaintToleration';
const REJECTED = rejection('unresolvable', NAME, 'node(s) had untolerated taint(s)');
const SOFT = new StateKey<readonly Toleration[]>(NAME);

/**
 * Keeps pods off nodes with NoSchedule or NoExecute taints they do not tolerate, and prefers nodes
 * with fewer untolerated PreferNoSchedule taints (plugins/tainttoleration).
 */
export const taintToleration: PluginFactory = {
  name: NAME,
  create: ({ cache }) => ({
    name: NAME,
    events: [
      {
        resource: 'Node',
        actions: Action.add | Action.nodeTaints,
        hint: ({ pod }, event) => becameTolerated(pod, event),
      },
      { resource: 'Pod', actions: Action.podTolerations },
    ],
    filter(_, { pod }, node) {
      if (node.taints.length === 0) return SUCCESS;
      return allTolerated(tolerationsOf(pod), node.taints) ? SUCCESS : REJECTED;
    },
    preScore(state, { pod }) {
      const soft = tolerationsOf(pod).filter(({ effect }) => !effect || effect === 'PreferNoSchedule');
      state.write(SOFT, soft);
      return SUCCESS;
    },
    score(state, _, nodes, scores) {
      scores.fill(0, 0, nodes.length);
      if (!cache.hasSoftTaints) return;
      const tolerations = state.read(SOFT) ?? [];
      nodes.forEach(({ softTaints }, i) => {
        for (const taint of softTaints)
          if (!isTolerated(tolerations, taint)) scores[i] = (scores[i] ?? 0) + 1;
      });
    },
    normalize: (_state, _pod, scores, count) => normalizeByMax(scores, count, true),
  }),
};

function becameTolerated(pod: Pod, event: ClusterEvent): boolean {
  if (event.resource !== 'Node') return true;
  const tolerations = tolerationsOf(pod);
  if (!allTolerated(tolerations, NodeInfo.empty(event.after).taints)) return false;
  return event.before === undefined || !allTolerated(tolerations, NodeInfo.empty(event.before).taints);
}
