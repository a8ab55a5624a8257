import type { NetworkPolicy, Pod } from '../../../src/api/generated/types.ts';
import { networkPolicy } from '../../../src/api/kinds/networkpolicy.ts';
import { pod as podKind } from '../../../src/api/kinds/pod.ts';
import { keyOf, namespaceOf } from '../../../src/api/object.ts';
import { storageKey } from '../../../src/apiserver/storagekey.ts';
import type { Flow } from '../../../src/network/types.ts';
import type { Checker } from '../checker.ts';

const PORT = 80;
const TIMEOUT_MS = 1000;
/** How many pairs of pods are tried when everything has settled. */
const MAX_PAIRS = 60;

/**
 * Invariant 38: an isolated pod accepts no flow that is not allowed, and one that is not isolated accepts
 * all. Read anew from the policies as they are drawn: one selector of pods, one of who may come in.
 */
export const networkPolicies: Checker = {
  name: 'isolated pods accept what is allowed and nothing else',
  open({ cluster }, { fail, saw }) {
    return {
      // An agent that could not reach the API server tries again after up to a minute (the reflector's
      // backoff: 30 s, plus up to as much); until then it keeps to the policies of before.
      *unsettled() {
        const policies = cluster.objects(networkPolicy);
        if (policies.length === 0) return;
        const pods = cluster.objects(podKind).filter(isReachable);
        for (const to of pods) {
          const target = cluster.fabric.namespaceAt(to.status?.podIP ?? '');
          if (target?.name !== keyOf(to)) continue;
          for (const from of pods) {
            if (from === to) continue;
            const flow: Flow = {
              source: { ip: from.status?.podIP ?? '', port: 40_000 },
              destination: { ip: to.status?.podIP ?? '', port: PORT },
              transport: 'TCP',
              ownHost: false,
            };
            const passes = target.host.policy?.ingress(target.name, flow).allow ?? true;
            if (passes !== isAllowed(policies, from, to))
              yield `${target.host.name} ${passes ? 'lets' : 'does not let'} ${keyOf(from)} reach ${keyOf(to)}`;
          }
        }
      },
      end() {
        const policies = cluster.objects(networkPolicy);
        if (policies.length === 0) return;
        const pods = cluster.objects(podKind).filter(isReachable);
        let pairs = 0;
        for (const from of pods) {
          for (const to of pods) {
            if (from === to || pairs >= MAX_PAIRS) continue;
            pairs++;
            const source = cluster.fabric.namespaceAt(from.status?.podIP ?? '');
            if (source?.name !== keyOf(from)) continue;
            const made = cluster.fabric.connect(source, to.status?.podIP ?? '', PORT, {
              timeoutMs: TIMEOUT_MS,
              record: false,
            });
            const dropped = made.outcome === 'timeout';
            const allowed = isAllowed(policies, from, to);
            if (dropped === allowed)
              fail(
                `${keyOf(from)} ${dropped ? 'does not reach' : 'reaches'} ${keyOf(to)}, which ${allowed ? 'is' : 'is not'} allowed (${storageKey(networkPolicy, namespaceOf(to), '')})`,
              );
            saw();
          }
        }
      },
    };
  },
};

function isReachable({ spec, status, metadata }: Pod): boolean {
  return (
    spec.hostNetwork !== true &&
    metadata.namespace !== 'kube-system' &&
    metadata.deletionTimestamp === undefined &&
    status?.phase === 'Running' &&
    status.podIP !== undefined
  );
}

function isAllowed(policies: readonly NetworkPolicy[], from: Pod, to: Pod): boolean {
  const isolating = policies.filter(
    (policy) => namespaceOf(policy) === namespaceOf(to) && matches(policy.spec.podSelector?.matchLabels, to),
  );
  if (isolating.length === 0) return true;
  return isolating.some((policy) =>
    (policy.spec.ingress ?? []).some((rule) =>
      (rule.from ?? []).some(
        ({ podSelector }) =>
          namespaceOf(from) === namespaceOf(policy) && matches(podSelector?.matchLabels, from),
      ),
    ),
  );
}

function matches(labels: Readonly<Record<string, string>> | undefined, { metadata }: Pod): boolean {
  return Object.entries(labels ?? {}).every(([key, value]) => metadata.labels?.[key] === value);
}
