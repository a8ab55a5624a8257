import type { KindHooks } from '../context.ts';
import type { HookOptions } from './hooks.ts';
import { namespaceHooks } from './namespace.ts';
import { podHooks } from './pod.ts';
import { newServiceHooks } from './service.ts';

/** The hooks of each resource that has any, by qualified resource. One line a resource, sorted. */
export function newHooks(options: HookOptions): ReadonlyMap<string, KindHooks> {
  return new Map([
    ['namespaces', namespaceHooks],
    ['pods', podHooks],
    ['services', newServiceHooks(options)],
  ]);
}
