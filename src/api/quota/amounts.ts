import {
  add,
  cmp,
  formatQuantity,
  isQuantityError,
  parseQuantity,
  type Quantity,
  ZERO,
} from '../../apimachinery/quantity.ts';

/** An amount of each resource, by name. */
export type Amounts = ReadonlyMap<string, Quantity>;
type TextMap = Readonly<Record<string, string>> | undefined;

/** A list of the API as amounts; what cannot be read counts as nothing, for validation has been there before. */
export function amountsOf(list: TextMap): Map<string, Quantity> {
  const amounts = new Map<string, Quantity>();
  for (const [name, text] of Object.entries(list ?? {})) amounts.set(name, quantityOf(text));
  return amounts;
}

/** A quantity that validation has let pass. */
export function quantityOf(text: string): Quantity {
  const parsed = parseQuantity(String(text));
  return isQuantityError(parsed) ? ZERO : parsed;
}

/** Amounts as a list of the API, names sorted. */
export function listOf(amounts: Amounts): Record<string, string> {
  return Object.fromEntries(
    [...amounts.keys()].sort().map((name) => [name, formatQuantity(amounts.get(name) ?? ZERO)]),
  );
}

/** Adds to each amount in place. */
export function addTo(total: Map<string, Quantity>, more: Amounts): void {
  for (const [name, amount] of more) {
    const before = total.get(name);
    total.set(name, before === undefined ? amount : add(before, amount));
  }
}

/** Raises each amount to another where that is more, in place. */
export function raiseTo(total: Map<string, Quantity>, other: Amounts): void {
  for (const [name, amount] of other) {
    const before = total.get(name);
    if (before === undefined || cmp(amount, before) > 0) total.set(name, amount);
  }
}

/** Only the named amounts. */
export function mask(amounts: Amounts, names: Iterable<string>): Map<string, Quantity> {
  const kept = new Map<string, Quantity>();
  for (const name of names) {
    const amount = amounts.get(name);
    if (amount !== undefined) kept.set(name, amount);
  }
  return kept;
}

/** `cpu=1,pods=2`, names sorted: amounts in refusals (quota controller prettyPrint). */
export function prettyAmounts(amounts: Amounts): string {
  return Object.entries(listOf(amounts))
    .map(([name, text]) => `${name}=${text}`)
    .join(',');
}
