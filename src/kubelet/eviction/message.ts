import { formatQuantity, quantityFromValue, valueOf as unitsOf } from '../../apimachinery/quantity.ts';
import type { Ranked } from './ranking.ts';
import { amountOf, factsOf, type Observations, type Threshold } from './thresholds.ts';

/** Why a pod is evicted (eviction/helpers.go evictionMessage); as upstream's it ends with a space. */
export function evictionMessage(
  { pod, usage }: Ranked,
  { signal, amount }: Threshold,
  observations: Observations,
): string {
  const { resource } = factsOf(signal);
  let text = `The node was low on resource: ${resource}. `;
  const seen = observations.get(signal);
  if (seen !== undefined) {
    const quantity = bytes(amountOf(amount, seen.capacity));
    text += `Threshold quantity: ${quantity}, available: ${bytes(seen.available)}. `;
  }
  if (resource !== 'memory' && resource !== 'ephemeral-storage') return text;
  const uses = resource === 'memory' ? usage.containers : usage.disks;
  for (const { name, resources } of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
    const used = uses.get(name);
    const request = resources?.requests?.[resource] ?? '0';
    if (used === undefined || used <= unitsOf(request)) continue;
    text += `Container ${name} was using ${bytes(used)}, request is ${request}, has larger consumption of ${resource}. `;
  }
  return text;
}

function bytes(amount: number): string {
  return formatQuantity(quantityFromValue(amount, 'BinarySI'));
}
