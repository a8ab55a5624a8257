import type { HostIP, Node, Pod, Service, ServiceAccountTokenProjection } from '../api/generated/types.ts';
import { configMap as configMapKind } from '../api/kinds/configmap.ts';
import { node as nodeKind } from '../api/kinds/node.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { secret as secretKind } from '../api/kinds/secret.ts';
import { service as serviceKind } from '../api/kinds/service.ts';
import { nameOf, namespaceOf, uidOf } from '../api/object.ts';
import { valueOf as unitsOf } from '../apimachinery/quantity.ts';
import type { KubeletApi } from '../apiserver/nodeproxy.ts';
import { Informer } from '../client/informer.ts';
import { EventRecorder } from '../client/recorder.ts';
import type { Process, ProcessTimer } from '../sim/process.ts';
import { Backoff } from './backoff.ts';
import { DEFAULT_KUBELET_CONFIG, type KubeletConfig, type KubeletOptions } from './config.ts';
import type { RuntimeChange } from './cri.ts';
import { EvictionManager } from './eviction/manager.ts';
import { ImageGC } from './imagegc.ts';
import { ImageManager } from './images.ts';
import { MirrorPods } from './mirrorpods.ts';
import { NodeLease } from './nodelease.ts';
import { nodeResources } from './nodestatus.ts';
import { NodeUpdater } from './nodeupdater.ts';
import { ObjectCache } from './objectcache.ts';
import { Pleg } from './pleg.ts';
import { PodEvents } from './podevents.ts';
import { PodManager } from './podmanager.ts';
import { isMirrorPod } from './podtext.ts';
import { ProbeManager } from './probes/manager.ts';
import { PullRecords } from './pullrecords.ts';
import { KubeletServer } from './server.ts';
import type { PodServices } from './services.ts';
import { staticPod } from './staticpods.ts';
import { StatusManager } from './statusmanager.ts';
import { TokenManager } from './tokens.ts';
import { VolumeManager } from './volumes.ts';

const CRASH_BACKOFF_MS = 10_000;
const MAX_CRASH_BACKOFF_MS = 300_000;
/** Until the API server's pods are known, the kubelet looks for them this often (housekeeping), ms. */
const HOUSEKEEPING_MS = 2_000;
/** kernel.pid_max as Linux sets it on a machine of up to 32 processors. */
const MAX_PIDS = 32_768;
/** fileCheckFrequency: how often the directory of static pods is listed. */
const FILE_CHECK_MS = 20_000;

/**
 * The agent of one node: it registers the node, runs the pods bound to it and those of its manifest
 * directory, and reports what became of them. Crash-only: it keeps nothing that matters. Kill its
 * process and the containers go on; a new Kubelet over the same runtime and disk finds them and carries on.
 */
export class Kubelet {
  /** What it serves to the API server. */
  readonly server: KubeletApi;
  readonly #options: KubeletOptions;
  readonly #process: Process;
  readonly #config: KubeletConfig;
  readonly #events: PodEvents;
  readonly #pods: Informer<Pod>;
  readonly #nodes: Informer<Node>;
  readonly #serviceInformer: Informer<Service>;
  readonly #services: PodServices;
  readonly #manager: PodManager;
  readonly #mirrors: MirrorPods;
  readonly #updater: NodeUpdater;
  readonly #lease: NodeLease;
  readonly #pleg: Pleg;
  readonly #eviction: EvictionManager | undefined;
  /** The pods of the manifest directory, by manifest path. */
  #listing: ProcessTimer | undefined;
  readonly #statics = new Map<string, Pod>();

