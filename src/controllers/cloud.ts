/**
 * What lies outside of the cluster and can be ordered by an API of its own: the disks of a storage
 * system, and the directories that a provisioner lays out on a machine. Every answer is at once; the
 * time that things take is for those who order them to let pass.
 */
export interface Cloud {
  /** Makes a disk; a disk of that handle that is there already stays as it is. Returns why not, if not. */
  createDisk(handle: string): string | undefined;
  /** Destroys a disk and what is on it. Returns why not, if not. */
  deleteDisk(handle: string): string | undefined;
  /** Attaches a disk to a machine. Returns why not, if not. */
  attachDisk(handle: string, node: string): string | undefined;
  detachDisk(handle: string, node: string): string | undefined;
  /** Removes a directory with all in it from a machine's disk; a machine that is gone has nothing to remove. */
  removeDirectory(node: string, path: string): void;
  /** Absent where the machines stand in no cloud: Services of type LoadBalancer stay pending. */
  readonly balancers?: LoadBalancers;
}

/** What a load balancer is to do. */
export interface BalancerOptions {
  /** The machines that connections may be handed to. */
  readonly nodes: readonly string[];
  /** The address that is asked for. */
  readonly ip?: string;
  /** Where a machine says whether it wants connections. */
  readonly healthCheckPort?: number;
}

/** A cloud's load balancers. */
export interface LoadBalancers {
  /** Makes one, or changes what it does. Returns its address, or why there is none. */
  ensureLoadBalancer(
    id: string,
    options: BalancerOptions,
  ): { readonly ip: string } | { readonly error: string };
  deleteLoadBalancer(id: string): void;
}
