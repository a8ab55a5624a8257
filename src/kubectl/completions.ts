import type { KubectlContext } from './context.ts';

/** What Tab offers. */
export function completions(_context: KubectlContext, _argv: readonly string[]): readonly string[] {
  return [];
}
