import { goalTypes } from './goals/registry.ts';
import { duration, exactlyOne, flag, list, number, refine, type Shape, slug, struct } from './shape.ts';

/** A goal of a level: what (the field named after its type), when, and how much it weighs. */
export interface GoalSpec {
  readonly id: string;
  /** The goal type's name. */
  readonly type: string;
  /** What the type's own field holds; of the type's own shape. */
  readonly spec: unknown;
  /** Share in the shipshape index; default 1. */
  readonly weight: number;
  readonly time: GoalTime;
  /** True: once met it stays met. */
  readonly latch: boolean;
}

/** When a goal must be so. All times are ms since the level began. */
export type GoalTime =
  | {
      readonly type: 'eventually';
      /** Deadline. */
      readonly by?: number;
      /** How long without a break. */
      readonly hold?: number;
    }
  | { readonly type: 'always'; readonly from: number; readonly to?: number };

const names = goalTypes.map(({ name }) => name);

interface RawGoal {
  readonly id: string;
  readonly weight?: number;
  readonly by?: number;
  readonly hold?: number;
  readonly during?: readonly number[];
  readonly latch?: boolean;
  readonly [type: string]: unknown;
}

/** A goal as a level has it: `{id, state: {...}, by: 2m, hold: 30s}`, `{id, never: {...}, during: [20s, 60s]}`. */
const rawShape = refine(
  exactlyOne(
    struct(
      { id: slug() },
      {
        weight: number(0, 100),
        by: duration,
        hold: duration,
        during: list(duration, 1, 2),
        latch: flag,
        ...Object.fromEntries(goalTypes.map((type) => [type.name, type.shape])),
      },
    ) as Shape<RawGoal>,
    names,
  ),
  (goal, path, issues) => {
    const always = goal.during !== undefined || typeOf(goal).always;
    for (const field of ['by', 'hold', 'latch'] as const) {
      if (!always || goal[field] === undefined) continue;
      issues.add('Conflict', `${path}.${field}`, 'no such field beside during, or in a never goal', field);
      return false;
    }
    const [from = 0, to = Number.POSITIVE_INFINITY] = goal.during ?? [];
    if (from < to) return true;
    issues.add('InvalidValue', `${path}.during`, 'a beginning before its end', JSON.stringify(goal.during));
    return false;
  },
);

/** Reads a goal into its type, its time and its spec. */
export const goalShape: Shape<GoalSpec> = {
  read(value, path, issues) {
    const raw = rawShape.read(value, path, issues);
    if (raw === undefined) return undefined;
    const type = typeOf(raw);
    return {
      id: raw.id,
      type: type.name,
      spec: raw[type.name],
      weight: raw.weight ?? 1,
      time: timeOf(raw, type.always),
      latch: raw.latch ?? false,
    };
  },
  schema: () => rawShape.schema(),
};

function typeOf(goal: RawGoal): (typeof goalTypes)[number] {
  const type = goalTypes.find(({ name }) => goal[name] !== undefined);
  if (type === undefined) throw new Error(`goal ${goal.id} has no type`);
  return type;
}

function timeOf(goal: RawGoal, always: boolean): GoalTime {
  if (goal.during !== undefined || always) {
    const [from = 0, to] = goal.during ?? [];
    return { type: 'always', from, ...(to === undefined ? {} : { to }) };
  }
  return {
    type: 'eventually',
    ...(goal.by === undefined ? {} : { by: goal.by }),
    ...(goal.hold === undefined ? {} : { hold: goal.hold }),
  };
}
