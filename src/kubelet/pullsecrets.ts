import type { Pod, Secret } from '../api/generated/types.ts';
import { parseImageName } from '../api/imagename.ts';
import { namespaceOf } from '../api/object.ts';
import { base64DecodeText } from '../apimachinery/base64.ts';
import type { RegistryAuth } from './cri.ts';
import type { Lookup } from './objectcache.ts';

export interface PullSecrets {
  readonly auth: readonly RegistryAuth[];
  /** The secrets that could not be read. */
  readonly missing: readonly string[];
}

const NONE: PullSecrets = Object.freeze({ auth: Object.freeze([]), missing: Object.freeze([]) });

/** The credentials that the pod's pull secrets hold for an image's registry. */
export function pullSecrets(
  pod: Pod,
  image: string,
  secret: (namespace: string, name: string) => Lookup<Secret>,
): PullSecrets {
  const references = pod.spec.imagePullSecrets ?? [];
  if (references.length === 0) return NONE;
  const name = parseImageName(image);
  const auth: RegistryAuth[] = [];
  const missing: string[] = [];
  for (const { name: secretName = '' } of references) {
    const found = secret(namespaceOf(pod), secretName);
    if (!found.ok) missing.push(secretName);
    else if (!('error' in name)) auth.push(...credentials(found.object, name.domain));
  }
  return { auth, missing };
}

/** The entries of `.dockerconfigjson` for a registry. */
function credentials(secret: Secret, domain: string): RegistryAuth[] {
  const encoded = secret.data?.['.dockerconfigjson'];
  if (encoded === undefined) return [];
  const config = parseJson(base64DecodeText(encoded) ?? '');
  const auths = field(config, 'auths');
  if (typeof auths !== 'object' || auths === null) return [];
  return Object.entries(auths).flatMap(([server, entry]) => {
    if (serverDomain(server) !== domain) return [];
    const found = credential(entry);
    return found === undefined ? [] : [found];
  });
}

function credential(entry: unknown): RegistryAuth | undefined {
  const [username, password, auth] = [
    field(entry, 'username'),
    field(entry, 'password'),
    field(entry, 'auth'),
  ];
  if (typeof username === 'string' && typeof password === 'string') return { username, password };
  if (typeof auth !== 'string') return undefined;
  const pair = base64DecodeText(auth) ?? '';
  const colon = pair.indexOf(':');
  return colon < 0 ? undefined : { username: pair.slice(0, colon), password: pair.slice(colon + 1) };
}

/** `https://index.docker.io/v1/` is docker.io. */
function serverDomain(server: string): string {
  const host = server.replace(/^https?:\/\//, '').split('/')[0] ?? '';
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host;
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A secret with broken contents holds no credentials.
    return undefined;
  }
}
