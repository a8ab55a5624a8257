import type { KindDefinition } from '../../api/kind.ts';
import { type KubeObject, nameOf } from '../../api/object.ts';
import type { Backend } from '../context.ts';

const NONE: readonly never[] = Object.freeze([]);

/** The webhooks of all configurations of a kind: those by name, the webhooks of each as they stand. */
export function configuredWebhooks<H, T extends KubeObject & { readonly webhooks?: readonly H[] }>(
  server: Backend,
  kind: KindDefinition<T>,
): readonly H[] {
  let found: T[] | undefined;
  // There are none in most clusters, and every write comes by here.
  for (const configuration of server.objects(kind)) {
    found ??= [];
    found.push(configuration);
  }
  if (found === undefined) return NONE;
  return found.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)).flatMap(({ webhooks }) => webhooks ?? NONE);
}
