/**
 * Names of container images, read as the container runtimes read them (distribution's reference
 * grammar, pkg/util/parsers/parsers.go).
 */

/** An image name taken apart. `tag` is `latest` where neither tag nor digest is given. */
export interface ImageName {
  /** The registry's host, `docker.io` where none is given. */
  readonly domain: string;
  /** The repository inside the registry; official images are below `library/`. */
  readonly path: string;
  readonly tag: string;
  /** `sha256:...`, or empty. */
  readonly digest: string;
}

/** Why a text is no image name, in the words of the reference grammar. */
export interface ImageNameError {
  readonly error: string;
}

const DEFAULT_DOMAIN = 'docker.io';
const MAX_NAME = 255;
const DOMAIN =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/;
const PATH_PART = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const IDENTIFIER = /^[a-f0-9]{64}$/;

const INVALID: ImageNameError = Object.freeze({ error: 'invalid reference format' });

/** Reads an image name such as `nginx`, `nginx:1.27` or `registry.local:5000/team/app@sha256:...`. */
export function parseImageName(image: string): ImageName | ImageNameError {
  if (IDENTIFIER.test(image)) {
    return { error: `invalid repository name (${image}), cannot specify 64-byte hexadecimal strings` };
  }
  const at = image.indexOf('@');
  const digest = at < 0 ? '' : image.slice(at + 1);
  if (at >= 0 && !DIGEST.test(digest)) return INVALID;
  const named = at < 0 ? image : image.slice(0, at);
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const tag = colon < 0 ? '' : named.slice(colon + 1);
  if (colon >= 0 && !TAG.test(tag)) return INVALID;
  const { domain, path } = splitDomain(colon < 0 ? named : named.slice(0, colon));
  if (path !== path.toLowerCase()) {
    return { error: `invalid reference format: repository name (${path}) must be lowercase` };
  }
  if (!DOMAIN.test(domain) || !path.split('/').every((part) => PATH_PART.test(part))) return INVALID;
  if (domain.length + 1 + path.length > MAX_NAME) {
    return { error: `repository name must not be more than ${MAX_NAME} characters` };
  }
  return { domain, path, tag: tag === '' && digest === '' ? 'latest' : tag, digest };
}

/** What is in front of the first slash is a host only if it looks like one. */
function splitDomain(name: string): { domain: string; path: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  const domain = slash >= 0 && isHost ? first : DEFAULT_DOMAIN;
  const path = slash >= 0 && isHost ? name.slice(slash + 1) : name;
  if (domain === 'index.docker.io') return { domain: DEFAULT_DOMAIN, path: official(path) };
  return { domain, path: domain === DEFAULT_DOMAIN ? official(path) : path };
}

function official(path: string): string {
  return path.includes('/') ? path : `library/${path}`;
}

/** The policy that holds when none is given: `Always` for the tag `latest`, given or implied. */
export function defaultPullPolicy(image: string | undefined): 'Always' | 'IfNotPresent' {
  const name = parseImageName(image ?? '');
  return !('error' in name) && name.tag === 'latest' ? 'Always' : 'IfNotPresent';
}
