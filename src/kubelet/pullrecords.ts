import { fnv1a32, safeEncode } from '../apimachinery/names.ts';
import type { ImageRecord, RegistryAuth } from './cri.ts';
import type { VolumeFiles } from './files.ts';

const DIRECTORY = 'var/lib/kubelet/image_manager/pulled';

/**
 * Which images were pulled with credentials, so that a pod without them does not get a private image
 * merely because another pod has brought it here (pkg/kubelet/images/pullmanager, with the default
 * policy NeverVerifyPreloadedImages). Images without a record are for everybody. The records are files,
 * as upstream's are: they outlive the kubelet.
 */
export class PullRecords {
  readonly #disk: VolumeFiles;

  constructor(disk: VolumeFiles) {
    this.#disk = disk;
  }

  /** Takes note of a successful pull. */
  pulled(image: ImageRecord, auth: readonly RegistryAuth[]): void {
    const path = pathOf(image);
    if (auth.length === 0) {
      this.#disk.delete(path);
      return;
    }
    const hashes = new Set(this.#hashes(image));
    for (const one of auth) hashes.add(hashOf(one));
    this.#disk.set(path, JSON.stringify({ imageRef: image.id, credentialHashes: [...hashes] }), {
      mode: 0o600,
    });
  }

  /** Whether somebody with these credentials may use the image as it is here. */
  allows(image: ImageRecord, auth: readonly RegistryAuth[]): boolean {
    const hashes = this.#hashes(image);
    return hashes.length === 0 || auth.some((one) => hashes.includes(hashOf(one)));
  }

  #hashes(image: ImageRecord): readonly string[] {
    const text = this.#disk.get(pathOf(image))?.content;
    if (text === undefined) return [];
    const [, list = ''] = /"credentialHashes":\[([^\]]*)\]/.exec(text) ?? [];
    return list.split(',').map((quoted) => quoted.slice(1, -1));
  }
}

function pathOf(image: ImageRecord): string {
  return `${DIRECTORY}/${image.id.replace(':', '-')}`;
}

function hashOf({ username, password }: RegistryAuth): string {
  return safeEncode(fnv1a32(JSON.stringify([username, password])));
}
