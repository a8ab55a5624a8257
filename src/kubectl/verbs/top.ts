import { group } from '../group.ts';
import type { Verb } from '../verb.ts';
import { topNode } from './topnode.ts';
import { topPod } from './toppod.ts';

/** `kubectl top` (pkg/cmd/top). */
export const top: Verb = group({
  name: 'top',
  short: 'Display resource (CPU/memory) usage',
  usage: 'kubectl top SUBCOMMAND',
  subcommands: [topNode, topPod],
});
