import { answer } from './answer.ts';
import { budget } from './budget.ts';
import type { GoalType } from './goal.ts';
import { never } from './never.ts';
import { state } from './state.ts';
import { traffic } from './traffic.ts';

/** A goal type of whatever spec: the loader has checked that the spec is that type's own. */
export type AnyGoalType = GoalType<unknown>;

function anyType<T>(type: GoalType<T>): AnyGoalType {
  return type as unknown as AnyGoalType;
}

/** Every type of goal, sorted by name. */
export const goalTypes: readonly AnyGoalType[] = [
  anyType(answer),
  anyType(budget),
  anyType(never),
  anyType(state),
  anyType(traffic),
];
