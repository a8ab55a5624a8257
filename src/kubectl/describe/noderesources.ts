import type { Node, Pod } from '../../api/generated/types.ts';
import { podLimits, podRequests, type ResourceAmounts } from '../../api/podrequests.ts';
import {
  formatQuantity,
  milliOf,
  quantityFromMilli,
  quantityFromValue,
  valueOf as unitsOf,
} from '../../apimachinery/quantity.ts';
import { since } from './common.ts';
import type { DescribeWriter } from './writer.ts';

/** What is shown in lines of its own, or is not what containers ask for. */
const STANDARD: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage', 'pods']);

/** Writes the pods on a node and what they take of it (`describeNodeResource`). */
export function writeNodeResources(w: DescribeWriter, node: Node, pods: readonly Pod[], now: number): void {
  const total = node.status?.allocatable ?? node.status?.capacity ?? {};
  const [cpu, memory] = [milliOf(total.cpu), unitsOf(total.memory)];
  w.write(0, `Non-terminated Pods:\t(${pods.length} in total)\n`);
  w.write(1, 'Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge\n');
  w.write(1, '---------\t----\t\t------------\t----------\t---------------\t-------------\t---\n');
  for (const pod of pods) {
    const [requests, limits] = [podRequests(pod.spec), podLimits(pod.spec)];
    const cells = [
      share(cores(requests.milliCPU), requests.milliCPU, cpu),
      share(cores(limits.milliCPU), limits.milliCPU, cpu),
      share(bytes(requests.memory), requests.memory, memory),
      share(bytes(limits.memory), limits.memory, memory),
      since(pod.metadata.creationTimestamp, now),
    ];
    w.write(1, `${pod.metadata.namespace ?? ''}\t${pod.metadata.name ?? ''}\t\t${cells.join('\t')}\n`);
  }
  writeTotals(w, total, pods);
}

function writeTotals(w: DescribeWriter, total: Readonly<Record<string, string>>, pods: readonly Pod[]): void {
  const requests = sum(pods.map((pod) => podRequests(pod.spec)));
  const limits = sum(pods.map((pod) => podLimits(pod.spec)));
  const [cpu, memory, storage] = [
    milliOf(total.cpu),
    unitsOf(total.memory),
    unitsOf(total['ephemeral-storage']),
  ];
  w.write(0, 'Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n');
  w.write(1, 'Resource\tRequests\tLimits\n');
  w.write(1, '--------\t--------\t------\n');
  const row = (
    name: string,
    text: (n: number) => string,
    request: number,
    limit: number,
    all: number,
  ): void => {
    w.write(1, `${name}\t${share(text(request), request, all)}\t${share(text(limit), limit, all)}\n`);
  };
  row('cpu', cores, requests.milliCPU, limits.milliCPU, cpu);
  row('memory', bytes, requests.memory, limits.memory, memory);
  row('ephemeral-storage', bytes, requests.ephemeralStorage, limits.ephemeralStorage, storage);
  const names = Object.keys(total).sort();
  for (const name of names.filter((n) => n.startsWith('hugepages-')))
    row(name, bytes, requests.scalar.get(name) ?? 0, limits.scalar.get(name) ?? 0, unitsOf(total[name]));
  for (const name of names.filter((n) => !STANDARD.has(n) && !n.startsWith('hugepages-')))
    w.write(1, `${name}\t${requests.scalar.get(name) ?? 0}\t${limits.scalar.get(name) ?? 0}\n`);
}

function sum(amounts: readonly ResourceAmounts[]): ResourceAmounts {
  const scalar = new Map<string, number>();
  const total = { milliCPU: 0, memory: 0, ephemeralStorage: 0 };
  for (const amount of amounts) {
    total.milliCPU += amount.milliCPU;
    total.memory += amount.memory;
    total.ephemeralStorage += amount.ephemeralStorage;
    for (const [name, n] of amount.scalar) scalar.set(name, (scalar.get(name) ?? 0) + n);
  }
  return { ...total, scalar };
}

function share(text: string, part: number, whole: number): string {
  return `${text} (${whole === 0 ? 0 : Math.trunc((part / whole) * 100)}%)`;
}

function cores(milli: number): string {
  return formatQuantity(quantityFromMilli(milli));
}

/** Bytes in the family of suffixes in which they are round. */
function bytes(n: number): string {
  return formatQuantity(quantityFromValue(n, n % 1024 === 0 ? 'BinarySI' : 'DecimalSI'));
}
