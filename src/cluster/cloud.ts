import type { PersistentVolume } from '../api/generated/types.ts';
import type { Cloud, LoadBalancers } from '../controllers/cloud.ts';
import type { StorageBackend } from '../kubelet/config.ts';
import { VolumeFiles } from '../kubelet/files.ts';
import type { Machine } from './machine.ts';

interface Disk {
  readonly files: VolumeFiles;
  readonly nodes: Set<string>;
}

const DOWN = 'rpc error: code = Unavailable desc = the storage system does not answer';

/** The data centre around the machines: disks that outlive pods and nodes. */
export class SimulatedCloud implements Cloud, StorageBackend {
  /** While true, disks can be neither made nor attached. */
  down = false;
  readonly #disks = new Map<string, Disk>();
  /** What network file systems hold, by server and path. */
  readonly #exports = new Map<string, VolumeFiles>();
  readonly #machines: ReadonlyMap<string, Machine>;
  readonly balancers?: LoadBalancers;

  constructor(machines: ReadonlyMap<string, Machine>, balancers?: LoadBalancers) {
    this.#machines = machines;
    if (balancers !== undefined) this.balancers = balancers;
  }

  createDisk(handle: string): string | undefined {
    if (this.down) return DOWN;
    if (!this.#disks.has(handle)) this.#disks.set(handle, { files: new VolumeFiles(), nodes: new Set() });
    return undefined;
  }

  deleteDisk(handle: string): string | undefined {
    if (this.down) return DOWN;
    const disk = this.#disks.get(handle);
    if (disk !== undefined && disk.nodes.size > 0)
      return `rpc error: code = FailedPrecondition desc = volume ${handle} is still attached`;
    this.#disks.delete(handle);
    return undefined;
  }

  attachDisk(handle: string, node: string): string | undefined {
    if (this.down) return DOWN;
    const disk = this.#disks.get(handle);
    if (disk === undefined) return `rpc error: code = NotFound desc = volume ${handle} not found`;
    disk.nodes.add(node);
    return undefined;
  }

  detachDisk(handle: string, node: string): string | undefined {
    if (this.down) return DOWN;
    this.#disks.get(handle)?.nodes.delete(node);
    return undefined;
  }

  removeDirectory(node: string, path: string): void {
    const inside = path.replace(/^\/+/, '');
    if (inside !== '') this.#machines.get(node)?.disk.root.delete(inside);
  }

  mount({ spec }: PersistentVolume, node: string): VolumeFiles | { readonly error: string } {
    const { csi, nfs } = spec;
    if (nfs !== undefined) return this.#exported(`${nfs.server}:${nfs.path}`);
    if (csi === undefined) return { error: 'no volume plugin matched' };
    const disk = this.#disks.get(csi.volumeHandle);
    if (disk === undefined)
      return {
        error: `kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: driver name ${csi.driver} not found in the list of registered CSI drivers`,
      };
    if (!disk.nodes.has(node))
      return {
        error: `rpc error: code = Internal desc = volume ${csi.volumeHandle} is not attached to this node`,
      };
    return disk.files;
  }

  #exported(name: string): VolumeFiles {
    let files = this.#exports.get(name);
    if (files === undefined) {
      files = new VolumeFiles();
      this.#exports.set(name, files);
    }
    return files;
  }
}
