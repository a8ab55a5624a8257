import type { EndpointSlice } from '../../api/generated/types.ts';
import { endpointSlice } from '../../api/kinds/endpointslice.ts';
import { namespaceOf } from '../../api/object.ts';
import { anyKindOf } from '../kindof.ts';
import { exactlyOne, integer, type Out, refine, struct, text } from '../shape.ts';
import type { Texts } from '../types.ts';
import type { Check, GoalContext, GoalType } from './goal.ts';
import {
  amount,
  celShape,
  celTextShape,
  checkCelText,
  mustCompile,
  mustKind,
  partialName,
  partialShape,
  Selection,
  selectorShape,
} from './selection.ts';
import { termsOf } from './state.ts';

const service = struct({ service: text({ max: 63 }) }, { namespace: text({ max: 63 }) });
const someObjects = refine(
  struct(
    { object: partialShape },
    {
      selector: selectorShape,
      namespace: text({ max: 63 }),
      expression: celShape({ perObject: true }),
      text: celTextShape,
      moreThan: integer(0, 5000),
    },
  ),
  (spec, path, issues) => checkCelText(spec.expression, spec.text, path, issues),
);

const shape = refine(
  exactlyOne(
    struct(
      {},
      {
        matching: someObjects,
        cel: celShape({ perObject: false }),
        /** What `cel` means, in words: as a whole sentence, which says that it never happens. */
        text: celTextShape,
        noEndpoints: service,
        nodesInUse: struct({ moreThan: integer(0, 5000) }, {}),
      },
    ),
    ['matching', 'cel', 'noEndpoints', 'nodesInUse'],
  ),
  (spec, path, issues) => checkCelText(spec.cel, spec.text, path, issues),
);

type NeverSpec = Out<typeof shape>;

/** What must not happen at any moment, however short: looked at after every single write. */
export const never: GoalType<NeverSpec> = {
  name: 'never',
  shape,
  always: true,
  sentence(spec, phrases) {
    if (spec.matching !== undefined) {
      const { object, selector } = spec.matching;
      return phrases.neverMatching({
        kind: mustKind(object).kind,
        name: partialName(object),
        selector,
        moreThan: spec.matching.moreThan ?? 0,
        terms: termsOf(spec.matching),
        also: spec.matching.text?.[phrases.language],
      });
    }
    if (spec.cel !== undefined) return spec.text?.[phrases.language] ?? '';
    if (spec.noEndpoints !== undefined) return phrases.neverNoEndpoints(spec.noEndpoints.service);
    return phrases.neverNodes(spec.nodesInUse?.moreThan ?? 0);
  },
  check(spec, context) {
    if (spec.matching !== undefined) return matchingCheck(spec.matching, context);
    if (spec.cel !== undefined) return celCheck(spec.cel, spec.text, context);
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
        path: phrases.matching(selection.kind.kind),
        wanted: amount({ min: 0, max: moreThan }),
        got: String(selection.complete),
        ok: selection.complete <= moreThan,
      },
    ],
    subjects: () => selection.latest(),
  };
}

function celCheck(cel: string, words: Texts | undefined, { mirror, changed }: GoalContext): Check {
  const expression = mustCompile(cel);
  const scope = { objects: mirror.ownObjects.bind(mirror) };
  for (const kind of expression.kinds) mirror.onChange(kind, changed);
  const happens = (): boolean => {
    const result = expression.evaluate(scope);
    return result.ok && result.value === true;
  };
  return {
    evaluate: () => ({ matched: happens() ? 0 : 1, total: 1 }),
    leaves: (phrases) => {
      const ok = !happens();
      const path = words?.[phrases.language] ?? '';
      return [{ path, wanted: phrases.yes, got: ok ? phrases.yes : phrases.no, ok }];
    },
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
          wanted: amount({ min: 1 }),
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
        wanted: amount({ min: 0, max: moreThan }),
        got: String(usage.nodes),
        ok: usage.nodes <= moreThan,
      },
    ],
    subjects: () => [],
  };
}
