import type { KindDefinition } from '../../api/kind.ts';
import type { Subresource } from '../context.ts';
import { approval } from './approval.ts';
import { attach } from './attach.ts';
import { binding } from './binding.ts';
import { ephemeralContainers } from './ephemeralcontainers.ts';
import { eviction } from './eviction.ts';
import { exec } from './exec.ts';
import { finalize } from './finalize.ts';
import { log } from './log.ts';
import { portForward } from './portforward.ts';
import { resize } from './resize.ts';
import { scale } from './scale.ts';
import { status } from './status.ts';
import { token } from './token.ts';

/** Every subresource that is served, by name; a kind lists those it has. One line each, sorted. */
const SUBRESOURCES: ReadonlyMap<string, Subresource> = new Map(
  [
    approval,
    attach,
    binding,
    ephemeralContainers,
    eviction,
    exec,
    finalize,
    log,
    portForward,
    resize,
    scale,
    status,
    token,
  ].map((subresource) => [subresource.name, subresource]),
);

/** The subresources of a kind, by name. */
export function subresourcesOf(kind: KindDefinition): ReadonlyMap<string, Subresource> {
  const names = [...(kind.subresources ?? []), ...(kind.statusSubresource ? ['status'] : [])].sort();
  const found = new Map<string, Subresource>();
  for (const name of names) {
    const subresource = SUBRESOURCES.get(name);
    if (subresource !== undefined) found.set(name, subresource);
  }
  return found;
}
