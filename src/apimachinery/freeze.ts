import { flat } from './intern.ts';

/**
 * Freezes a value and all it holds, in place, and returns it. Descent stops at what is frozen
 * already: stored objects are frozen whole, so sharing parts of them costs nothing. What is frozen is
 * kept for long, so its texts are put in one piece.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'string') flat(value);
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  if (Array.isArray(value)) for (const item of value) deepFreeze(item);
  else for (const key in value) deepFreeze(value[key]);
  return value;
}
