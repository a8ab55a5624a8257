import { flat } from './intern.ts';

/** Shorter texts are never kept in pieces. */
const SHORTEST_CHAIN = 13;

/**
 * Freezes a value and all it holds, in place, and returns it. Descent stops at what is frozen
 * already: stored objects are frozen whole, so sharing parts of them costs nothing. What is frozen is
 * kept for long, so its texts are put in one piece.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'string' && value.length >= SHORTEST_CHAIN) flat(value);
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  if (Array.isArray(value)) for (let i = 0; i < value.length; i++) deepFreeze(value[i]);
  else for (const key in value) deepFreeze(value[key]);
  return value;
}
