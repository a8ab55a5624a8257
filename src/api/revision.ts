import type { Json } from '../apimachinery/json.ts';
import { parseTime } from '../apimachinery/time.ts';
import type { ControllerRevision, PodTemplateSpec } from './generated/types.ts';
import { nameOf } from './object.ts';

/** What ControllerRevisions keep: the template of a StatefulSet or DaemonSet, as a patch that puts it back. */

/** The strategic merge patch that a revision keeps (getPatch of both controllers). */
export function revisionData(template: PodTemplateSpec): Json {
  return {
    spec: { template: { ...(template as unknown as Readonly<Record<string, Json>>), $patch: 'replace' } },
  };
}

/** The template that a revision keeps; undefined if it keeps none. */
export function templateOfRevision(revision: ControllerRevision): PodTemplateSpec | undefined {
  const data = revision.data as { readonly spec?: { readonly template?: PodTemplateSpec } } | undefined;
  const template = data?.spec?.template;
  if (template === undefined) return undefined;
  const { $patch: _, ...rest } = template as PodTemplateSpec & { readonly $patch?: string };
  return rest as PodTemplateSpec;
}

/** By number, then age, then name (history.SortControllerRevisions). */
export function byRevision(a: ControllerRevision, b: ControllerRevision): number {
  return a.revision - b.revision || ageOf(a) - ageOf(b) || (nameOf(a) < nameOf(b) ? -1 : 1);
}

function ageOf(revision: ControllerRevision): number {
  return parseTime(revision.metadata.creationTimestamp ?? '') ?? 0;
}
