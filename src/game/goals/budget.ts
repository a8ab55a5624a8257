import {
  canonicalize,
  isQuantityError,
  milliOf,
  parseQuantity,
  valueOf as unitsOf,
} from '../../apimachinery/quantity.ts';
import { duration, integer, type Out, refine, type Shape, struct, text } from '../shape.ts';
import type { BudgetItem, Phrases } from '../texts/phrases.ts';
import type { GoalLeaf } from '../types.ts';
import type { Check, GoalContext, GoalType } from './goal.ts';

const quantity: Shape<string> = refine(
  text({ max: 30, wanted: 'a quantity such as 500m or 2Gi' }),
  (value, path, issues) => {
    if (!isQuantityError(parseQuantity(value))) return true;
    issues.add('InvalidValue', path, 'a quantity such as 500m or 2Gi', value);
    return false;
  },
);

const shape = refine(
  struct(
    {},
    {
      nodes: integer(0, 5000),
      cpu: quantity,
      memory: quantity,
      moves: integer(0, 10_000),
      time: duration,
      restarts: integer(0, 10_000),
    },
  ),
  (spec, path, issues) => {
    if (Object.keys(spec).length > 0) return true;
    issues.add('MissingField', path, 'at least one of nodes, cpu, memory, moves, time, restarts', 'none');
    return false;
  },
);

type BudgetSpec = Out<typeof shape>;

/** One bound: what is counted, how much is allowed, and how much it is now, in the same unit. */
interface Bound {
  readonly item: BudgetItem;
  readonly allowed: number;
  readonly text: string;
  readonly used: () => number;
}

/** How little it may cost: ships, requests, moves, time, restarts. */
export const budget: GoalType<BudgetSpec> = {
  name: 'budget',
  shape,
  always: false,
  sentence: (spec, phrases) =>
    phrases.budget(boundsOf(spec, phrases, undefined).map(({ item, text }) => ({ item, text }))),
  check(spec, context): Check {
    context.usage.onChange(context.changed);
    const evaluated = boundsOf(spec, undefined, context);
    return {
      timed: true,
      evaluate: () => ({
        matched: evaluated.filter(({ used, allowed }) => used() <= allowed).length,
        total: evaluated.length,
      }),
      leaves: (phrases) => boundsOf(spec, phrases, context).map((bound) => leafOf(bound, phrases)),
      subjects: () => [],
    };
  },
};

function boundsOf(
  spec: BudgetSpec,
  phrases: Phrases | undefined,
  context: GoalContext | undefined,
): readonly Bound[] {
  const bounds: Bound[] = [];
  const add = (item: BudgetItem, allowed: number | undefined, words: string, used: () => number): void => {
    if (allowed !== undefined) bounds.push({ item, allowed, text: words, used });
  };
  const { nodes, cpu, memory, moves, time, restarts } = spec;
  const usage = context?.usage;
  add('nodes', nodes, String(nodes), () => usage?.nodes ?? 0);
  add('cpu', cpu === undefined ? undefined : milliOf(cpu) / 1000, tidy(cpu), () => usage?.cpu ?? 0);
  add('memory', memory === undefined ? undefined : unitsOf(memory), tidy(memory), () => usage?.memory ?? 0);
  add('moves', moves, String(moves), () => context?.moves() ?? 0);
  add('time', time, time === undefined ? '' : (phrases?.duration(time) ?? ''), () =>
    context === undefined ? 0 : context.sim.now() - context.start,
  );
  add('restarts', restarts, String(restarts), () => usage?.restarts ?? 0);
  return bounds;
}

function tidy(amount: string | undefined): string {
  if (amount === undefined) return '';
  const text = canonicalize(amount);
  return typeof text === 'string' ? text : amount;
}

function leafOf(bound: Bound, phrases: Phrases): GoalLeaf {
  const used = bound.used();
  const got =
    bound.item === 'time'
      ? phrases.duration(used)
      : bound.item === 'memory'
        ? `${Math.ceil(used / 1024 ** 2)}Mi`
        : String(Math.round(used * 1000) / 1000);
  return {
    path: phrases.budgetItem(bound.item),
    wanted: phrases.atMost(bound.text),
    got,
    ok: used <= bound.allowed,
  };
}
