import { lease as leaseKind } from '../../api/kinds/lease.ts';
import { parseTime } from '../../apimachinery/time.ts';
import { describeCommand } from './look.ts';
import type { Wait, WaitView } from './wait.ts';

/** What a lease lasts when it does not say: that of leader election. */
const LEASE_SECONDS = 15;

/**
 * A component of the control plane that has let its lease run out: what waits for it, waits for long.
 * Undefined while the lease is kept up.
 */
export function silentComponent(name: string, view: WaitView): Wait | undefined {
  const late = lateLease('kube-system', name, view);
  return late === undefined
    ? undefined
    : {
        text: view.words.silent(name, late.ago),
        look: `kubectl get pods -n kube-system -l component=${name}`,
      };
}

/** A kubelet that has let its node's lease run out. */
export function silentKubelet(node: string, view: WaitView): Wait | undefined {
  const late = lateLease('kube-node-lease', node, view);
  return late === undefined
    ? undefined
    : { text: view.words.node.kubelet(node, late.ago), look: describeCommand('node', node) };
}

function lateLease(
  namespace: string,
  name: string,
  view: WaitView,
): { readonly ago: string | undefined } | undefined {
  const spec = view.get(leaseKind, namespace, name)?.spec;
  const renewed = parseTime(spec?.renewTime ?? '');
  if (renewed === undefined) return { ago: undefined };
  const lasts = (spec?.leaseDurationSeconds ?? LEASE_SECONDS) * 1000;
  return view.now - renewed <= lasts ? undefined : { ago: view.since(spec?.renewTime) };
}
