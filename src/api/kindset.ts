import { apiVersionOf, type KindDefinition } from './kind.ts';

type Index = ReadonlyMap<string, KindDefinition>;

function indexBy(kinds: readonly KindDefinition[], key: (kind: KindDefinition) => string): Index {
  const index = new Map<string, KindDefinition>();
  for (const kind of kinds) if (!index.has(key(kind))) index.set(key(kind), kind);
  return index;
}

/**
 * The kinds that somebody serves or knows: those built in and those that definitions brought. A value:
 * another set of kinds is another KindSet. Of a kind in several versions the one that clients should
 * take comes first.
 */
export class KindSet {
  readonly list: readonly KindDefinition[];
  readonly #byResource: Index;
  readonly #byGVK: Index;
  /** The core group comes first where a name alone could mean several kinds, as in kubectl. */
  readonly #byPriority: readonly KindDefinition[];

  constructor(list: readonly KindDefinition[]) {
    this.list = Object.freeze([...list]);
    this.#byResource = indexBy(list, (kind) => `${kind.group}/${kind.plural}`);
    this.#byGVK = indexBy(list, (kind) => `${apiVersionOf(kind)} ${kind.kind}`);
    this.#byPriority = list.toSorted((a, b) => Number(a.group !== '') - Number(b.group !== ''));
  }

  /** These kinds and more. */
  with(more: readonly KindDefinition[]): KindSet {
    return new KindSet([...this.list, ...more]);
  }

  /** Each resource once, in the version to take. */
  get preferred(): readonly KindDefinition[] {
    return [...this.#byResource.values()];
  }

  /**
   * The kind of a resource, as paths and RBAC name it: `byResource('apps', 'deployments')`; without a
   * version in the one to take.
   */
  byResource(group: string, plural: string, version?: string): KindDefinition | undefined {
    const preferred = this.#byResource.get(`${group}/${plural}`);
    if (version === undefined || preferred === undefined || preferred.version === version) return preferred;
    return this.list.find(
      (kind) => kind.group === group && kind.plural === plural && kind.version === version,
    );
  }

  /** The kind that a manifest names: `byGVK('apps/v1', 'Deployment')`. */
  byGVK(apiVersion: string, kind: string): KindDefinition | undefined {
    return this.#byGVK.get(`${apiVersion} ${kind}`);
  }

  /**
   * The kind that a player means at the command line: plural, singular or short name in any case, alone
   * or with its group (`deployments.apps`) or version and group (`deployments.v1.apps`). The start of
   * a group will do (meta.DefaultRESTMapper.ResourcesFor).
   */
  byName(name: string): KindDefinition | undefined {
    const [resource = '', ...qualifiers] = name.toLowerCase().split('.');
    const [first = '', ...rest] = qualifiers;
    const whole = qualifiers.join('.');
    const named = this.#byPriority.filter((kind) => kind.plural === resource || kind.singular === resource);
    const candidates = [...named, ...this.#byPriority.filter((kind) => kind.shortNames.includes(resource))];
    if (whole === '') return candidates[0];
    const versioned = candidates.filter((kind) => kind.version === first);
    return (
      candidates.find((kind) => kind.group === whole) ??
      versioned.find((kind) => kind.group === rest.join('.')) ??
      candidates.find((kind) => kind.group.startsWith(whole))
    );
  }
}
