import { fail } from '../errors.ts';
import { ALL_NAMESPACES_FLAG, SELECTOR_FLAG } from '../flagsets.ts';
import { group } from '../group.ts';
import { atOnce } from '../run.ts';
import type { Verb } from '../verb.ts';

function subcommand(name: string, aliases: readonly string[], short: string): Verb {
  return {
    name,
    aliases,
    short,
    usage: `kubectl top ${name} [NAME | -l label]`,
    flags: [
      SELECTOR_FLAG,
      ALL_NAMESPACES_FLAG,
      { name: 'containers', type: 'bool', usage: 'If present, print usage of containers within a pod' },
      { name: 'no-headers', type: 'bool', usage: 'If present, print output without headers' },
      {
        name: 'sort-by',
        type: 'string',
        usage: "If non-empty, sort list using specified field: 'cpu' or 'memory'",
      },
    ],
    run: atOnce((context) => fail(context, 'Metrics API not available')),
  };
}

/** `kubectl top` (pkg/cmd/top): no metrics server runs in these clusters, and it says so as upstream. */
export const top: Verb = group({
  name: 'top',
  short: 'Display resource (CPU/memory) usage',
  usage: 'kubectl top SUBCOMMAND',
  subcommands: [
    subcommand('node', ['nodes', 'no'], 'Display resource (CPU/memory) usage of nodes'),
    subcommand('pod', ['pods', 'po'], 'Display resource (CPU/memory) usage of pods'),
  ],
});
