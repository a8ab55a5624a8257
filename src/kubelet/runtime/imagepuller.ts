import { type ImageName, parseImageName } from '../../api/imagename.ts';
import type { NetworkFabric, NetworkHost } from '../../network/types.ts';
import type { PullOptions, PullResult } from '../cri.ts';
import { type ImageRegistry, noWayOut, RESOLVE_MS, referenceOf } from './imageregistry.ts';
import type { ImageStore } from './imagestore.ts';

/** Bytes per second where nothing else is said: 400 Mbit/s. */
const DEFAULT_BANDWIDTH = 50_000_000;

/** A pull under way: how long it takes, and what happens then. */
export interface Pull {
  readonly ms: number;
  finish(): PullResult;
}

export interface PullerOptions {
  readonly fabric: NetworkFabric;
  readonly host: NetworkHost;
  readonly registry: ImageRegistry;
  readonly bandwidth?: number;
  /** Bytes left on the disk; absent: enough. */
  readonly room?: () => number;
}

/** Fetches images from registries to one machine's disk. */
export class ImagePuller {
  readonly #options: PullerOptions;
  readonly #images: ImageStore;

  constructor(options: PullerOptions, images: ImageStore) {
    this.#options = options;
    this.#images = images;
  }

  /** Asks the registry now; the image is on the disk when `finish` is called. */
  pull(image: string, options: PullOptions): Pull {
    const name = parseImageName(image);
    if ('error' in name) return failed(0, `failed to parse image reference "${image}": ${name.error}`);
    return this.#named(name, options);
  }

  #named(name: ImageName, { auth }: PullOptions): Pull {
    const { fabric, host, registry, bandwidth = DEFAULT_BANDWIDTH, room = ENOUGH } = this.#options;
    const cut = fabric.links.get(host.name, fabric.outside.name).cut;
    const nameserver = host.namespace.resolver.nameservers[0] ?? '127.0.0.1';
    const resolved = cut ? noWayOut(name) : registry.resolve(name, auth, nameserver);
    if (!resolved.ok) {
      const reference = referenceOf(name);
      const says = `failed to pull and unpack image "${reference}": failed to resolve reference "${reference}"`;
      return failed(resolved.latencyMs, `${says}: ${resolved.error}`, resolved.code);
    }
    const { image } = resolved;
    const transfer = this.#images.byId(image.id) === undefined ? (image.spec.size * 1000) / bandwidth : 0;
    return {
      ms: RESOLVE_MS + transfer,
      finish: () => {
        const present = this.#images.byId(image.id) !== undefined;
        if (!present && image.spec.size > room()) return { ok: false, error: noSpace(name, image.id) };
        return { ok: true, image: this.#images.add(name, image, false) };
      },
    };
  }
}

const ENOUGH = (): number => Number.POSITIVE_INFINITY;

/** As containerd's content store has it when the disk is full. */
function noSpace(name: ImageName, id: string): string {
  const ingest = id.replace(/^sha256:/, '');
  return `failed to pull and unpack image "${referenceOf(name)}": failed to copy: write /var/lib/containerd/io.containerd.content.v1.content/ingest/${ingest}/data: no space left on device`;
}

function failed(ms: number, error: string, code?: 'RegistryUnavailable'): Pull {
  return { ms, finish: () => ({ ok: false, ...(code === undefined ? {} : { code }), error }) };
}
