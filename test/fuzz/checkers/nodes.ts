import { node as nodeKind } from '../../../src/api/kinds/node.ts';
import type { Checker } from '../checker.ts';

/** Invariant 35, its end: once faults are over every node is ready and keeps no taint of the node lifecycle. */
export const nodes: Checker = {
  name: 'nodes come back',
  open({ cluster }, { saw }) {
    return {
      *unsettled() {
        const known = cluster.objects(nodeKind);
        if (known.length !== cluster.machines.size)
          yield `${known.length} nodes of ${cluster.machines.size} machines`;
        for (const { metadata, status, spec } of known) {
          saw();
          const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.status;
          if (ready !== 'True') yield `node ${metadata.name} is not ready: ${ready}`;
          for (const { key } of spec?.taints ?? [])
            if (/^node\.kubernetes\.io\/(not-ready|unreachable)/.test(key ?? ''))
              yield `node ${metadata.name} keeps its taint ${key}`;
        }
      },
    };
  },
};
