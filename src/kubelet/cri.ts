import type { ByteStream } from '../api/request.ts';
import type {
  Exchange,
  NetworkNamespace,
  RequestMessage,
  ResolverConfig,
  Transport,
} from '../network/types.ts';
import type { VolumeFiles } from './files.ts';

/**
 * The container runtime of one machine as a kubelet sees it (k8s.io/cri-api runtime.v1, cut down to
 * what is acted on). The runtime is a process of its own: sandboxes and containers keep running
 * while the kubelet is stopped or restarted, and only a power-off (or the runtime's owner) ends them.
 *
 * Conventions: times are virtual milliseconds since the epoch; sizes are bytes; cpu is millicores.
 * Calls with a `done` callback are asynchronous: `done` is called exactly once, at the virtual time at
 * which the work is finished, and never before the call itself returned. The runtime knows nothing of
 * who called: a caller that may be paused or dead by then guards the callback itself (the kubelet does).
 * Refusals are values with the text that containerd would give; the kubelet puts it into events as is.
 */
export interface ContainerRuntime {
  /** `containerd://2.1.5`: the node's containerRuntimeVersion; ids are shown as `containerd://<id>`. */
  readonly version: string;

  /** Whether the runtime answers and its network plugin is ready: two inputs of the node's Ready condition. */
  status(): RuntimeStatus;

  /** Makes the pod's sandbox: pause container, network namespace, address. Asynchronous. */
  runPodSandbox(config: SandboxConfig, done: (result: RuntimeResult<SandboxStatus>) => void): void;
  /** Kills what still runs in the sandbox and takes down its network. Stopping twice is fine. */
  stopPodSandbox(id: string): void;
  /** Removes the sandbox and all its containers with their logs. Removing twice is fine. */
  removePodSandbox(id: string): void;
  /** All sandboxes in the order of creation, those not ready included. */
  listPodSandboxes(): readonly SandboxStatus[];
  /** A pod's sandboxes in the order of creation. Cheap: indexed by pod. */
  sandboxesOf(podUID: string): readonly SandboxStatus[];

  /**
   * Pulls an image: the runtime resolves the name, looks it up in the registry, transfers it at the
   * machine's bandwidth. It does not queue: the kubelet serialises pulls.
   */
  pullImage(image: string, options: PullOptions, done: (result: PullResult) => void): void;
  /** The image as present on this machine; undefined: must be pulled. `image` as written in the pod. */
  imageStatus(image: string): ImageRecord | undefined;
  /** All images on this machine, in the order of their first pull. The same array while nothing changes. */
  listImages(): readonly ImageRecord[];
  /** Refused while a container uses it. */
  removeImage(id: string): RuntimeResult<undefined>;

  /** Makes a container in state `created`. The image must be present. The value is its id. */
  createContainer(sandboxId: string, config: ContainerConfig): RuntimeResult<string>;
  /**
   * Runs it. An error (`failed to create containerd task: ... exec: "x": executable file not found in
   * $PATH`) leaves the container exited with code 128 and reason StartError.
   */
  startContainer(id: string): RuntimeResult<undefined>;
  /**
   * SIGTERM (or the image's stop signal) now, SIGKILL after `graceMs`. `done` is called when it has
   * exited, at once (that is, one event later) for one that does not run. When it is called again
   * while the container stops, the earlier of the deadlines counts, and every caller is told.
   */
  stopContainer(id: string, graceMs: number, done: () => void): void;
  /** Removes a container that does not run, and its log. Removing twice is fine. */
  removeContainer(id: string): void;
  /** In-place resize: from now on the container's config has, and the runtime enforces, these resources. */
  updateContainerResources(id: string, resources: ContainerResources): RuntimeResult<undefined>;
  containerStatus(id: string): CriContainer | undefined;
  /** All containers in the order of creation, exited ones included until they are removed. */
  listContainers(): readonly CriContainer[];
  /** A pod's containers in the order of creation. Cheap: indexed by pod. */
  containersOf(podUID: string): readonly CriContainer[];

