import data from '../../../assets/images.json' with { type: 'json' };
import { type ImageName, parseImageName } from '../../api/imagename.ts';
import type { Json } from '../../apimachinery/json.ts';
import { Random } from '../../sim/random.ts';
import type { RegistryAuth } from '../cri.ts';
import { hexId } from './ids.ts';
import { type ImageSpec, readImageSpec, type Toolsets } from './imagespec.ts';

type Settings = Readonly<Record<string, Json>>;

/** A repository as image data describes it: settings for all tags, and the tags with their own. */
interface Repository {
  readonly settings: Settings;
  readonly tags: ReadonlyMap<string, Settings | undefined>;
  /** Moving tags: `latest` -> `1.29`. */
  readonly aliases: ReadonlyMap<string, string>;
}

/** An image that exists in a registry. */
export interface RegistryImage {
  /** `docker.io/library/nginx`. */
  readonly repository: string;
  readonly spec: ImageSpec;
  /** `sha256:...` of the configuration, and of the manifest. */
  readonly id: string;
  readonly digest: string;
}

export type Resolved =
  | { readonly ok: true; readonly image: RegistryImage }
  | {
      readonly ok: false;
      readonly code?: 'RegistryUnavailable';
      /** What follows `failed to resolve reference "...": `. */
      readonly error: string;
      /** ms until the failure shows. */
      readonly latencyMs: number;
    };

/** How long a registry takes to say what a name stands for, ms; and how long a dead one is waited for. */
export const RESOLVE_MS = 400;
const TIMEOUT_MS = 30_000;
/** Registries that answer, whatever they are asked for. */
const KNOWN_HOSTS: ReadonlySet<string> = new Set(data.registries);
/** Levels may not bring more images than this. */
const MAX_EXTRA = 500;

/**
 * All registries of the world: which images exist, and what they are. Data only; what a machine has
 * pulled is the machine's. Extra images come from levels and scenarios.
 */
export class ImageRegistry {
  readonly #repositories = new Map<string, Repository>();
  readonly #toolsets: Toolsets = new Map(Object.entries(data.toolsets));
  readonly #images = new Map<string, RegistryImage>();
  readonly #hosts = new Set(KNOWN_HOSTS);
  readonly #down = new Map<string, 'refused' | 'timeout'>();

  constructor() {
    for (const [name, entry] of Object.entries(data.images)) {
      this.#repositories.set(name, readRepository(entry as unknown as Settings));
    }
  }

