import type { PluginFactory } from '../framework.ts';
import { MAX_NODE_SCORE } from '../maxscore.ts';
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
    score(_, { resources }, node) {
      // With one of the two missing on the node there is nothing to be out of balance with.
      if (node.allocatableCPU === 0 || node.allocatableMemory === 0) return MAX_NODE_SCORE;
      const cpu = Math.min((node.milliCPU + resources.milliCPU) / node.allocatableCPU, 1);
      const memory = Math.min((node.memory + resources.memory) / node.allocatableMemory, 1);
      return Math.floor((1 - Math.abs((cpu - memory) / 2)) * MAX_NODE_SCORE);
    },
  }),
};
