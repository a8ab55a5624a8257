import type {
  ConfigMap,
  DownwardAPIVolumeFile,
  KeyToPath,
  Pod,
  Secret,
  ServiceAccountTokenProjection,
  Volume,
  VolumeProjection,
} from '../api/generated/types.ts';
import { namespaceOf } from '../api/object.ts';
import { base64DecodeText } from '../apimachinery/base64.ts';
import { Recent } from '../apimachinery/recent.ts';
import { fieldValue, type PodFacts, resourceValue } from './fieldpath.ts';
import type { FileEntry } from './files.ts';
import type { Lookup } from './objectcache.ts';
import { fsUserOf } from './security.ts';
import type { IssuedToken, TokenResult } from './tokens.ts';

/** Where the contents of volumes come from. */
export interface VolumeSources {
  configMap(namespace: string, name: string): Lookup<ConfigMap>;
  secret(namespace: string, name: string): Lookup<Secret>;
  token(pod: Pod, source: ServiceAccountTokenProjection): TokenResult;
}

type Files = Map<string, FileEntry>;
/** An error text; undefined: all went well. */
type Failure = string | undefined;

const DEFAULT_MODE = 0o644;
const TOKEN_MODE = 0o600;
/** Thousands of pods have the same files, such as the certificate beside their token. */
const recentFiles = new Recent<FileEntry>(8);

/** Whether the volume's files are written by the kubelet, and change with the objects they are made from. */
export function isProjected(volume: Volume): boolean {
  return (
    volume.configMap !== undefined ||
    volume.secret !== undefined ||
    volume.downwardAPI !== undefined ||
    volume.projected !== undefined
  );
}

/** The files of a configMap, secret, downwardAPI or projected volume (pkg/volume/{configmap,secret,...}). */
export function volumePayload(
  facts: PodFacts,
  volume: Volume,
  sources: VolumeSources,
): { readonly ok: true; readonly files: Files } | { readonly ok: false; readonly error: string } {
  const files: Files = new Map();
  const error = fill(facts, volume, sources, files);
  if (error !== undefined) return { ok: false, error };
  const group = facts.pod.spec.securityContext?.fsGroup;
  if (group !== undefined) for (const [path, entry] of files) files.set(path, ofGroup(entry, group));
  return { ok: true, files };
}

/** What fsGroup makes of files that nobody may write: the group may read them (pkg/volume/volume_linux.go). */
function ofGroup(entry: FileEntry, gid: number): FileEntry {
  const mode = entry.mode | 0o440;
  if (entry instanceof TokenFile) return entry.ofGroup(mode, gid);
  return { ...entry, mode, gid };
}

function fill(facts: PodFacts, volume: Volume, sources: VolumeSources, files: Files): Failure {
  const { configMap, secret, downwardAPI, projected } = volume;
  if (configMap !== undefined) return addConfigMap(facts, configMap, configMap.defaultMode, sources, files);
  if (secret !== undefined) {
    const { secretName, defaultMode, ...rest } = secret;
    return addSecret(facts, { ...rest, name: secretName ?? '' }, defaultMode, sources, files);
  }
  if (downwardAPI !== undefined) return addDownward(facts, downwardAPI.items, downwardAPI.defaultMode, files);
  for (const source of projected?.sources ?? []) {
    const error = addProjection(facts, source, projected?.defaultMode, sources, files);
    if (error !== undefined) return error;
  }
  return undefined;
}

interface Named {
  readonly name?: string;
  readonly items?: readonly KeyToPath[];
  readonly optional?: boolean;
}

function addConfigMap(
  facts: PodFacts,
  ref: Named,
  mode: number | undefined,
  sources: VolumeSources,
  files: Files,
): Failure {
  const found = sources.configMap(namespaceOf(facts.pod), ref.name ?? '');
  if (!found.ok) return found.notFound && ref.optional === true ? undefined : found.error;
  const { data = {}, binaryData = {} } = found.object;
  const value = (key: string): string | undefined => {
    if (Object.hasOwn(data, key)) return data[key];
    return Object.hasOwn(binaryData, key) ? (base64DecodeText(binaryData[key] ?? '') ?? '') : undefined;
  };
  const keys = [...Object.keys(data), ...Object.keys(binaryData)];
  return addItems(ref, keys, value, mode, files, 'configmap references non-existent config key');
}