  /** Says something to a port inside a sandbox (or only connects), as from within; undefined: it is gone. */
  portForward(
    sandboxId: string,
    port: number,
    message: RequestMessage | undefined,
    weight: number,
  ): Exchange | undefined;
  /** An interactive or streaming command in a running container (kubectl exec). */
  exec(id: string, command: readonly string[], options: ExecOptions): RuntimeResult<ByteStream>;
  /** Joins the container's own program: its output from now on, and its input if it was made with stdin. */
  attach(id: string, options: ExecOptions): RuntimeResult<ByteStream>;
  /** A command with its collected output: probes and hooks. Killed after `timeoutMs`. */
  execSync(
    id: string,
    command: readonly string[],
    timeoutMs: number,
    done: (result: ExecSyncResult) => void,
  ): void;
  /** The container's output so far, and with `follow` what comes until it exits. */
  logs(id: string, options: LogOptions): RuntimeResult<ByteStream>;

  /** Usage at this moment; undefined for a container that does not run. */
  containerStats(id: string): ContainerStats | undefined;
  /** Usage of the whole machine, what is no container included (cAdvisor's root). */
  machineStats(): MachineStats;
  /** Usage of the pod's volumes and logs is the kubelet's business; this is the image store's size, bytes. */
  imageFsUsage(): number;

  /**
   * Calls `listener` whenever a container or sandbox changes its state by itself or by a call (created,
   * started, exited, removed): the source of the kubelet's PLEG. Called in the middle of the change:
   * a listener takes note and returns. Returns how to unsubscribe.
   */
  subscribe(listener: (change: RuntimeChange) => void): () => void;
}

/** An answer of the runtime, or its error text. */
export type RuntimeResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: string };

export interface RuntimeStatus {
  /** False: the runtime does not answer; lists are then empty and every call refused. */
  readonly runtimeReady: boolean;
  readonly networkReady: boolean;
  /** Why not, e.g. `Network plugin returns error: cni plugin not initialized`; empty when all is well. */
  readonly message: string;
}

export interface RuntimeChange {
  readonly podUID: string;
  /** Absent: the sandbox itself changed. */
  readonly containerId?: string;
}

/** Whose sandbox it is. */
export interface PodIdentity {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
}

export interface SandboxConfig {
  readonly pod: PodIdentity;
  /** Counts from 0; sandboxes of one pod differ by it. */
  readonly attempt: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly hostname: string;
  /** Its name in the cluster's domain, which begins with its host name: for /etc/hosts. Absent: it has none. */
  readonly fqdn?: string;
  /** The first of the host's user ids that root and the others inside are mapped to; absent: they are the host's. */
  readonly userNamespace?: number;
  /** True: no namespace of its own; it uses the host's, and has the host's address. */
  readonly hostNetwork: boolean;
  /** What /etc/resolv.conf says; undefined: the host's. */
  readonly resolver?: ResolverConfig;
  /** Extra lines of /etc/hosts (hostAliases): name -> address. */
  readonly hosts: ReadonlyMap<string, string>;
  /** hostPorts that the network plugin forwards to the pod. */
  readonly portMappings: readonly PortMapping[];
  /** Kernel parameters that the pod sets for itself, with dots: `net.ipv4.tcp_syncookies`. */
  readonly sysctls?: ReadonlyMap<string, string>;
}

export interface PortMapping {
  readonly hostPort: number;
  readonly containerPort: number;
  readonly transport: Transport;
  /** Empty: every address of the host. */
  readonly hostIP: string;
}

