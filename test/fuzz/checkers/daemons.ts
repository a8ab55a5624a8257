import type { Node, Pod } from '../../../src/api/generated/types.ts';
import { daemonSet } from '../../../src/api/kinds/daemonset.ts';
import { node as nodeKind } from '../../../src/api/kinds/node.ts';
import { pod as podKind } from '../../../src/api/kinds/pod.ts';
import type { Checker } from '../checker.ts';
import { forbids, isActive } from '../fit.ts';

/** Taints that daemons tolerate by themselves (pkg/controller/daemon/util AddOrUpdateDaemonPodTolerations). */
const TOLERATED =
  /^node\.kubernetes\.io\/(not-ready|unreachable|disk-pressure|memory-pressure|pid-pressure|unschedulable)$/;

/** Invariant 26: one pod of a daemon on each node that is eligible, none elsewhere. */
export const daemons: Checker = {
  name: 'a daemon has one pod on each eligible node',
  open({ cluster }, { saw }) {
    return {
      *unsettled() {
        for (const owner of cluster.objects(daemonSet)) {
          const { name = '', namespace = '', uid = '' } = owner.metadata;
          const pods = cluster
            .objects(podKind, namespace)
            .filter(({ metadata }) => metadata.ownerReferences?.some((each) => each.uid === uid) === true);
          for (const node of cluster.objects(nodeKind)) {
            const wanted = eligible(owner.spec?.template as Pod, node);
            const here = pods.filter((pod) => nodeOf(pod) === node.metadata.name && isActive(pod));
            saw();
            if (here.length > 1) yield `daemon ${name} has ${here.length} pods for ${node.metadata.name}`;
            if (wanted && here.length === 0) yield `daemon ${name} has no pod for ${node.metadata.name}`;
            if (!wanted && here.length > 0 && !mayStay(here, node))
              yield `daemon ${name} has a pod on ${node.metadata.name}`;
          }
        }
      },
    };
  },
};

function withoutOwnTaints(node: Node): Node {
  const taints = node.spec?.taints?.filter(({ key }) => !TOLERATED.test(key ?? '')) ?? [];
  return { ...node, spec: { ...node.spec, taints } };
}

function eligible(pod: Pod, node: Node): boolean {
  return forbids(pod, withoutOwnTaints(node)) === undefined;
}

/** A taint that came later without evicting lets the pod stay (NodeShouldRunDaemonPod's shouldContinueRunning). */
function mayStay(pods: readonly Pod[], node: Node): boolean {
  const taints = node.spec?.taints?.filter(({ effect }) => effect === 'NoExecute') ?? [];
  return pods.every(
    (pod) =>
      forbids(
        { ...pod, spec: { ...pod.spec, containers: [] } },
        withoutOwnTaints({ ...node, spec: { ...node.spec, taints } }),
      ) === undefined,
  );
}

/** Before it is bound, a daemon's pod names its node in its affinity. */
function nodeOf(pod: Pod): string | undefined {
  if (pod.spec?.nodeName !== undefined) return pod.spec.nodeName;
  const terms =
    pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return terms?.[0]?.matchFields?.[0]?.values?.[0];
}
