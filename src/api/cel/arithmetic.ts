import type { Environment } from '@marcbachmann/cel-js';

const OPERATORS: readonly (readonly [string, (a: number, b: number) => number])[] = [
  ['+', (a, b) => a + b],
  ['-', (a, b) => a - b],
  ['*', (a, b) => a * b],
  ['/', (a, b) => a / b],
];

/**
 * Lets expressions count with doubles and integers together. Numbers in objects are doubles to the library;
 * without this `replicas + 1` would be an error.
 */
export function registerArithmetic(env: Environment): void {
  for (const [operator, of] of OPERATORS) {
    env.registerOperator(`double ${operator} int: double`, (a: number, b: bigint) => of(a, Number(b)));
    env.registerOperator(`int ${operator} double: double`, (a: bigint, b: number) => of(Number(a), b));
  }
}