  /**
   * Adds images, or replaces those of the same name: `{"job:fail": {exitCode: 1, after: "2s"}}`. An
   * image whose repository is known already inherits its settings, unless it names another `app`.
   * Returns what is wrong, one sentence each; nothing is added then.
   */
  add(images: Readonly<Record<string, Json>>): readonly string[] {
    const errors: string[] = [];
    const found: { name: ImageName; settings: Settings; base: Settings }[] = [];
    const entries = Object.entries(images);
    if (entries.length > MAX_EXTRA)
      return [`images: at most ${MAX_EXTRA} are allowed, got ${entries.length}`];
    for (const [text, value] of entries) {
      const place = `images[${JSON.stringify(text.slice(0, 200))}]`;
      const name = parseImageName(text);
      if ('error' in name) {
        errors.push(`${place}: ${name.error}`);
        continue;
      }
      const settings = (value ?? {}) as Settings;
      if (typeof settings !== 'object' || Array.isArray(settings)) {
        errors.push(`${place}: must be a map, got ${Array.isArray(settings) ? 'a list' : typeof settings}`);
        continue;
      }
      const known = this.#repositories.get(repositoryOf(name));
      const base = Object.hasOwn(settings, 'app') ? {} : (known?.settings ?? {});
      readImageSpec([settings, base], place, this.#toolsets, errors);
      found.push({ name, settings, base });
    }
    if (errors.length > 0) return errors;
    for (const { name, settings, base } of found) this.#set(name, { ...base, ...settings });
    return errors;
  }

  /** Takes a registry (or, without a name, all of them) off the air, or (undefined) back on. */
  setDown(how: 'refused' | 'timeout' | undefined, host = '*'): void {
    if (how !== undefined) this.#down.set(host, how);
    else if (host === '*') this.#down.clear();
    else this.#down.delete(host);
  }

  /** Whether any registry is off the air. */
  get isDown(): boolean {
    return this.#down.size > 0;
  }

  /** What a registry answers to somebody who wants to pull. `nameserver` is whom the machine asks for names. */
  resolve(name: ImageName, auth: readonly RegistryAuth[], nameserver: string): Resolved {
    const down = this.#down.get(name.domain) ?? this.#down.get('*');
    if (down !== undefined) return unreachable(name, down);
    const image = this.find(name);
    if (image === undefined) {
      if (!this.#hosts.has(name.domain)) return unknownHost(name, nameserver);
      return this.#repositories.has(repositoryOf(name)) ? notFound(name) : unknownRepository(name);
    }
    const wanted = image.spec.auth;
    if (wanted === undefined) return { ok: true, image };
    const allowed = auth.some((a) => a.username === wanted.username && a.password === wanted.password);
    return allowed ? { ok: true, image } : denied(name, auth.length > 0);
  }

  /** The image of that name if it exists, whoever asks. */
  find(name: ImageName): RegistryImage | undefined {
    const path = repositoryOf(name);
    const repository = this.#repositories.get(path);
    if (repository === undefined) return undefined;
    const wanted = name.digest === '' ? name.tag : this.#tagOfDigest(path, repository, name.digest);
    if (wanted === undefined) return undefined;
    const tag = repository.aliases.get(wanted) ?? wanted;
    if (!repository.tags.has(tag)) return undefined;
    return this.#image(path, repository, tag);
  }

  /** All repositories and their tags, moving ones included, both sorted: what a player can browse. */
  list(): readonly { readonly repository: string; readonly tags: readonly string[] }[] {
    return [...this.#repositories]
      .map(([repository, { tags, aliases }]) => ({
        repository,
        tags: [...tags.keys(), ...aliases.keys()].sort(),
      }))
      .sort((a, b) => (a.repository < b.repository ? -1 : 1));
  }

  #image(path: string, repository: Repository, tag: string): RegistryImage {
    const key = `${path}:${tag}`;
    let image = this.#images.get(key);
    if (image === undefined) {
      const errors: string[] = [];
      const place = `images["${key}"]`;
      const layers = [repository.tags.get(tag), { version: versionOf(tag) }, repository.settings];
      const spec = readImageSpec(layers, place, this.#toolsets, errors);
      // Levels' images were checked when they were added: what is wrong here is our own data.
      if (errors.length > 0) throw new Error(errors.join('\n'));
      image = { repository: path, spec, id: digestOf(`config ${key}`), digest: digestOf(`manifest ${key}`) };
      this.#images.set(key, image);
    }
    return image;
  }

  #tagOfDigest(path: string, repository: Repository, digest: string): string | undefined {
    for (const tag of repository.tags.keys()) {
      if (digestOf(`manifest ${path}:${tag}`) === digest) return tag;
    }
    return undefined;
  }

  #set(name: ImageName, settings: Settings): void {
    const path = repositoryOf(name);
    const old = this.#repositories.get(path);
    const tags = new Map(old?.tags);
    tags.set(name.tag, settings);
    const aliases = new Map(old?.aliases);
    aliases.delete(name.tag);
    // What a level says of a tag is all there is to it: nothing of the repository shines through.
    this.#repositories.set(path, { settings: old?.settings ?? {}, tags, aliases });
    this.#images.delete(`${path}:${name.tag}`);
    this.#hosts.add(name.domain);
  }
}

/** `docker.io/library/nginx`. */
export function repositoryOf(name: ImageName): string {
  return `${name.domain}/${name.path}`;
}

/** `docker.io/library/nginx:1.27`, or with the digest where one is given. */
export function referenceOf(name: ImageName): string {
  const tag = name.tag === '' ? '' : `:${name.tag}`;
  return `${repositoryOf(name)}${tag}${name.digest === '' ? '' : `@${name.digest}`}`;
}

/** A digest that depends on the text alone. */
export function digestOf(text: string): string {
  return `sha256:${hexId(new Random('image', text))}`;
}

/** `1.27` of `1.27-alpine3.20`; tags that are no versions say nothing. */
function versionOf(tag: string): string {
  return /^v?(\d[\d.]*)/.exec(tag)?.[1] ?? tag;
}

function readRepository(entry: Settings): Repository {
  const { tags, aliases, ...settings } = entry;
  const named = Array.isArray(tags)
    ? tags.map((tag): [string, undefined] => [String(tag), undefined])
    : Object.entries((tags ?? {}) as Record<string, Settings>);
  const moving = Object.entries((aliases ?? {}) as Record<string, string>);
  return { settings, tags: new Map<string, Settings | undefined>(named), aliases: new Map(moving) };
}

function hostOf(domain: string): string {
  return domain === 'docker.io' ? 'registry-1.docker.io' : domain;
}

function head(name: ImageName): string {
  const reference = name.digest === '' ? name.tag : name.digest;
  return `https://${hostOf(name.domain)}/v2/${name.path}/manifests/${reference}`;
}

function refusal(error: string, latencyMs = RESOLVE_MS): Resolved {
  return { ok: false, error, latencyMs };
}

function notFound(name: ImageName): Resolved {
  return refusal(`${referenceOf(name)}: not found`);
}

function unknownRepository(name: ImageName): Resolved {
  // Docker Hub does not tell a private repository from none; others say what they say.
  if (name.domain === 'docker.io') return denied(name, false);
  if (name.domain === 'ghcr.io') {
    const scope = encodeURIComponent(`repository:${name.path}:pull`);
    const url = `https://ghcr.io/token?scope=${scope}&service=ghcr.io`;
    return refusal(
      `failed to authorize: failed to fetch anonymous token: unexpected status from GET request to ${url}: 403 Forbidden`,
    );
  }
  if (name.domain === 'quay.io') {
    return refusal(`unexpected status from HEAD request to ${head(name)}: 401 UNAUTHORIZED`);
  }
  return notFound(name);
}

function denied(name: ImageName, authenticated: boolean): Resolved {
  if (name.domain !== 'docker.io' && !authenticated) {
    return refusal(`unexpected status from HEAD request to ${head(name)}: 401 Unauthorized`);
  }
  const says = 'pull access denied, repository does not exist or may require authorization';
  return refusal(`${says}: server message: insufficient_scope: authorization failed`);
}

function unknownHost(name: ImageName, nameserver: string): Resolved {
  const host = hostOf(name.domain).replace(/:\d+$/, '');
  return refusal(
    `failed to do request: Head "${head(name)}": dial tcp: lookup ${host} on ${nameserver}:53: no such host`,
  );
}

function unreachable(name: ImageName, how: 'refused' | 'timeout'): Resolved {
  const host = hostOf(name.domain);
  const address = /:\d+$/.test(host) ? host : `${host}:443`;
  const says = how === 'refused' ? 'connect: connection refused' : 'i/o timeout';
  const error = `failed to do request: Head "${head(name)}": dial tcp ${address}: ${says}`;
  return {
    ok: false,
    code: 'RegistryUnavailable',
    error,
    latencyMs: how === 'refused' ? RESOLVE_MS : TIMEOUT_MS,
  };
}

/** What a pull of an image fails with when the machine has no way to any registry. */
export function noWayOut(name: ImageName): Extract<Resolved, { ok: false }> {
  return unreachable(name, 'timeout') as Extract<Resolved, { ok: false }>;
}
