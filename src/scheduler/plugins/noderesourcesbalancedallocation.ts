import type { PluginFactory } from '../framework.ts';
import { MAX_NODE_SCORE } from '../maxscore.ts';
import type { NodeInfo } from '../nodeinfo.ts';
import type { PodResources } from '../podinfo.ts';
import { SKIP, SUCCESS } from '../status.ts';

const NAME = 'NodeResourcesBalancedAllocation';

/**
 * Prefers nodes whose cpu and memory would be used to the same degree: 100 less the standard
 * deviation of the two fractions (plugins/noderesources/balanced_allocation.go).
 */
export const nodeResourcesBalancedAllocation: PluginFactory = {
  name: NAME,
  create: () => ({
    name: NAME,
    preScore(_, { resources }) {
      return resources.milliCPU === 0 && resources.memory === 0 ? SKIP : SUCCESS;
    },
    score(_, { resources }, nodes, scores) {
      for (let i = 0; i < nodes.length; i++) scores[i] = balance(resources, nodes[i] as NodeInfo);
    },
  }),
};

function balance({ milliCPU, memory }: PodResources, node: NodeInfo): number {
  const { allocatableCPU, allocatableMemory } = node;
  // With one of the two missing on the node there is nothing to be out of balance with.
  if (allocatableCPU === 0 || allocatableMemory === 0) return MAX_NODE_SCORE;
  const cpuShare = Math.min((node.milliCPU + milliCPU) / allocatableCPU, 1);
  const memoryShare = Math.min((node.memory + memory) / allocatableMemory, 1);
  return Math.floor((1 - Math.abs((cpuShare - memoryShare) / 2)) * MAX_NODE_SCORE);
}
