import type { ImageName } from '../../api/imagename.ts';
import type { ImageRecord } from '../cri.ts';
import { type RegistryImage, referenceOf, repositoryOf } from './imageregistry.ts';
import type { ImageSpec } from './imagespec.ts';

interface Stored {
  record: ImageRecord;
  readonly spec: ImageSpec;
  readonly repository: string;
}

/** The images on one machine's disk. */
export class ImageStore {
  readonly #byId = new Map<string, Stored>();
  /** `docker.io/library/nginx:1.27` or `...@sha256:...` -> id. */
  readonly #references = new Map<string, string>();
  #list: readonly ImageRecord[] | undefined;
  #bytes = 0;

  /** Bytes of all images. */
  get bytes(): number {
    return this.#bytes;
  }

  list(): readonly ImageRecord[] {
    this.#list ??= Object.freeze([...this.#byId.values()].map(({ record }) => record));
    return this.#list;
  }

  find(name: ImageName): ImageRecord | undefined {
    const id = this.#references.get(keyOf(name));
    return id === undefined ? undefined : this.#byId.get(id)?.record;
  }

  byId(
    id: string,
  ): { readonly record: ImageRecord; readonly spec: ImageSpec; readonly repository: string } | undefined {
    return this.#byId.get(id);
  }

  /** Notes a pulled image under the name it was pulled by; a tag moves away from the image that had it. */
  add(name: ImageName, image: RegistryImage, pinned: boolean): ImageRecord {
    const key = keyOf(name);
    const before = this.#references.get(key);
    if (before !== undefined && before !== image.id) this.#untag(before, key);
    const byDigest = `${image.repository}@${image.digest}`;
    const old = this.#byId.get(image.id);
    const tags = old?.record.repoTags ?? [];
    const record: ImageRecord = {
      id: image.id,
      repoTags: name.digest !== '' || tags.includes(key) ? tags : [...tags, key],
      repoDigests: [byDigest],
      sizeBytes: image.spec.size,
      pinned: pinned || old?.record.pinned === true,
      ...(image.spec.user === undefined ? {} : { user: image.spec.user }),
    };
    if (old === undefined) this.#bytes += record.sizeBytes;
    this.#byId.set(image.id, { record, spec: image.spec, repository: image.repository });
    this.#references.set(key, image.id);
    this.#references.set(byDigest, image.id);
    this.#list = undefined;
    return record;
  }

  delete(id: string): void {
    const stored = this.#byId.get(id);
    if (stored === undefined) return;
    this.#byId.delete(id);
    this.#bytes -= stored.record.sizeBytes;
    for (const key of [...stored.record.repoTags, ...stored.record.repoDigests]) this.#references.delete(key);
    this.#list = undefined;
  }

  #untag(id: string, key: string): void {
    const stored = this.#byId.get(id);
    if (stored === undefined) return;
    const repoTags = stored.record.repoTags.filter((tag) => tag !== key);
    stored.record = { ...stored.record, repoTags };
  }
}

/** A digest says all there is to say; a tag beside it is not looked at. */
function keyOf(name: ImageName): string {
  return name.digest === '' ? referenceOf(name) : `${repositoryOf(name)}@${name.digest}`;
}
