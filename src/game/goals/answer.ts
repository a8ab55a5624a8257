import type { KubeObject } from '../../api/object.ts';
import type { Json } from '../../apimachinery/json.ts';
import { isList, isObject, own } from '../../apimachinery/object.ts';
import { localized } from '../localized.ts';
import { exactlyOne, list, type Out, struct, text } from '../shape.ts';
import type { Check, GoalContext, GoalType } from './goal.ts';
import { celShape, mustCompile, partialShape, Selection, selectorShape } from './selection.ts';

const valueShape = struct(
  {
    object: partialShape,
    /** `spec.nodeName`, `spec.containers[0].image`, `metadata.labels[app]`. */
    path: text({
      max: 200,
      pattern: /^[A-Za-z0-9]+(\.[A-Za-z0-9]+|\[[^\][]+\])*$/,
      wanted: 'a path such as spec.nodeName',
    }),
  },
  { selector: selectorShape, namespace: text({ max: 63 }) },
);

const shape = exactlyOne(
  struct(
    { question: localized(200) },
    { accept: list(text(), 1, 20), value: valueShape, cel: celShape({ perObject: false, anyValue: true }) },
  ),
  ['accept', 'value', 'cel'],
);

type AnswerSpec = Out<typeof shape>;

/** So many answers are remembered, so long each. */
const MAX_ANSWERS = 50;
const MAX_ANSWER = 200;

/** A question that the player answers by looking; what is right is computed when it is answered. */
export const answer: GoalType<AnswerSpec> = {
  name: 'answer',
  shape,
  always: false,
  sentence: (spec, phrases) => phrases.question(spec.question[phrases.language]),
  check(spec, context): Check {
    const right = rightAnswers(spec, context);
    const tried: string[] = [];
    let solved = false;
    return {
      evaluate: () => ({ matched: solved ? 1 : 0, total: 1 }),
      leaves: (phrases) => [
        {
          path: phrases.answer,
          wanted: '',
          got: tried.at(-1) ?? phrases.noAnswer,
          ok: solved,
        },
      ],
      subjects: () => [],
      answers: () => [...tried],
      rightAnswer: () => right()[0],
      answer(given) {
        if (solved) return true;
        tried.push(given.slice(0, MAX_ANSWER));
        if (tried.length > MAX_ANSWERS) tried.shift();
        solved = right().some((candidate) => plain(candidate) === plain(given));
        if (solved) context.changed();
        return solved;
      },
    };
  },
};

function rightAnswers(spec: AnswerSpec, context: GoalContext): () => readonly string[] {
  const { accept, value, cel } = spec;
  if (accept !== undefined) return () => accept;
  if (value !== undefined) {
    const selection = new Selection(value, context.mirror, () => {});
    return () => selection.worst(Number.POSITIVE_INFINITY).flatMap((object) => textAt(object, value.path));
  }
  const expression = mustCompile(cel ?? '');
  const scope = { objects: context.mirror.ownObjects.bind(context.mirror) };
  return () => {
    const result = expression.evaluate(scope);
    if (!result.ok) return [];
    const values = Array.isArray(result.value) ? (result.value as readonly unknown[]) : [result.value];
    return values.filter((item) => item !== null && typeof item !== 'object').map(String);
  };
}

/** The scalar at a path, as text. */
function textAt(object: KubeObject, path: string): readonly string[] {
  let value: Json | undefined = object as unknown as Json;
  for (const [, name, bracketed] of path.matchAll(/([A-Za-z0-9]+)|\[([^\][]+)\]/g)) {
    const key = name ?? bracketed ?? '';
    if (isList(value)) value = value[Number(key)];
    else value = isObject(value) ? own(value, key) : undefined;
  }
  return value === undefined || value === null || typeof value === 'object' ? [] : [String(value)];
}

/** Answers are compared without case and surrounding space; `pod/web` is as good as `web`. */
function plain(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+\//, '')
    .replace(/\s+/g, ' ');
}
