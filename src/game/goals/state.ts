import { nameOf } from '../../api/object.ts';
import type { CelExpression, CelScope } from '../cel.ts';
import { compilePartial } from '../partial.ts';
import { exactlyOne, integer, type Out, objectOr, refine, struct, text } from '../shape.ts';
import type { Count, Phrases, Term } from '../texts/phrases.ts';
import type { GoalLeaf, Texts } from '../types.ts';
import type { Check, GoalContext, GoalType, Match } from './goal.ts';
import {
  amount,
  celLeaf,
  celShape,
  celTextShape,
  checkCelText,
  mustCompile,
  mustKind,
  partialName,
  partialShape,
  Selection,
  type SelectionSpec,
  selectorShape,
} from './selection.ts';

const MANY = 5000;
const countShape = refine(
  objectOr(struct({}, { min: integer(0, MANY), max: integer(0, MANY) }), integer(0, MANY)),
  (count, path, issues) => {
    if (typeof count === 'number') return true;
    if ((count.min ?? 0) <= (count.max ?? MANY) && (count.min ?? count.max) !== undefined) return true;
    issues.add('InvalidValue', path, 'min, max or both, min not above max', JSON.stringify(count));
    return false;
  },
);

const shape = refine(
  exactlyOne(
    struct(
      {},
      {
        object: partialShape,
        selector: selectorShape,
        namespace: text({ max: 63 }),
        count: countShape,
        expression: celShape({ perObject: true }),
        cel: celShape({ perObject: false }),
        /** What `expression` or `cel` means, in words. */
        text: celTextShape,
      },
    ),
    ['object', 'cel'],
  ),
  (spec, path, issues) => {
    if (!checkCelText(spec.expression ?? spec.cel, spec.text, path, issues)) return false;
    if (spec.object !== undefined) return true;
    for (const field of ['selector', 'namespace', 'count', 'expression'] as const) {
      if (spec[field] === undefined) continue;
      issues.add('Conflict', `${path}.${field}`, 'an object that it selects', 'cel');
      return false;
    }
    return true;
  },
);

type StateSpec = Out<typeof shape>;

/** What is so: partial objects, how many of them, and comparisons. */
export const state: GoalType<StateSpec> = {
  name: 'state',
  shape,
  always: false,
  sentence(spec, phrases) {
    if (spec.cel !== undefined) return spec.text?.[phrases.language] ?? '';
    const selection = selectionOf(spec);
    return phrases.stateHolds({
      kind: mustKind(selection.object).kind,
      name: partialName(selection.object),
      selector: spec.selector,
      count: countOf(spec),
      terms: termsOf(selection),
      also: spec.text?.[phrases.language],
    });
  },
  check(spec, context) {
    if (spec.cel !== undefined) return celCheck(mustCompile(spec.cel), spec.text, context);
    const selection = new Selection(selectionOf(spec), context.mirror, context.changed);
    const count = countOf(spec);
    return count === undefined ? namedCheck(selection) : countedCheck(selection, count);
  },
};

function selectionOf(spec: StateSpec): SelectionSpec {
  if (spec.object === undefined) throw new Error('a state goal has an object or cel');
  const { object, selector, namespace, expression: cel, text: words } = spec;
  return { object, selector, namespace, cel, text: words };
}

/** One object by name, unless a count is given or there is no name. */
function countOf(spec: StateSpec): Count | undefined {
  const { count } = spec;
  if (typeof count === 'number') return { min: count, max: count };
  if (count !== undefined)
    return { min: count.min ?? 0, ...(count.max === undefined ? {} : { max: count.max }) };
  return spec.object !== undefined && partialName(spec.object) !== undefined ? undefined : { min: 1 };
}

/** What should be true of each object, for sentences. */
export function termsOf({ object }: SelectionSpec): readonly Term[] {
  return compilePartial(mustKind(object), object).terms;
}

function namedCheck(selection: Selection): Check {
  const label = `${selection.kind.kind} ${selection.name ?? ''}`;
  return {
    evaluate: () => ({ matched: selection.best(1), total: selection.size }),
    leaves: (phrases) => selection.explain(selection.named(), label, phrases),
    subjects: () => selection.subjects(1),
  };
}

/** So many objects are explained when some do not match. */
const EXPLAINED = 3;

function countedCheck(selection: Selection, count: Count): Check {
  const evaluate = (): Match => {
    const surplus = count.max !== undefined && selection.complete > count.max ? 1 : 0;
    if (count.min === 0) return { matched: 1 - surplus, total: 1 };
    return { matched: selection.best(count.min), total: count.min * selection.size + surplus };
  };
  return {
    evaluate,
    leaves: (phrases: Phrases) => {
      const ok = isCount(selection.complete, count);
      const path = phrases.matching(selection.kind.kind);
      const leaves: GoalLeaf[] = [{ path, wanted: amount(count), got: String(selection.complete), ok }];
      if (selection.complete >= count.min) return leaves;
      for (const object of selection.worst(EXPLAINED)) {
        leaves.push(...selection.explain(object, nameOf(object), phrases).filter((leaf) => !leaf.ok));
      }
      return leaves;
    },
    subjects: () => selection.subjects(EXPLAINED),
  };
}

function isCount(n: number, count: Count): boolean {
  return n >= count.min && (count.max === undefined || n <= count.max);
}

function celCheck(
  expression: CelExpression,
  words: Texts | undefined,
  { mirror, changed }: GoalContext,
): Check {
  const scope: CelScope = { objects: (kind) => mirror.ownObjects(kind) };
  for (const kind of expression.kinds) mirror.onChange(kind, changed);
  return {
    evaluate() {
      let matched = 0;
      for (const term of expression.terms) {
        const result = term.evaluate(scope);
        if (result.ok && result.value === true) matched++;
      }
      return { matched, total: expression.terms.length };
    },
    leaves: (phrases) => [{ path: words?.[phrases.language] ?? '', ...celLeaf(expression, scope, phrases) }],
    subjects: () => [],
  };
}
