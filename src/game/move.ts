import { duration, exactlyOne, type Out, refine, slug, struct, text } from './shape.ts';

/** A path in a folder: plain names with slashes between. */
export const filePath = text({
  max: 200,
  pattern: /^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/,
  wanted: 'a path such as web.yaml or app/web.yaml',
});

/** Saved files are bounded like manifests of a level. */
export const MAX_FILE = 200_000;

const shape = exactlyOne(
  struct(
    {},
    {
      /**
       * When: at a time, when a goal is met (for goals that hold for a while: has held so long), or so
       * long after the move before. At once if not said.
       */
      at: duration,
      after: slug(),
      wait: duration,
      command: text({ max: 4000 }),
      /** Saves a file: `text`, or the file of this name in solution/. */
      file: filePath,
      text: text({ min: 0, max: MAX_FILE }),
      /** Copies a file from solution/ into the player's folder and applies it. */
      apply: filePath,
      /** Answers a question: `text`, or what is right at that moment. */
      answer: slug(),
      /** A line for a program that reads. */
      input: text({ min: 0, max: 4000 }),
    },
  ),
  ['command', 'file', 'apply', 'answer', 'input'],
);

/** One step of a solution, or of a wrong attempt, as data. */
export const moveShape = refine(shape, (move, path, issues) => {
  const whens = (['at', 'after', 'wait'] as const).filter((when) => move[when] !== undefined);
  if (whens.length > 1) {
    issues.add('Conflict', `${path}.${whens[1] ?? ''}`, 'one of at, after, wait', whens.join(' and '));
    return false;
  }
  if (move.text === undefined || move.file !== undefined || move.answer !== undefined) return true;
  issues.add('Conflict', `${path}.text`, 'a file or an answer that it belongs to', 'none');
  return false;
});

export type Move = Out<typeof moveShape>;
