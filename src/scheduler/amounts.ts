/** Places of a node's amounts, from its `base` on. */
export const Slot = {
  cpu: 0,
  memory: 1,
  ephemeral: 2,
  nonZeroCPU: 3,
  nonZeroMemory: 4,
  allocatableCPU: 5,
  allocatableMemory: 6,
  allocatableEphemeral: 7,
  allocatablePods: 8,
  podCount: 9,
} as const;

const SLOTS = 10;
const NODES_PER_CHUNK = 512;

/** Room for the amounts of one node within an array that it shares with its neighbours. */
export interface Amounts {
  readonly array: Float64Array;
  readonly base: number;
}

/** Amounts of a node that stands alone. */
export function ownAmounts(): Amounts {
  return { array: new Float64Array(SLOTS), base: 0 };
}

/**
 * Hands out amounts that lie side by side. Each pod's cycle reads those of thousands of nodes in a
 * row and little else of them, so it is memory that it waits for.
 */
export class AmountPool {
  readonly #free: Amounts[] = [];

  take(): Amounts {
    if (this.#free.length === 0) this.#grow();
    return this.#free.pop() as Amounts;
  }

  /** Gives amounts back; whoever had them must not use them any more. */
  give(amounts: Amounts): void {
    amounts.array.fill(0, amounts.base, amounts.base + SLOTS);
    this.#free.push(amounts);
  }

  #grow(): void {
    const array = new Float64Array(NODES_PER_CHUNK * SLOTS);
    for (let i = NODES_PER_CHUNK - 1; i >= 0; i--) this.#free.push({ array, base: i * SLOTS });
  }
}
