import { node as nodeKind } from '../../../src/api/kinds/node.ts';
import type { Checker } from '../checker.ts';

/** Invariant 35, its end, and what is not the kubelet's to change: once faults are over every node is ready and keeps no taint of the node lifecycle. */
export const nodes: Checker = {
  name: 'nodes come back, with the labels they were given',
  open({ cluster }, { fail, saw }) {
    return {
      commit({ key, value, previous, cause }) {
        const old = previous?.value;
        if (value?.kind !== 'Node' || old === undefined || cause.component !== 'kubelet') return;
        // Labels that are not the kubelet's own belong to whoever set them last.
        const [before, after] = [old.metadata.labels?.disk, value.metadata.labels?.disk];
        if (before !== after) fail(`${key}: its kubelet set the label disk from ${before} to ${after}`);
      },
      *unsettled() {
        const known = cluster.objects(nodeKind);
        if (known.length !== cluster.machines.size)
          yield `${known.length} nodes of ${cluster.machines.size} machines`;
        for (const { metadata, status, spec } of known) {
          saw();
          const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.status;
          if (ready !== 'True') yield `node ${metadata.name} is not ready: ${ready}`;
          for (const { type, status: state } of status?.conditions ?? [])
            if (type?.endsWith('Pressure') === true && state !== 'False')
              yield `node ${metadata.name} is still under ${type}`;
          for (const { key } of spec?.taints ?? [])
            if (/^node\.kubernetes\.io\/(not-ready|unreachable)/.test(key ?? ''))
              yield `node ${metadata.name} keeps its taint ${key}`;
        }
      },
    };
  },
};