/** A sandbox. A value: a change of state makes a new one with the same id. */
export interface SandboxStatus {
  readonly id: string;
  readonly pod: PodIdentity;
  readonly attempt: number;
  /** notReady: stopped, or its pause container died (machine rebooted). */
  readonly state: 'ready' | 'notReady';
  readonly createdAt: number;
  readonly hostNetwork: boolean;
  /** The pod's addresses, first one first; the host's with host network. */
  readonly ips: readonly string[];
  readonly network: NetworkNamespace;
}

/** Credentials for a registry: decoded from an image pull secret. */
export interface RegistryAuth {
  readonly username: string;
  readonly password: string;
}

export interface PullOptions {
  /** Tried in order; empty: anonymous. The server they belong to has been matched by the kubelet. */
  readonly auth: readonly RegistryAuth[];
}

export type PullResult =
  | { readonly ok: true; readonly image: ImageRecord }
  | {
      readonly ok: false;
      /** What a waiting reason is made of where upstream has its own; usually absent. */
      readonly code?: 'RegistryUnavailable' | 'SignatureValidationFailed';
      /**
       * As containerd says it, e.g. `failed to pull and unpack image "docker.io/library/redis123:latest":
       * failed to resolve reference "docker.io/library/redis123:latest": pull access denied, repository does
       * not exist or may require authorization: ...`.
       */
      readonly error: string;
    };

/** An image on a machine. */
export interface ImageRecord {
  /** `sha256:...` of the configuration. */
  readonly id: string;
  /** `docker.io/library/nginx:1.27`. */
  readonly repoTags: readonly string[];
  /** `docker.io/library/nginx@sha256:...`; the first is a container's imageID. */
  readonly repoDigests: readonly string[];
  readonly sizeBytes: number;
  /** Never removed by image garbage collection (the pause image). */
  readonly pinned: boolean;
  /** The user the image runs as: a number, a name, or undefined for root. For runAsNonRoot. */
  readonly user?: string;
}

/** A part of a container's file system that comes from a volume. */
export interface Mount {
  /** Absolute path in the container. */
  readonly mountPath: string;
  readonly files: VolumeFiles;
  /** What of `files` is mounted: a directory or file path, '' for all of it. */
  readonly path: string;
  readonly readOnly: boolean;
  /** In memory: what is written counts as the writer's. */
  readonly tmpfs?: boolean;
}

export interface EnvEntry {
  readonly name: string;
  readonly value: string;
}

export interface ContainerResources {
  /** Millicores; 0: none. */
  readonly cpuRequest: number;
  /** Millicores; 0: unlimited. Over it the container is throttled. */
  readonly cpuLimit: number;
  /** Bytes; 0: unlimited. Over it the container is killed: OOMKilled, exit code 137. */
  readonly memoryLimit: number;
  /** Bytes, as requested; 0: none. */
  readonly memoryRequest: number;
  /** Who goes first when the machine is out of memory: -997 (last) to 1000. */
  readonly oomScoreAdj: number;
}

