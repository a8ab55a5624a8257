import type { Deployment, Job, Pod } from '../../../src/api/generated/types.ts';
import { cronJob } from '../../../src/api/kinds/cronjob.ts';
import { horizontalPodAutoscaler } from '../../../src/api/kinds/horizontalpodautoscaler.ts';
import { job } from '../../../src/api/kinds/job.ts';
import { pod as podKind } from '../../../src/api/kinds/pod.ts';
import type { KubeObject } from '../../../src/api/object.ts';
import type { Checker } from '../checker.ts';

/** How long nothing may change once everything has settled, and how long restarted components get, ms. */
const QUIET_MS = 60_000;
/** Written by heartbeats, and never a change of what is wanted or what is there. */
const HEARTBEATS: readonly string[] = ['Lease', 'Event', 'Node'];
const RESTARTED = ['kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy'] as const;

/** Invariants 42 and 43: what has settled stays so, and components that list everything anew change nothing. */
export const quiet: Checker = {
  name: 'a settled cluster rests, and restarted components change nothing',
  open({ cluster }, { fail, saw }) {
    return {
      end() {
        if (cluster.objects(podKind).some(isRestless) || cluster.objects(cronJob).length > 0) return;
        if (cluster.objects(job).some(isUnderWay)) return;
        // What is measured changes with every measurement.
        if (cluster.objects(horizontalPodAutoscaler).length > 0) return;
        const first = cluster.revision;
        cluster.runFor(QUIET_MS);
        tell('while nothing happened', first);
        for (const component of RESTARTED) cluster.inject({ kind: 'ComponentKill', component });
        const second = cluster.revision;
        cluster.runFor(QUIET_MS);
        // A kubelet that starts anew asks again whether its pods may run here, and labels may have changed since.
        if (!cluster.objects(podKind).some(isRefused)) tell('after components were restarted', second);
        saw();
      },
    };

    function tell(when: string, since: number): void {
      for (const { key, value, previous, cause } of cluster.history.between(since + 1, cluster.revision)) {
        const object = value ?? previous?.value;
        if (object === undefined || HEARTBEATS.includes(object.kind) || isOfSystem(object)) continue;
        // A budget is looked at when its pods change, not when what they belong to is scaled (as upstream).
        if (object.kind === 'PodDisruptionBudget') continue;
        // A pod that waits is looked at again from time to time, and then says why in today's words.
        if (object.kind === 'Pod' && (object as Pod).spec?.nodeName === undefined) continue;
        // A deployment without progress says so when its time is up, however long nothing has happened.
        if (value?.kind === 'Deployment' && isOverdue(value as Deployment)) continue;
        fail(`${key} was written by ${cause.component} ${when}`);
      }
    }
  },
};

/** A job that is not over, or that goes by itself in a while. */
function isUnderWay({ spec, status }: Job): boolean {
  const over = status?.conditions?.some(
    (each) => each.status === 'True' && /^(Complete|Failed)$/.test(each.type),
  );
  return over !== true || spec?.ttlSecondsAfterFinished !== undefined;
}

function isOverdue({ status }: Deployment): boolean {
  return status?.conditions?.some(({ reason }) => reason === 'ProgressDeadlineExceeded') === true;
}

/** A pod that its kubelet did not let in because of its node's labels. */
function isRefused({ status }: Pod): boolean {
  return status?.phase === 'Failed' && status.reason === 'NodeAffinity';
}

/** The control plane's own pods and leases: a restarted component shows in its pod's status. */
function isOfSystem(object: KubeObject): boolean {
  return object.metadata.namespace === 'kube-system';
}

/** Whether a pod is bound to go on changing: a container that ends again and again, or never gets ready. */
function isRestless(pod: Pod): boolean {
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return false;
  if (pod.spec?.nodeName === undefined) return false;
  // What has ended before may be between two ends just now.
  if (pod.status?.containerStatuses?.some(({ restartCount }) => restartCount > 0) === true) return true;
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') !== true;
}
