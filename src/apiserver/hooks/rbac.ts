import type { KindHooks } from '../context.ts';
import type { HookOptions } from './hooks.ts';

/** Roles and bindings: with each change, whichever server made it, what the authorizer knows is old. */
export function newRbacHooks({ rulesChanged }: HookOptions): KindHooks {
  return { start: rulesChanged, observed: rulesChanged };
}