function addSecret(
  facts: PodFacts,
  ref: Named,
  mode: number | undefined,
  sources: VolumeSources,
  files: Files,
): Failure {
  const found = sources.secret(namespaceOf(facts.pod), ref.name ?? '');
  if (!found.ok) return found.notFound && ref.optional === true ? undefined : found.error;
  const data = found.object.data ?? {};
  const value = (key: string): string | undefined =>
    Object.hasOwn(data, key) ? (base64DecodeText(data[key] ?? '') ?? '') : undefined;
  return addItems(ref, Object.keys(data), value, mode, files, 'references non-existent secret key');
}

function addItems(
  ref: Named,
  keys: readonly string[],
  value: (key: string) => string | undefined,
  mode: number = DEFAULT_MODE,
  files: Files,
  missing: string,
): Failure {
  const items: readonly KeyToPath[] =
    ref.items === undefined || ref.items.length === 0 ? keys.map((key) => ({ key, path: key })) : ref.items;
  for (const item of items) {
    const content = value(item.key);
    if (content !== undefined) files.set(item.path, recentFiles.of({ content, mode: item.mode ?? mode }));
    else if (ref.optional !== true) return `${missing}: ${item.key}`;
  }
  return undefined;
}

function addDownward(
  facts: PodFacts,
  items: readonly DownwardAPIVolumeFile[] | undefined,
  mode: number = DEFAULT_MODE,
  files: Files,
): Failure {
  for (const item of items ?? []) {
    const { fieldRef, resourceFieldRef } = item;
    const containers = [...facts.pod.spec.containers, ...(facts.pod.spec.initContainers ?? [])];
    const container = containers.find(({ name }) => name === resourceFieldRef?.containerName);
    let content = '';
    if (fieldRef !== undefined) {
      const result = fieldValue(facts, fieldRef.fieldPath);
      if (!result.ok) return result.error;
      content = result.text;
    } else if (resourceFieldRef !== undefined && container !== undefined) {
      const result = resourceValue(facts, container, resourceFieldRef);
      if (!result.ok) return result.error;
      content = result.text;
    }
    files.set(item.path, { content, mode: item.mode ?? mode });
  }
  return undefined;
}

function addProjection(
  facts: PodFacts,
  source: VolumeProjection,
  mode: number | undefined,
  sources: VolumeSources,
  files: Files,
): Failure {
  if (source.configMap !== undefined) return addConfigMap(facts, source.configMap, mode, sources, files);
  if (source.secret !== undefined) return addSecret(facts, source.secret, mode, sources, files);
  if (source.downwardAPI !== undefined) return addDownward(facts, source.downwardAPI.items, mode, files);
  return addToken(facts, source.serviceAccountToken, mode, sources, files);
}

/** A token as a file. */
class TokenFile implements FileEntry {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly #issued: IssuedToken;

  constructor(issued: IssuedToken, mode: number, uid: number, gid: number) {
    this.#issued = issued;
    this.mode = mode;
    this.uid = uid;
    this.gid = gid;
  }

  ofGroup(mode: number, gid: number): TokenFile {
    return new TokenFile(this.#issued, mode, this.uid, gid);
  }

  get content(): string {
    return this.#issued.token ?? '';
  }
}

function addToken(
  { pod }: PodFacts,
  token: ServiceAccountTokenProjection | undefined,
  mode: number | undefined,
  sources: VolumeSources,
  files: Files,
): Failure {
  if (token === undefined) return undefined;
  const found = sources.token(pod, token);
  if (!found.ok) return found.error;
  // Where it is known whose the token is, it is nobody else's (pkg/volume/projected/projected.go).
  const user = fsUserOf(pod);
  const owned = user !== undefined || pod.spec.securityContext?.fsGroup !== undefined;
  const rights = owned ? TOKEN_MODE : (mode ?? DEFAULT_MODE);
  files.set(token.path, new TokenFile(found.issued, rights, user ?? 0, 0));
  return undefined;
}
