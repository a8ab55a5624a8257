import type { PluginFactory } from '../framework.ts';

const NAME = 'PrioritySort';

/** Higher priority first, then whoever came first (plugins/queuesort). */
export const prioritySort: PluginFactory = {
  name: NAME,
  create: () => ({
    name: NAME,
    less(a, b) {
      if (a.info.priority !== b.info.priority) return a.info.priority > b.info.priority;
      return a.timestamp === b.timestamp ? a.sequence < b.sequence : a.timestamp < b.timestamp;
    },
  }),
};
