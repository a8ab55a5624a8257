import type { KindDefinition } from '../../../src/api/kind.ts';
import { kinds } from '../../../src/api/kinds/registry.ts';
import { type KubeObject, keyOf, revisionOf } from '../../../src/api/object.ts';
import { storagePrefix } from '../../../src/apiserver/storagekey.ts';
import type { Client, ListOptions } from '../../../src/client/client.ts';
import type { Checker } from '../checker.ts';

/** How often somebody lists, events of the simulation. */
const EVERY_EVENTS = 400;
/** Old revisions that are asked for lie at most so far back. */
const BACK = 300;
const PAGE = 3;

/** Invariant 8: a list at a revision is the history up to it, and pages neither skip nor repeat. */
export const lists: Checker = {
  name: 'a list is the history folded to its revision, in pages too',
  open({ cluster }, { fail, saw }) {
    const client = cluster.client('fuzz');
    const listed = kinds.filter(({ verbs }) => verbs === undefined);
    let events = 0;
    let turn = 0;
    const compare = (
      kind: KindDefinition,
      items: readonly KubeObject[],
      revision: number,
      how: string,
    ): void => {
      const real = cluster.history.values(storagePrefix(kind), revision);
      const [got, wanted] = [items.map(stateOf).join(' '), real.map(stateOf).join(' ')];
      if (got !== wanted) fail(`${kind.plural} at ${revision}, ${how}: ${got} instead of ${wanted}`);
      saw();
    };
    return {
      event() {
        if (++events % EVERY_EVENTS !== 0) return;
        const kind = listed[turn++ % listed.length] as KindDefinition;
        const now = client.list(kind);
        if (!now.ok) return;
        const revision = Number(now.value.resourceVersion);
        if (revision !== cluster.revision)
          fail(`${kind.plural}: listed at ${revision}, it is ${cluster.revision}`);
        compare(kind, now.value.items, revision, 'whole');
        const pages = inPages(client, kind);
        if (pages !== undefined) compare(kind, pages.items, pages.revision, 'in pages');
        const old = Math.max(1, revision - (events % BACK));
        const past = client.list(kind, { resourceVersion: String(old), resourceVersionMatch: 'Exact' });
        if (past.ok) compare(kind, past.value.items, old, 'exactly then');
      },
    };
  },
};

function stateOf(object: KubeObject): string {
  return `${keyOf(object)}@${revisionOf(object)}`;
}

/** All pages, as of the revision of the first; undefined when one of them was refused. */
function inPages(
  client: Client,
  kind: KindDefinition,
): { readonly items: readonly KubeObject[]; readonly revision: number } | undefined {
  const items: KubeObject[] = [];
  let revision = 0;
  let options: ListOptions = { limit: PAGE };
  for (;;) {
    const page = client.list(kind, options);
    if (!page.ok) return undefined;
    revision ||= Number(page.value.resourceVersion);
    items.push(...page.value.items);
    const next = page.value.continue;
    if (next === undefined) return { items, revision };
    options = { limit: PAGE, continue: next };
  }
}
