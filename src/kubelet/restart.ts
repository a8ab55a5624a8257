import type { Container, Pod } from '../api/generated/types.ts';
import { isRestartableInitContainer } from '../api/podstatus.ts';
import type { CriContainer } from './cri.ts';

/** The restart policy that holds for a container: its own, else the pod's. */
function policyOf(pod: Pod, container: Container): string {
  return container.restartPolicy ?? pod.spec.restartPolicy ?? 'Always';
}

/** Whether a rule of the container decides about this exit code (`restartPolicyRules`). */
function ruleMatches(container: Container, exitCode: number): boolean {
  return (
    container.restartPolicyRules?.some(({ action, exitCodes }) => {
      if (action !== 'Restart' || exitCodes === undefined) return false;
      const listed = exitCodes.values?.includes(exitCode) === true;
      return exitCodes.operator === 'NotIn' ? !listed : listed;
    }) === true
  );
}

/** Whether a container that is in this state is to be started again (kubecontainer.ShouldContainerBeRestarted). */
export function shouldRestart(pod: Pod, container: Container, latest: CriContainer | undefined): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  if (latest === undefined) return true;
  if (latest.state !== 'exited') return false;
  return restartsAfter(pod, container, latest.exitCode);
}

/** Whether the container is started again after it ended with this code. */
export function restartsAfter(pod: Pod, container: Container, exitCode: number): boolean {
  if (isRestartableInitContainer(container)) return true;
  if (ruleMatches(container, exitCode)) return true;
  const policy = policyOf(pod, container);
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

/** Whether anything of the pod is started again after a failure (shouldRestartOnFailure). */
export function restartsOnFailure(pod: Pod, container: Container): boolean {
  return policyOf(pod, container) !== 'Never' || (container.restartPolicyRules?.length ?? 0) > 0;
}
