import type { EndpointSlice } from '../../api/generated/types.ts';
import { endpointSlice } from '../../api/kinds/endpointslice.ts';
import { namespaceOf } from '../../api/object.ts';
import { anyKindOf } from '../kindof.ts';
import { exactlyOne, integer, type Out, struct, text } from '../shape.ts';
import type { Check, GoalContext, GoalType } from './goal.ts';
import {
  celLeaf,
  celShape,
  mustCompile,
  mustKind,
  partialName,
  partialShape,
  Selection,
  selectorShape,
} from './selection.ts';
import { termsOf } from './state.ts';

const service = struct({ service: text({ max: 63 }) }, { namespace: text({ max: 63 }) });
const someObjects = struct(
  { object: partialShape },
  {
    selector: selectorShape,
    namespace: text({ max: 63 }),
    expression: celShape({ perObject: true }),
    moreThan: integer(0, 5000),
  },
);

const shape = exactlyOne(
  struct(
    {},
    {
      matching: someObjects,
      cel: celShape({ perObject: false }),
      noEndpoints: service,
      nodesInUse: struct({ moreThan: integer(0, 5000) }, {}),
    },
  ),
  ['matching', 'cel', 'noEndpoints', 'nodesInUse'],
);

type NeverSpec = Out<typeof shape>;

/** What must not happen at any moment, however short: looked at after every single write. */
export const never: GoalType<NeverSpec> = {
  name: 'never',
  shape,
  always: true,
  sentence(spec, phrases) {
    if (spec.matching !== undefined) {
      const { object, selector, namespace, expression } = spec.matching;
      return phrases.neverMatching({
        kind: mustKind(object).kind,
        name: partialName(object),
        selector,
        moreThan: spec.matching.moreThan ?? 0,
        terms: termsOf({ object, selector, namespace, cel: expression }, expression),
      });
    }
    if (spec.cel !== undefined) return phrases.neverCel(spec.cel);
    if (spec.noEndpoints !== undefined) return phrases.neverNoEndpoints(spec.noEndpoints.service);
    return phrases.neverNodes(spec.nodesInUse?.moreThan ?? 0);
  },
  check(spec, context) {
    if (spec.matching !== undefined) return matchingCheck(spec.matching, context);
    if (spec.cel !== undefined) return celCheck(spec.cel, context);
    if (spec.noEndpoints !== undefined) return endpointsCheck(spec.noEndpoints, context);
    return nodesCheck(spec.nodesInUse?.moreThan ?? 0, context);
  },
};

function matchingCheck(spec: Out<typeof someObjects>, context: GoalContext): Check {
  const { object, selector, namespace, expression, moreThan = 0 } = spec;
  const selection = new Selection(
    { object, selector, namespace, cel: expression },
    context.mirror,
    context.changed,
  );
  return {
    evaluate: () => ({ matched: selection.complete > moreThan ? 0 : 1, total: 1 }),
    leaves: (phrases) => [
      {
        path: phrases.matching(selection.kind.plural),
        wanted: phrases.count({ min: 0, max: moreThan }),
        got: String(selection.complete),
        ok: selection.complete <= moreThan,
      },
    ],
    subjects: () => selection.subjects(3).slice(-1),
  };
}

function celCheck(text: string, { mirror, changed }: GoalContext): Check {
  const expression = mustCompile(text);
  const scope = { objects: mirror.ownObjects.bind(mirror) };
  for (const kind of expression.kinds) mirror.onChange(kind, changed);
  const happens = (): boolean => {
    const result = expression.evaluate(scope);
    return result.ok && result.value === true;
  };
  return {
    evaluate: () => ({ matched: happens() ? 0 : 1, total: 1 }),
    leaves: () => [
      { path: text, wanted: 'false', got: String(happens()), ok: !happens() },
      ...expression.terms.map((term) => celLeaf(term, scope, '')).map((leaf) => ({ ...leaf, ok: !leaf.ok })),
    ],
    subjects: () => [],
  };
}

const SLICES = anyKindOf(endpointSlice);
const SERVICE_LABEL = 'kubernetes.io/service-name';

function endpointsCheck(spec: Out<typeof service>, { mirror, changed }: GoalContext): Check {
  const { service: name, namespace = 'default' } = spec;
  mirror.onChange(SLICES, changed);
  const ready = (): number => {
    let count = 0;
    for (const object of mirror.objects(SLICES)) {
      if (object.metadata.labels?.[SERVICE_LABEL] !== name || namespaceOf(object) !== namespace) continue;
      for (const endpoint of (object as EndpointSlice).endpoints ?? [])
        if (endpoint.conditions?.ready !== false) count += endpoint.addresses.length;
    }
    return count;
  };
  return {
    evaluate: () => ({ matched: ready() > 0 ? 1 : 0, total: 1 }),
    leaves: (phrases) => {
      const got = ready();
      return [
        {
          path: phrases.readyEndpoints(name),
          wanted: phrases.count({ min: 1 }),
          got: String(got),
          ok: got > 0,
        },
      ];
    },
    subjects: () => [{ kind: 'Service', namespace, name }],
  };
}

function nodesCheck(moreThan: number, { usage, changed }: GoalContext): Check {
  usage.onChange(changed);
  return {
    evaluate: () => ({ matched: usage.nodes > moreThan ? 0 : 1, total: 1 }),
    leaves: (phrases) => [
      {
        path: phrases.budgetItem('nodes'),
        wanted: phrases.count({ min: 0, max: moreThan }),
        got: String(usage.nodes),
        ok: usage.nodes <= moreThan,
      },
    ],
    subjects: () => [],
  };
}
