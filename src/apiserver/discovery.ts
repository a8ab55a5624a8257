import type { Resource } from './context.ts';

/** `GET /version`: the release whose behaviour this is. */
export const serverVersion = Object.freeze({
  major: '1',
  minor: '35',
  gitVersion: 'v1.35.6',
  platform: 'linux/amd64',
});

/** A resource as discovery tells of it. */
export interface ApiResourceInfo {
  readonly name: string;
  readonly singularName: string;
  readonly shortNames: readonly string[];
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly string[];
}

const ALL_VERBS: readonly string[] = Object.freeze([
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
]);

/** A resource in each version in which it is served. */
function inVersions(resource: Resource): readonly Resource[] {
  if (resource.custom !== undefined) return [...resource.custom.served.values()];
  const others = [...(resource.versions?.values() ?? [])];
  return [resource, ...others.map((other) => ({ ...other, kind: other.version?.kind ?? other.kind }))];
}

/** Every resource served, the core group first, then groups and names in order, the version to take first. */
export function apiResources(resources: readonly Resource[]): readonly ApiResourceInfo[] {
  const infos = resources.flatMap(inVersions).map(({ kind, subresources }) => ({
    name: kind.plural,
    singularName: kind.singular,
    shortNames: kind.shortNames,
    group: kind.group,
    version: kind.version,
    kind: kind.kind,
    namespaced: kind.namespaced,
    verbs: kind.verbs ?? ALL_VERBS,
    categories: kind.categories ?? [],
    subresources: [...subresources.keys()],
  }));
  return infos.sort((a, b) => compare(a.group, b.group) || compare(a.name, b.name));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
