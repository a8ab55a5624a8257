/** The highest score a node can get from a plugin. */
export const MAX_NODE_SCORE = 100;