export interface ContainerConfig {
  readonly name: string;
  /** Counts the container's restarts, from 0. */
  readonly attempt: number;
  /** As written in the pod. */
  readonly image: string;
  /** `ImageRecord.id`. */
  readonly imageId: string;
  /** How statuses name the image: `docker.io/library/nginx:1.27`. */
  readonly imageName: string;
  /** How statuses identify it: `docker.io/library/nginx@sha256:...`. */
  readonly imageRef: string;
  /** Absent: the image's entrypoint. Already expanded. */
  readonly command?: readonly string[];
  /** Absent: the image's arguments, unless `command` is given. Already expanded. */
  readonly args?: readonly string[];
  readonly workingDir?: string;
  /** In order; names are unique. Added to the image's own. */
  readonly env: readonly EnvEntry[];
  readonly mounts: readonly Mount[];
  readonly resources: ContainerResources;
  /** Whose processes it sees besides its own: the machine's, those of its whole pod, or of the container with this id. */
  readonly processes?: 'machine' | 'pod' | { readonly target: string };
  readonly stdin: boolean;
  readonly stdinOnce: boolean;
  readonly tty: boolean;
  readonly user?: ContainerUserConfig;
  readonly readOnlyRootFilesystem: boolean;
  readonly privileged: boolean;
  /** As the pod has them, with or without `CAP_`; absent: the runtime's own. */
  readonly capabilities?: { readonly add: readonly string[]; readonly drop: readonly string[] };
  /** allowPrivilegeEscalation: false. */
  readonly noNewPrivileges?: boolean;
  /** Whether system calls are filtered: any seccomp profile but Unconfined. */
  readonly seccomp?: boolean;
  /** The AppArmor profile; absent: the runtime's own. */
  readonly appArmor?: 'unconfined';
  /** Absent: the image's, else SIGTERM. */
  readonly stopSignal?: string;
  /** Path whose content becomes `CriContainer.terminationMessage`. */
  readonly terminationMessagePath: string;
  /** The ports the pod declares: a hint for app models whose image says nothing. */
  readonly ports: readonly { readonly name: string; readonly port: number; readonly transport: Transport }[];
  /** The pod's and container's identity and hash, for `crictl` and for a kubelet that starts anew. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface ContainerUserConfig {
  readonly uid?: number;
  readonly gid?: number;
  /** Further groups: supplementalGroups and fsGroup. */
  readonly groups?: readonly number[];
  /** The image's own groups of the user do not count (supplementalGroupsPolicy Strict). */
  readonly strictGroups?: boolean;
}

/** Who a process is: what a status shows of it. */
export interface LinuxUser {
  readonly uid: number;
  readonly gid: number;
  readonly supplementalGroups: readonly number[];
}

/** A container. A value: a change of state makes a new one with the same id. */
export interface CriContainer {
  readonly id: string;
  readonly sandboxId: string;
  readonly podUID: string;
  readonly config: ContainerConfig;
  /** Whom its program was started as. */
  readonly user: LinuxUser;
  readonly state: 'created' | 'running' | 'exited';
  readonly createdAt: number;
  /** 0 before it was started. */
  readonly startedAt: number;
  /** 0 before it exited. */
  readonly finishedAt: number;
  /** Meaningful in state `exited`: 137 after SIGKILL, 143 after an unhandled SIGTERM. */
  readonly exitCode: number;
  /** `Completed`, `Error`, `OOMKilled`, `StartError`, `ContainerStatusUnknown`; empty while not exited. */
  readonly reason: string;
  /** The runtime's words on a StartError; else empty. */
  readonly message: string;
  /** What the program wrote to `terminationMessagePath`; empty when nothing. */
  readonly terminationMessage: string;
}

export interface ExecOptions {
  readonly stdin: boolean;
  readonly tty: boolean;
}

export interface ExecSyncResult {
  /** Meaningful when neither `timedOut` nor `error` is set. */
  readonly exitCode: number;
  /** Standard output and standard error together, as probes report it. */
  readonly output: string;
  readonly timedOut: boolean;
  /** The command could not be run at all: container gone, executable not found. */
  readonly error?: string;
}

export interface LogOptions {
  readonly follow: boolean;
  readonly timestamps: boolean;
  /** Only the last so many lines; absent: all. */
  readonly tailLines?: number;
  /** Only lines written at or after this time. */
  readonly sinceTime?: number;
  readonly limitBytes?: number;
}

export interface MachineStats {
  /** When it was switched on. */
  readonly startedAt: number;
  /** Core time used since then, ms. */
  readonly cpuTime: number;
  /** Working set, bytes. */
  readonly memory: number;
}

export interface ContainerStats {
  /** Millicores, averaged over the last few seconds. */
  readonly cpu: number;
  /** Core time used since it started, ms: what a rate is taken of. */
  readonly cpuTime: number;
  /** Working set, bytes. */
  readonly memory: number;
  /** What it has written outside of volumes, its log included, bytes. */
  readonly disk: number;
}
