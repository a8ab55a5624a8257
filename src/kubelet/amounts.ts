import type { Container } from '../api/generated/types.ts';
import { milliOf, valueOf as wholeOf } from '../apimachinery/quantity.ts';
import type { ContainerResources } from './cri.ts';

/** What a container asks for and may use: millicores and bytes. */
export type ContainerAmounts = Omit<ContainerResources, 'oomScoreAdj'>;

export function amountsOf({ resources }: Container): ContainerAmounts {
  const { requests, limits } = resources ?? {};
  return {
    cpuRequest: milliOf(requests?.cpu),
    cpuLimit: milliOf(limits?.cpu),
    memoryRequest: wholeOf(requests?.memory),
    memoryLimit: wholeOf(limits?.memory),
  };
}

/** The score that decides who goes first when memory runs out is not changed by a resize. */
export function sameAmounts(a: ContainerAmounts, b: ContainerAmounts): boolean {
  return sameCpu(a, b) && sameMemory(a, b);
}

function sameCpu(a: ContainerAmounts, b: ContainerAmounts): boolean {
  return a.cpuRequest === b.cpuRequest && a.cpuLimit === b.cpuLimit;
}

function sameMemory(a: ContainerAmounts, b: ContainerAmounts): boolean {
  return a.memoryRequest === b.memoryRequest && a.memoryLimit === b.memoryLimit;
}

/** Whether a container that runs with `now` must be restarted to run with what its spec says. */
export function restartsToResize(container: Container, now: ContainerAmounts): boolean {
  const wanted = amountsOf(container);
  const restarts = (resource: string): boolean =>
    container.resizePolicy?.some(
      ({ resourceName, restartPolicy }) => resourceName === resource && restartPolicy === 'RestartContainer',
    ) === true;
  return (!sameCpu(wanted, now) && restarts('cpu')) || (!sameMemory(wanted, now) && restarts('memory'));
}
