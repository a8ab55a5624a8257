import { isQuantityError, parseQuantity, value } from '../../apimachinery/quantity.ts';
import { type FaultDefinition, machineOf } from './fault.ts';

/** Thrown by hand it leaves so little memory, bytes, that the kubelet must act and the kernel need not. */
const LEFT = 64 * 1024 * 1024;

/**
 * Something on a machine that is no pod uses so much `memory`, `disk` (quantities) and so many `pids`
 * from now on; what is not named uses nothing.
 */
export const nodeLoad: FaultDefinition = {
  kind: 'NodeLoad',
  fields: ['node', 'memory', 'disk', 'pids'],
  effect: 'breaks',
  targets: (cluster) =>
    [...cluster.machines.values()]
      .filter((machine) => machine.powered && !machine.loaded)
      .map((machine) => ({ node: machine.name, memory: Math.max(0, machine.freeMemory - LEFT) })),
  inject(cluster, fault) {
    const machine = machineOf(cluster, fault);
    if (typeof machine === 'string') return machine;
    const amounts: number[] = [];
    for (const field of ['memory', 'disk', 'pids']) {
      const amount = amountOf(fault[field]);
      if (amount === undefined) return `fault NodeLoad: ${field} must be a quantity, such as 500Mi`;
      amounts.push(amount);
    }
    const [memory = 0, disk = 0, pids = 0] = amounts;
    machine.setLoad({ memory, disk, pids });
    return undefined;
  },
};

function amountOf(given: unknown): number | undefined {
  if (given === undefined) return 0;
  if (typeof given !== 'string' && typeof given !== 'number') return undefined;
  const quantity = parseQuantity(String(given));
  if (isQuantityError(quantity)) return undefined;
  const amount = value(quantity);
  return amount >= 0 && Number.isSafeInteger(amount) ? amount : undefined;
}
