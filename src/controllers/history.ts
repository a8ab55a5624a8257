import type { ControllerRevision, PodTemplateSpec } from '../api/generated/types.ts';
import type { KindDefinition } from '../api/kind.ts';
import { controllerRevision as revisionKind } from '../api/kinds/controllerrevision.ts';
import { type KubeObject, nameOf, namespaceOf, uidOf } from '../api/object.ts';
import { byRevision, revisionData } from '../api/revision.ts';
import { semanticEqual } from '../apimachinery/equal.ts';
import { compiledSelector, type LabelSelector } from '../apimachinery/labels.ts';
import { fnv1a32, safeEncode } from '../apimachinery/names.ts';
import { isAlreadyExists, isNotFound, type Status } from '../apimachinery/status.ts';
import type { Client, Result } from '../client/client.ts';
import type { Informer } from '../client/informer.ts';
import { CONTROLLER_INDEX, claim, controllerIndex, newControllerRef, orphansOf } from './ownership.ts';

/** Former templates of StatefulSets and DaemonSets, kept as ControllerRevisions (pkg/controller/history). */

/** The longest name that leaves room for a hash (controllerRevisionName). */
const MAX_PREFIX = 223;

/** Something with a template whose history is kept. */
export type Revisioned = KubeObject & {
  readonly spec: { readonly template: PodTemplateSpec; readonly selector?: LabelSelector };
};

/** One more than the newest (nextRevision). `revisions` are sorted. */
export function nextRevision(revisions: readonly ControllerRevision[]): number {
  return (revisions.at(-1)?.revision ?? 0) + 1;
}

/** Whether two revisions keep the same (history.EqualRevision). */
export function equalRevisions(a: ControllerRevision, b: ControllerRevision): boolean {
  return a === b || semanticEqual(a.data, b.data);
}

/** How one kind of owner keeps its history. */
export interface HistoryOptions<T extends Revisioned> {
  readonly client: Client;
  readonly revisions: Informer<ControllerRevision>;
  readonly kind: KindDefinition<T>;
  /** The label that carries the hash. */
  readonly hashLabel: string;
}

/** Reads and writes the revisions of owners of one kind (history.realHistory). */
export class History<T extends Revisioned> {
  readonly #options: HistoryOptions<T>;

  constructor(options: HistoryOptions<T>) {
    this.#options = options;
    options.revisions.addIndex(CONTROLLER_INDEX, controllerIndex);
  }

  /** The revisions of an owner, by number; orphans that its selector matches are adopted. */
  list(owner: T): ControllerRevision[] {
    const { client, revisions, kind } = this.#options;
    return claim({
      client,
      owner,
      ownerKind: kind,
      dependentKind: revisionKind,
      selector: compiledSelector(owner.spec.selector),
      candidates: [
        ...revisions.byIndex(CONTROLLER_INDEX, uidOf(owner)),
        ...revisions.byIndex(CONTROLLER_INDEX, orphansOf(namespaceOf(owner))),
      ],
    }).sort(byRevision);
  }

  /**
   * The revision of the owner's present template: the newest if that is it; an older one that comes back,
   * with a new number; or a new one. `collisions` counts the names that were taken by something else.
   */
  current(
    owner: T,
    revisions: readonly ControllerRevision[],
    collisions: number,
  ): Result<{ readonly revision: ControllerRevision; readonly collisions: number }> {
    const found = this.#found(owner, revisions);
    if (found === undefined) return this.#create(owner, nextRevision(revisions), collisions);
    const { revision, number } = found;
    if (revision.revision === number) return { ok: true, value: { revision, collisions }, warnings: [] };
    const written = this.#options.client.update(revisionKind, { ...revision, revision: number });
    return written.ok ? { ...written, value: { revision: written.value, collisions } } : written;
  }

  /** The kept revision of the present template, and the number it must have. */
  #found(
    owner: T,
    revisions: readonly ControllerRevision[],
  ): { readonly revision: ControllerRevision; readonly number: number } | undefined {
    const data = revisionData(owner.spec.template);
    const revision = revisions.findLast((kept) => semanticEqual(kept.data, data));
    if (revision === undefined) return undefined;
    const newest = revisions.at(-1);
    const isNewest = newest !== undefined && equalRevisions(newest, revision);
    return { revision, number: isNewest ? revision.revision : nextRevision(revisions) };
  }

  #create(
    owner: T,
    number: number,
    collisions: number,
  ): Result<{ readonly revision: ControllerRevision; readonly collisions: number }> {
    const { client } = this.#options;
    for (let probe = collisions; ; probe++) {
      const wanted = this.#revision(owner, number, probe);
      const created = client.create(revisionKind, wanted);
      if (created.ok) return { ...created, value: { revision: created.value, collisions: probe } };
      if (!isAlreadyExists(created.status)) return created;
      const existing = client.get(revisionKind, nameOf(wanted), namespaceOf(wanted));
      if (!existing.ok) return existing;
      // Made by an earlier sync that our cache does not show yet.
      if (semanticEqual(existing.value.data, wanted.data))
        return { ...existing, value: { revision: existing.value, collisions: probe } };
    }
  }

  #revision(owner: T, revision: number, collisions: number): ControllerRevision {
    const { kind, hashLabel } = this.#options;
    const data = revisionData(owner.spec.template);
    const text = JSON.stringify(data) + (collisions === 0 ? '' : String(collisions));
    const hash = safeEncode(fnv1a32(text));
    const { annotations } = owner.metadata;
    return {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name: `${nameOf(owner).slice(0, MAX_PREFIX)}-${hash}`,
        namespace: namespaceOf(owner),
        labels: { ...owner.spec.template.metadata?.labels, [hashLabel]: hash },
        ...(annotations === undefined ? {} : { annotations }),
        ownerReferences: [newControllerRef(kind, owner)],
      },
      data,
      revision,
    };
  }

  /** Deletes the oldest of those that nothing uses, so that at most `limit` of them stay. */
  truncate(
    revisions: readonly ControllerRevision[],
    isLive: (revision: ControllerRevision) => boolean,
    limit: number,
  ): Status | undefined {
    const unused = revisions.filter((revision) => !isLive(revision));
    for (const revision of unused.slice(0, Math.max(0, unused.length - limit))) {
      const deleted = this.#options.client.delete(revisionKind, nameOf(revision), namespaceOf(revision));
      if (!deleted.ok && !isNotFound(deleted.status)) return deleted.status;
    }
    return undefined;
  }
}
