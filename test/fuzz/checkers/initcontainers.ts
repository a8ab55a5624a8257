import type { Container, Pod } from '../../../src/api/generated/types.ts';
import type { CriContainer } from '../../../src/kubelet/cri.ts';
import type { Checker } from '../checker.ts';

/** Invariant 32: init containers run one after the other, each to its good end, and before all others. */
export const initContainers: Checker = {
  name: 'init containers come first, one by one',
  open({ cluster }, { fail, saw }) {
    return {
      commit({ key, value, cause }) {
        if (value?.kind !== 'Pod' || cause.component !== 'kubelet') return;
        const pod = value as Pod;
        const machine = cluster.machines.get(pod.spec.nodeName ?? '');
        if (pod.spec.initContainers === undefined || machine?.powered !== true) return;
        const sandbox = machine.containerd.sandboxesOf(pod.metadata.uid ?? '').at(-1);
        const containers = machine.containerd
          .containersOf(pod.metadata.uid ?? '')
          .filter(({ sandboxId }) => sandboxId === sandbox?.id);
        const complaint = outOfTurn(pod, containers);
        if (complaint !== undefined) fail(`${key}: ${complaint}`);
        saw();
      },
    };
  },
};

/** Which container runs, or has run, before those ahead of it had done their part. */
function outOfTurn(pod: Pod, containers: readonly CriContainer[]): string | undefined {
  const runs = (name: string): readonly CriContainer[] =>
    containers.filter(({ config, startedAt }) => config.name === name && startedAt > 0);
  const inits = pod.spec.initContainers ?? [];
  for (const [i, first] of inits.entries()) {
    const later = [...inits.slice(i + 1), ...pod.spec.containers].find(({ name }) => runs(name).length > 0);
    if (later !== undefined && !done(first, runs(first.name)))
      return `${later.name} has started, and ${first.name} has not done its part`;
  }
  return undefined;
}

function done({ restartPolicy }: Container, runs: readonly CriContainer[]): boolean {
  if (restartPolicy === 'Always') return runs.length > 0;
  // The kubelet removes what has ended well once the others run.
  return runs.length === 0 || runs.some(({ state, exitCode }) => state === 'exited' && exitCode === 0);
}
