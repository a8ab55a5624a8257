import type { Pod } from '../../api/generated/types.ts';
import {
  NAME_FIELD,
  preferredTerms,
  type RequiredAffinity,
  requiredAffinity,
  type WeightedTerm,
} from '../../api/nodeselector.ts';
import { StateKey } from '../cyclestate.ts';
import { Action, type ClusterEvent } from '../events.ts';
import { normalizeByMax, type PluginFactory, type PreFilterResult } from '../framework.ts';
import { rejection, SKIP, SUCCESS } from '../status.ts';

const NAME = 'NodeAffinity';
const REJECTED = rejection('unresolvable', NAME, "node(s) didn't match Pod's node affinity/selector");
const CONFLICT: PreFilterResult = Object.freeze({
  status: rejection('unresolvable', NAME, 'pod affinity terms conflict'),
});
const CAN_SKIP: PreFilterResult = Object.freeze({ status: SKIP });
const GO_ON: PreFilterResult = Object.freeze({ status: SUCCESS });

const REQUIRED = new StateKey<RequiredAffinity>(`${NAME}/required`);
const PREFERRED = new StateKey<readonly WeightedTerm[]>(`${NAME}/preferred`);

/** `nodeSelector` and node affinity, required and preferred (plugins/nodeaffinity). */
export const nodeAffinity: PluginFactory = {
  name: NAME,
  create: () => ({
    name: NAME,
    events: [
      {
        resource: 'Node',
        actions: Action.add | Action.nodeLabels,
        hint: ({ pod }, event) => beganToMatch(pod, event),
      },
    ],
    preFilter(state, { pod }) {
      const required = requiredAffinity(pod);
      if (required === undefined) return CAN_SKIP;
      state.write(REQUIRED, required);
      const nodeNames = namedNodes(pod);
      if (nodeNames === undefined) return GO_ON;
      return nodeNames.size === 0 ? CONFLICT : { status: SUCCESS, nodeNames };
    },
    filter(state, { pod }, node) {
      const required = state.read(REQUIRED) ?? requiredAffinity(pod);
      if (required === undefined || (node.node !== undefined && required.matches(node.node))) return SUCCESS;
      return REJECTED;
    },
    preScore(state, { pod }) {
      const preferred = preferredTerms(pod);
      if (preferred.length === 0) return SKIP;
      state.write(PREFERRED, preferred);
      return SUCCESS;
    },
    score(state, _, nodes, scores) {
      const preferred = state.read(PREFERRED) ?? [];
      nodes.forEach(({ node }, i) => {
        let sum = 0;
        if (node !== undefined)
          for (const { term, weight } of preferred) if (term.matches(node)) sum += weight;
        scores[i] = sum;
      });
    },
    normalize: (_state, _pod, scores, count) => normalizeByMax(scores, count, false),
  }),
};

/** The nodes that the required terms name, when each of the terms names some; else undefined. */
function namedNodes(pod: Pod): Set<string> | undefined {
  const terms =
    pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  if (terms.length === 0) return undefined;
  const all = new Set<string>();
  for (const term of terms) {
    let names: ReadonlySet<string> | undefined;
    for (const { key, operator, values = [] } of term.matchFields ?? []) {
      if (key !== NAME_FIELD || operator !== 'In') continue;
      const before = names;
      names = new Set(before === undefined ? values : values.filter((value) => before.has(value)));
    }
    if (names === undefined) return undefined;
    for (const name of names) all.add(name);
  }
  return all;
}

function beganToMatch(pod: Pod, event: ClusterEvent): boolean {
  if (event.resource !== 'Node') return true;
  const required = requiredAffinity(pod);
  if (required === undefined) return true;
  if (!required.matches(event.after)) return false;
  return event.before === undefined || !required.matches(event.before);
}
