import type { Pod } from '../api/generated/types.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { schema } from '../api/schema.ts';
import { validateObjectMeta } from '../api/validation/metadata.ts';
import { unknownFieldMessage, validateAgainstSchema } from '../apimachinery/decode.ts';
import { parseManifests } from '../apimachinery/yaml.ts';
import type { StaticManifest, StaticPodSource } from '../kubelet/config.ts';
import type { VolumeFiles } from '../kubelet/files.ts';

/** Where kubeadm's kubelet looks for static pods, relative to the machine's root. */
export const MANIFEST_DIRECTORY = 'etc/kubernetes/manifests';

/** The static pods of a machine, read from its disk whenever somebody has changed it there. */
export class StaticPodDirectory implements StaticPodSource {
  /** Where the kubelet looks, relative to the machine's root; undefined: nowhere. */
  directory: string | undefined = MANIFEST_DIRECTORY;
  readonly #files: VolumeFiles;
  readonly #listeners = new Set<() => void>();

  constructor(files: VolumeFiles) {
    this.#files = files;
  }

  read(): readonly StaticManifest[] {
    const manifests: StaticManifest[] = [];
    const { directory } = this;
    if (directory === undefined) return manifests;
    for (const [path, { content }] of this.#files.entries()) {
      const name = path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : '';
      // The kubelet reads the directory itself, not those below it, and no hidden files.
      if (name === '' || name.includes('/') || name.startsWith('.')) continue;
      manifests.push(decodeOnce(`/${path}`, content));
    }
    return manifests.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  subscribe(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => void this.#listeners.delete(changed);
  }

  /** To be called after a change of the directory: what inotify is to the real one. */
  notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** What the last files read say, by path and content: the directory is read often, and every cluster has the same. */
const decoded = new Map<string, StaticManifest>();
const MAX_DECODED = 64;

function decodeOnce(path: string, text: string): StaticManifest {
  const key = `${path}\n${text}`;
  let manifest = decoded.get(key);
  if (manifest === undefined) {
    if (decoded.size >= MAX_DECODED) decoded.clear();
    manifest = decode(path, text);
    decoded.set(key, manifest);
  }
  return manifest;
}

function decode(path: string, text: string): StaticManifest {
  const { docs, errors } = parseManifests(text, { fileName: path });
  const first = errors[0];
  if (first !== undefined) return { path, error: first.message };
  const value = docs[0]?.value;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { path, error: 'the file holds no object' };
  const { unknownFields, typeErrors } = validateAgainstSchema(value, schema, 'Pod');
  if (typeErrors[0] !== undefined) return { path, error: typeErrors[0].message };
  if (unknownFields[0] !== undefined) return { path, error: unknownFieldMessage(unknownFields[0].path) };
  // The walk above has shown that it has a Pod's shape.
  const pod = value as unknown as Pod;
  if (pod.kind !== 'Pod' || pod.apiVersion !== 'v1')
    return { path, error: 'only pods of version v1 can be static' };
  const complete = podKind.applyDefaults({ ...pod, spec: pod.spec ?? { containers: [] } });
  const meta = { namespace: 'default', ...complete.metadata };
  const problem = [...validateObjectMeta(meta, podKind), ...podKind.validate(complete)][0];
  return problem === undefined
    ? { path, pod: complete }
    : { path, error: `invalid pod: ${problem.field}: ${problem.detail}` };
}
