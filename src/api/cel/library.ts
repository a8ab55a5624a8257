import { Environment } from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';
import { deepEqual } from '../../apimachinery/equal.ts';
import { parseCIDR, parseIP } from '../../apimachinery/ip.ts';
import { cmp, isQuantityError, parseQuantity, type Quantity } from '../../apimachinery/quantity.ts';
import { registerArithmetic } from './arithmetic.ts';
import { format } from './format.ts';

/** Rules come from strangers' manifests: how long, large and deep they may be. */
const MAX_NODES = 1000;
const MAX_DEPTH = 64;

/** A quantity as rules hold it: `quantity("500m")`. */
class CelQuantity {
  readonly amount: Quantity;

  constructor(amount: Quantity) {
    this.amount = amount;
  }
}

function quantityOf(text: string): CelQuantity {
  const amount = parseQuantity(text);
  // The library hands what is thrown here on as the rule's failure.
  if (isQuantityError(amount)) throw new Error(amount.error);
  return new CelQuantity(amount);
}

function compare(a: unknown, b: unknown): number {
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
}

/**
 * What Kubernetes adds to the CEL of its rules (apiserver pkg/cel/library), as far as the library has it
 * not; `matchesRE2` stands in for `matches`, whose time no text may make explode. `variables` may hold anything.
 */
export function newEnvironment(variables: readonly string[]): Environment {
  const env = new Environment({
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
    limits: { maxAstNodes: MAX_NODES, maxDepth: MAX_DEPTH },
  });
  for (const name of variables) env.registerVariable(name, 'dyn');
  registerTexts(env);
  registerLists(env);
  registerQuantities(env);
  registerArithmetic(env);
  return env;
}

function registerTexts(env: Environment): void {
  env.registerFunction('string.matchesRE2(string): bool', (text: string, pattern: string) =>
    RE2JS.compile(pattern).matcher(text).find(),
  );
  env.registerFunction('string.find(string): string', (text: string, pattern: string) => {
    const matcher = RE2JS.compile(pattern).matcher(text);
    return matcher.find() ? (matcher.group() ?? '') : '';
  });
  env.registerFunction('string.charAt(int): string', (text: string, at: bigint) => text.charAt(Number(at)));
  env.registerFunction('string.format(list): string', format);
  env.registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
    text.split(from).join(to),
  );
  env.registerFunction('isIP(string): bool', (text: string) => parseIP(text) !== undefined);
  env.registerFunction('isCIDR(string): bool', (text: string) => parseCIDR(text) !== undefined);
  env.registerFunction('isURL(string): bool', (text: string) => /^[a-zA-Z][a-zA-Z0-9+.-]*:\S+$/.test(text));
}

function registerLists(env: Environment): void {
  env.registerFunction('list.isSorted(): bool', (items: readonly unknown[]) =>
    items.every((item, i) => i === 0 || compare(items[i - 1], item) <= 0),
  );
  env.registerFunction('list.sum(): dyn', (items: readonly unknown[]) =>
    items.length === 0 ? 0n : items.reduce((total, item) => (total as number) + (item as number)),
  );
  env.registerFunction('list.min(): dyn', (items: readonly unknown[]) => extreme(items, -1));
  env.registerFunction('list.max(): dyn', (items: readonly unknown[]) => extreme(items, 1));
  env.registerFunction('list.indexOf(dyn): int', (items: readonly unknown[], wanted: unknown) =>
    BigInt(items.findIndex((item) => deepEqual(item, wanted))),
  );
  env.registerFunction('list.lastIndexOf(dyn): int', (items: readonly unknown[], wanted: unknown) =>
    BigInt(items.findLastIndex((item) => deepEqual(item, wanted))),
  );
}

function extreme(items: readonly unknown[], direction: 1 | -1): unknown {
  if (items.length === 0) throw new Error(`${direction < 0 ? 'min' : 'max'} called on empty list`);
  return items.reduce((best, item) => (compare(item, best) === direction ? item : best));
}

function registerQuantities(env: Environment): void {
  env.registerType('kubernetes.Quantity', CelQuantity);
  env.registerFunction('isQuantity(string): bool', (text: string) => !isQuantityError(parseQuantity(text)));
  env.registerFunction('quantity(string): kubernetes.Quantity', quantityOf);
  const compared: readonly (readonly [string, (sign: number) => unknown, string])[] = [
    ['compareTo', (sign) => BigInt(sign), 'int'],
    ['isGreaterThan', (sign) => sign > 0, 'bool'],
    ['isLessThan', (sign) => sign < 0, 'bool'],
  ];
  for (const [name, of, type] of compared)
    env.registerFunction(
      `kubernetes.Quantity.${name}(kubernetes.Quantity): ${type}`,
      (a: CelQuantity, b: CelQuantity) => of(cmp(a.amount, b.amount)),
    );
}