  constructor(options: KubeletOptions) {
    const { process, client, runtime, nodeName, nodeInfo, journal } = options;
    this.#options = options;
    this.#process = process;
    this.#config = { ...DEFAULT_KUBELET_CONFIG, ...options.config };
    this.#events = new PodEvents(
      client,
      new EventRecorder(client, process, { component: 'kubelet', host: nodeName }),
      nodeName,
    );
    this.#pleg = new Pleg(process);
    this.#pods = new Informer(process, client, podKind, { fieldSelector: `spec.nodeName=${nodeName}` });
    this.#nodes = new Informer(process, client, nodeKind, { fieldSelector: `metadata.name=${nodeName}` });
    this.#serviceInformer = new Informer(process, client, serviceKind);
    const resources = nodeResources(nodeInfo, this.#config);
    this.#updater = new NodeUpdater({
      process,
      client,
      runtime,
      events: this.#events,
      journal,
      nodeName,
      nodeInfo,
      resources,
      observed: () => this.#nodes.get(nodeName),
      hasPressure: (pressure) => this.#eviction?.hasPressure(pressure) === true,
      registered: () => this.#mirrors.reconcileAll(),
    });
    const nodeUID = (): string | undefined =>
      this.#updater.isRegistered ? this.#updater.node().metadata.uid : undefined;
    this.#mirrors = new MirrorPods({
      process,
      client,
      journal,
      nodeName,
      nodeUID,
      ready: () => this.#pods.synced,
    });
    this.#lease = new NodeLease(process, client, journal, nodeName, nodeUID);
    this.#services = this.#makeServices();
    this.#manager = this.#makeManager();
    this.#eviction = this.#makeEviction();
    this.server = new KubeletServer({
      clock: process,
      runtime,
      find: (namespace, name) => this.#manager.find(namespace, name),
    });
  }

  /** Starts everything. Static pods run at once, whether or not there is an API server yet. */
  start(): void {
    const { runtime, staticPods, journal } = this.#options;
    journal.info('server.go', '"Kubelet version" kubeletVersion="v1.35.6"');
    journal.info('kubelet.go', '"Starting kubelet main sync loop"');
    this.#events.node('Normal', 'Starting', 'Starting kubelet.');
    this.#pleg.start(runtime, (change) => this.#runtimeChanged(change));
    if (staticPods !== undefined) {
      this.#readManifests();
      this.#process.onExit(staticPods.subscribe(() => this.#guard(() => this.#readManifests())));
    }
    this.#updater.start();
    this.#lease.start();
    this.#eviction?.start();
    this.#startImageGC();
    this.#nodes.start();
    this.#serviceInformer.start();
    this.#pods.addHandler({
      add: (pod) => this.#guard(() => this.#added(pod)),
      update: (old, pod) => this.#guard(() => this.#updated(old, pod)),
      delete: (pod) => this.#guard(() => this.#deleted(pod)),
    });
    this.#pods.start();
    this.#whenSynced();
  }

  /** The node as this kubelet knows it. */
  node(): Node {
    return this.#updater.node();
  }

  #makeServices(): PodServices {
    const { process, client, runtime, nodeName, nodeInfo, journal, fabric, hostNetwork, disk, storage } =
      this.#options;
    const events = this.#events;
    const changed = (key: string): void => this.#guard(() => this.#manager.contentsChanged(key));
    const configMaps = new ObjectCache(process, client, configMapKind, changed);
    const secrets = new ObjectCache(process, client, secretKind, changed);
    const stale = (uid: string): void => this.#guard(() => this.#manager.refreshVolumes(uid));
    const tokens = new TokenManager({ process, client, stale });
    const services = this.#serviceInformer;
    services.addIndex('namespace', (service) => [namespaceOf(service)]);
    const sources = {
      configMap: (namespace: string, name: string) => configMaps.get(namespace, name),
      secret: (namespace: string, name: string) => secrets.get(namespace, name),
      token: (pod: Pod, source: ServiceAccountTokenProjection) => tokens.get(pod, source),
    };
    const probeEnvironment = { fabric, from: hostNetwork, runtime };
    const hostIPs: readonly HostIP[] = Object.freeze(
      nodeInfo.addresses
        .filter(({ type }) => type === 'InternalIP')
        .map(({ address }) => Object.freeze({ ip: address })),
    );
    const hostAddresses = Object.freeze(hostIPs.map(({ ip }) => ip));
    return {
      ...sources,
      configMaps,
      secrets,
      process,
      runtime,
      events,
      journal,
      hostNetwork,
      hostIPs,
      probeEnvironment,
      config: this.#config,
      images: new ImageManager(
        process,
        runtime,
        events,
        new PullRecords(disk.root),
        this.#config.serializeImagePulls,
      ),
      crashes: new Backoff(process, CRASH_BACKOFF_MS, MAX_CRASH_BACKOFF_MS),
      volumes: new VolumeManager({ client, disk, nodeName, sources, tokens, storage }),
      statuses: new StatusManager({
        process,
        client,
        journal,
        mirrorOf: (pod) => this.#mirrors.mirrorOf(pod),
      }),
      probes: new ProbeManager({
        process,
        environment: probeEnvironment,
        events,
        changed: (uid, type, ok) => this.#manager.probed(uid, type, ok),
        log: (text) => journal.info('prober.go', text),
      }),
      node: () => this.#updater.node(),
      shortage: (pod) => this.#eviction?.admit(pod),
      facts: (pod, podIPs) => ({
        pod,
        nodeName,
        podIPs,
        hostIPs: hostAddresses,
        allocatable: this.#updater.node().status?.allocatable ?? {},
      }),
      services: (namespace) => {
        if (!services.synced) return undefined;
        const own = services.byIndex('namespace', namespace);
        return namespace === 'default'
          ? own
          : [...services.byIndex('namespace', 'default').filter(isMaster), ...own];
      },
      relistAfter: (time) => this.#pleg.relistAfter(time),
    };
  }

  #makeManager(): PodManager {
    return new PodManager(this.#services, this.#options.disk);
  }

  #makeEviction(): EvictionManager | undefined {
    const { usage, process, runtime, nodeInfo } = this.#options;
    if (usage === undefined) return undefined;
    const { memory, 'ephemeral-storage': disk } = nodeInfo.capacity;
    const capacity = { memory: unitsOf(memory), disk: unitsOf(disk), pids: MAX_PIDS };
    const [config, events, pods] = [this.#config, this.#events, this.#manager];
    const pressed = (): void => this.#updater.soon();
    return new EvictionManager({ process, runtime, config, events, pods, capacity, usage, pressed });
  }

  #startImageGC(): void {
    const { usage, process, runtime, nodeInfo } = this.#options;
    if (usage === undefined) return;
    const capacity = unitsOf(nodeInfo.capacity['ephemeral-storage']);
    new ImageGC({ process, runtime, events: this.#events, capacity, used: () => usage().disk }).start();
  }

  /** Runs now, or when a paused kubelet goes on. */
  #guard(run: () => void): void {
    if (this.#process.running) run();
    else this.#process.after(0, run);
  }

  #added(pod: Pod): void {
    if (isMirrorPod(pod)) this.#mirrorSeen(pod);
    else this.#manager.add(pod, 'api');
  }

  #updated(old: Pod, pod: Pod): void {
    if (isMirrorPod(pod)) {
      this.#mirrorSeen(pod);
    } else if (uidOf(old) !== uidOf(pod)) {
      this.#manager.remove(old, 'api');
      this.#manager.add(pod, 'api');
    } else this.#manager.update(old, pod);
  }

  #deleted(pod: Pod): void {
    if (isMirrorPod(pod)) this.#mirrors.removeMirror(pod);
    else this.#manager.remove(pod, 'api');
  }

  #mirrorSeen(mirror: Pod): void {
    this.#mirrors.setMirror(mirror);
    const pod = this.#mirrors.staticOf(mirror);
    if (pod !== undefined) this.#services.statuses.observe(uidOf(pod), mirror);
  }

  #runtimeChanged(change: RuntimeChange): void {
    this.#guard(() => this.#manager.runtimeChanged(change.podUID, this.#pods.synced));
  }

  /** Once all sources of pods are known, what runs without belonging to any of them is stopped. */
  #whenSynced(): void {
    if (this.#pods.synced) {
      this.#mirrors.reconcileAll();
      this.#manager.cleanUpOrphans();
    } else this.#process.after(HOUSEKEEPING_MS, () => this.#whenSynced());
  }

  /** Brings the static pods in line with the manifests: a changed one is another pod. */
  #readManifests(resync = false): void {
    const { staticPods, nodeName, journal } = this.#options;
    const found = new Map<string, Pod>();
    for (const manifest of staticPods?.read() ?? []) {
      if ('error' in manifest) {
        journal.error(
          'file.go',
          `"Could not process manifest file" err=${JSON.stringify(manifest.error)} path="${manifest.path}"`,
        );
        // What cannot be read leaves what ran before alone, until the directory is listed anew.
        const before = this.#statics.get(manifest.path);
        if (before !== undefined && !resync) found.set(manifest.path, before);
        this.#listing ??= this.#process.after(FILE_CHECK_MS, () => {
          this.#listing = undefined;
          this.#readManifests(true);
        });
      } else found.set(manifest.path, staticPod(manifest, nodeName, this.#process.now()));
    }
    for (const [path, pod] of [...this.#statics]) {
      if (uidOf(found.get(path) ?? pod) === uidOf(pod) && found.has(path)) continue;
      this.#statics.delete(path);
      this.#mirrors.removeStatic(pod);
      this.#manager.remove(pod, 'file');
    }
    for (const [path, pod] of found) {
      if (this.#statics.has(path)) continue;
      this.#statics.set(path, pod);
      this.#manager.add(pod, 'file');
      this.#mirrors.setStatic(pod);
    }
  }
}

function isMaster(service: Service): boolean {
  return nameOf(service) === 'kubernetes';
}
