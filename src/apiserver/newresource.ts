import type { KindDefinition } from '../api/kind.ts';
import type { AdmissionPlugin } from './admission/admission.ts';
import { AdmissionChain } from './admission/chain.ts';
import type { KindHooks, Resource } from './context.ts';
import { namesOf } from './resources.ts';
import { reviewOf } from './reviews/registry.ts';
import { subresourcesOf } from './subresources/registry.ts';
import { withVersions } from './versions.ts';
import { WatchCache } from './watchcache.ts';

const NO_HOOKS: KindHooks = Object.freeze({});

/** A kind as it is served, with an empty cache. */
export function newResource(
  kind: KindDefinition,
  hooks: ReadonlyMap<string, KindHooks>,
  plugins: readonly AdmissionPlugin[],
): Resource {
  const names = namesOf(kind);
  const { group, plural, namespaced } = kind;
  return withVersions({
    ...names,
    hooks: hooks.get(group === '' ? plural : `${plural}.${group}`) ?? NO_HOOKS,
    admission: new AdmissionChain(plugins, { group, resource: plural, namespaced }),
    subresources: subresourcesOf(kind),
    review: reviewOf(kind),
    cache: new WatchCache(kind, 0),
  });
}
