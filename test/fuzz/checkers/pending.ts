import type { Node, Pod } from '../../../src/api/generated/types.ts';
import { namespace as namespaceKind } from '../../../src/api/kinds/namespace.ts';
import { node as nodeKind } from '../../../src/api/kinds/node.ts';
import { pod as podKind } from '../../../src/api/kinds/pod.ts';
import { claimNamesOf } from '../../../src/api/volumes.ts';
import type { Checker } from '../checker.ts';
import { allocatable, asked, excess, forbids, hostPorts, isActive, NOTHING, sum } from '../fit.ts';
import { nearnessForbids, type World } from '../nearness.ts';

/** Invariant 22: what could be scheduled is, and what waits says truly why. */
export const pending: Checker = {
  name: 'a pod waits only while no node takes it, and says so',
  open({ cluster }, { saw }) {
    return {
      *unsettled() {
        const pods = cluster.objects(podKind);
        const waiting = pods.filter((pod) => pod.spec?.nodeName === undefined && isActive(pod));
        if (waiting.length === 0) return;
        const used = new Map(
          cluster.objects(nodeKind).map((node) => [node, onNode(pods, node.metadata.name ?? '')]),
        );
        const world: World = {
          nodes: [...used.keys()],
          pods: pods.filter((pod) => (pod.spec?.nodeName ?? '') !== '' && isActive(pod)),
          namespaceLabels: (name) =>
            cluster.objects(namespaceKind).find(({ metadata }) => metadata.name === name)?.metadata.labels ??
            {},
        };
        for (const pod of waiting) {
          saw();
          // Where a volume is reached from is for the claims' own checker.
          for (const [node, load] of claimNamesOf(pod).length > 0 ? NOWHERE : used) {
            if (node.spec?.unschedulable === true && !toleratesCordon(pod)) continue;
            if (isDaemonOfAnother(pod, node.metadata.name ?? '')) continue;
            const fits =
              forbids(pod, node) === undefined &&
              nearnessForbids(pod, node, world) === undefined &&
              !world.pods.some((each) => each.spec.nodeName === node.metadata.name && clash(each, pod)) &&
              excess(sum(load, asked(pod)), allocatable(node)) === undefined;
            if (fits) yield `${pod.metadata.name} waits, but fits on ${node.metadata.name}`;
          }
          const said = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
          if (said?.status !== 'False' || said.message?.includes('nodes are available') !== true)
            yield `${pod.metadata.name} waits without a reason: ${said?.message}`;
        }
      },
    };
  },
};

function clash(a: Pod, b: Pod): boolean {
  const taken = hostPorts(a);
  return hostPorts(b).some((port) => taken.includes(port));
}

const NOWHERE: ReadonlyMap<Node, ReturnType<typeof sum>> = new Map();

function onNode(pods: readonly Pod[], name: string): ReturnType<typeof sum> {
  return pods
    .filter((pod) => pod.spec?.nodeName === name && isActive(pod))
    .map(asked)
    .reduce(sum, NOTHING);
}

function toleratesCordon(pod: Pod): boolean {
  return (pod.spec?.tolerations ?? []).some(
    ({ key, operator }) =>
      (key === undefined && operator === 'Exists') || key === 'node.kubernetes.io/unschedulable',
  );
}

function isDaemonOfAnother(pod: Pod, node: string): boolean {
  const terms =
    pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const own = terms?.[0]?.matchFields?.[0]?.values?.[0];
  return own !== undefined && own !== node;
}
