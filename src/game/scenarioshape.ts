import { faultShape } from './faultshape.ts';
import { celShape, partialShape, selectorShape } from './goals/selection.ts';
import { clusterFields } from './level.ts';
import {
  duration,
  exactlyOne,
  integer,
  list,
  manifest,
  type Out,
  refine,
  type Shape,
  struct,
  text,
} from './shape.ts';

const MAX_NODES = 5000;

/** An HTTP code, or words that the message must hold. */
const errorShape: Shape<number | string> = {
  read: (value, path, issues) =>
    typeof value === 'number'
      ? integer(400, 599).read(value, path, issues)
      : text({ max: 500 }).read(value, path, issues),
  schema: () => ({ anyOf: [integer(400, 599).schema(), text({ max: 500 }).schema()] }),
};

const stepShape = exactlyOne(
  struct(
    { at: duration },
    {
      apply: list(manifest, 1, 200),
      delete: list(manifest, 1, 200),
      kubectl: text({ max: 2000 }),
      /** A line of the harbour office's shell, e.g. `ssh control-plane crictl ps`. */
      shell: text({ max: 4000 }),
      fault: faultShape,
      /** The step must be refused: with this code, or with these words. */
      expectError: errorShape,
      /** The command must say these words on its standard output. */
      expectOutput: text({ max: 1000 }),
    },
  ),
  ['apply', 'delete', 'kubectl', 'shell', 'fault'],
);

const namespace = text({ max: 63 });
const eventsShape = struct(
  { reason: text({ max: 128 }) },
  {
    kind: text({ max: 63 }),
    name: text({ max: 253 }),
    namespace,
    message: text({ max: 1024 }),
    count: integer(0, 10_000),
  },
);
const logsShape = struct(
  { contains: text({ max: 1000 }) },
  { pod: text({ max: 253 }), selector: selectorShape, namespace, container: text({ max: 63 }) },
);

const expectShape = refine(
  exactlyOne(
    struct(
      {},
      {
        at: duration,
        during: list(duration, 2, 2),
        object: partialShape,
        /** For objects whose names are generated: which, and how many of them. */
        selector: selectorShape,
        namespace,
        count: integer(0, 10_000),
        absent: partialShape,
        cel: celShape({ perObject: false }),
        events: eventsShape,
        logs: logsShape,
      },
    ),
    ['object', 'absent', 'cel', 'events', 'logs'],
  ),
  (expectation, path, issues) => {
    const [from = 0, to = 0] = expectation.during ?? [];
    if ((expectation.at === undefined) === (expectation.during === undefined)) {
      issues.add('Conflict', path, 'exactly one of at, during', 'both or none');
      return false;
    }
    if (from <= to) return true;
    issues.add('InvalidValue', `${path}.during`, 'a beginning before its end', 'the other way round');
    return false;
  },
);

/** A scenario file: a cluster, what is done to it, and what must come of it. */
export const scenarioShape = struct(
  {
    name: text({ max: 200 }),
    given: struct({}, { ...clusterFields(MAX_NODES), objects: list(manifest, 0, 1000) }),
  },
  {
    source: text({ max: 1000 }),
    seed: integer(0, Number.MAX_SAFE_INTEGER),
    steps: list(stepShape, 0, 1000),
    expect: list(expectShape, 1, 1000),
  },
);

export type Scenario = Out<typeof scenarioShape>;
export type ScenarioStep = Out<typeof stepShape>;
export type Expectation = Out<typeof expectShape>;
