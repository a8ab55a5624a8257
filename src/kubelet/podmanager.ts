import type { Node, Pod, PodSpec, PodStatus } from '../api/generated/types.ts';
import { keptKeyOf, keyOf, makeKey, uidOf } from '../api/object.ts';
import { isTerminalPhase } from '../api/podstatus.ts';
import { deepEqual } from '../apimachinery/equal.ts';
import { admitPod, lackOf, Usage } from './admission.ts';
import { infeasible, knownAllocation, type ResizeRefusal, withAllocation } from './allocation.ts';
import { limitsStorage } from './eviction/limits.ts';
import type { NodeDisk } from './files.ts';
import { ContainerKiller } from './killer.ts';
import { isStaticPod, podRef } from './podtext.ts';
import { PodWorker, type WorkerHost } from './podworker.ts';
import type { ProbeType } from './probes/worker.ts';
import { type References, referencesOf } from './references.ts';
import { RuntimeView } from './runtimeview.ts';
import type { PodServices } from './services.ts';
import { rejectedStatus, type Verdict } from './status.ts';

/** Where a pod comes from: the API server or the manifest directory. */
export type PodSource = 'api' | 'file';

interface Entry {
  pod: Pod;
  /** Undefined for a pod that was not let in, or that waits for its static predecessor to end. */
  worker: PodWorker | undefined;
  /** The pod as it came, whose references were acquired. */
  readonly first: Pod;
  readonly since: number;
  /** A refresh of its volumes is due. */
  refreshing: boolean;
  /** The pod came back while it was being ended: it begins anew once nothing of it is left. */
  again?: { readonly pod: Pod; readonly source: PodSource } | undefined;
  /** What of it is counted in the node's usage. */
  counted: PodSpec | undefined;
}

/** Volumes made from ConfigMaps and Secrets are written anew at a pod's own 60 s pace, ms (syncFrequency). */
const SYNC_MS = 60_000;
/** Resizes that wait are tried again after so long, whatever happens, ms. */
const RESIZE_RETRY_MS = 180_000;

/** The pods of this node: who they are, whether they are let in, and their workers. */
export class PodManager {
  readonly #services: PodServices;
  readonly #disk: NodeDisk;
  readonly #entries = new Map<string, Entry>();
  /** `namespace/name` -> uid of the pod that has the name now. */
  readonly #names = new Map<string, string>();
  /** ConfigMap or Secret key -> pods that mount it. */
  readonly #mounters = new Map<string, Set<string>>();
  readonly #orphans = new Set<string>();
  /** The pods that may not keep as much on the disk as they like. */
  readonly #limited = new Set<string>();
  /** What the active pods ask for. */
  readonly #usage = new Usage();
  readonly #workerHost: WorkerHost;
  /** Pods whose resize waits for room. */
  readonly #waiting = new Set<string>();
  #retrying = false;

  constructor(services: PodServices, disk: NodeDisk) {
    this.#services = services;
    this.#disk = disk;
    this.#workerHost = {
      killer: new ContainerKiller(services),
      finished: (worker) => this.#finished(worker),
    };
  }

  /** The pod of that name with its status; undefined when it is not here. */
  find(namespace: string, name: string): { readonly pod: Pod; readonly status: PodStatus } | undefined {
    const uid = this.#names.get(makeKey(namespace, name));
    const pod = uid === undefined ? undefined : this.#entries.get(uid)?.pod;
    if (uid === undefined || pod === undefined) return undefined;
    return { pod, status: this.#services.statuses.get(uid) ?? pod.status ?? {} };
  }

  /** A pod has come to this node. */
  add(pod: Pod, source: PodSource): void {
    const uid = uidOf(pod);
    const known = this.#entries.get(uid);
    if (known !== undefined) {
      // A static pod's uid is a hash of its manifest, so that it can come back under the same one
      // (pod_workers.go restartRequested).
      if (known.worker?.removed === true) known.again = { pod, source };
      return;
    }
    const { journal, process } = this.#services;
    journal.info('kubelet.go', `"SyncLoop ADD" source="${source}" pods=["${podRef(pod)}"]`);
    const since = process.now();
    const entry: Entry = {
      pod,
      worker: undefined,
      first: pod,
      since,
      refreshing: false,
      counted: undefined,
    };
    const predecessor = this.#staticPredecessor(pod);
    this.#entries.set(uid, entry);
    this.#names.set(keptKeyOf(pod), uid);
    if (limitsStorage(pod)) this.#limited.add(uid);
    this.#acquire(uid, referencesOf(pod));
    if (predecessor === undefined) this.#begin(entry);
  }

  /** A pod's object has changed. */
  update(old: Pod, pod: Pod): void {
    const uid = uidOf(pod);
    const entry = this.#entries.get(uid);
    if (entry === undefined) {
      this.add(pod, 'api');
      return;
    }
    const { statuses, journal } = this.#services;
    entry.pod = pod;
    const { worker } = entry;
    const held = worker === undefined ? pod : withAllocation(pod, worker.pod);
    this.#count(entry, held);
    statuses.observe(uid, pod);
    if (worker === undefined) return;
    // What anybody calls ended has ended (pod_workers.go UpdatePod, "terminal phase").
    if (isTerminalPhase(pod.status?.phase) && worker.state === 'syncing') {
      worker.pod = pod;
      worker.terminate();
      return;
    }
    if (differs(old, pod)) {
      const word = pod.metadata.deletionTimestamp === undefined ? 'UPDATE' : 'DELETE';
      journal.info('kubelet.go', `"SyncLoop ${word}" source="api" pods=["${podRef(pod)}"]`);
      worker.update(held);
      this.#resize(entry);
      return;
    }
    worker.pod = held;
    if (pod.spec.readinessGates !== undefined && old.status?.conditions !== pod.status?.conditions)
      worker.refreshStatus();
  }

  /** A pod's object is gone: nothing of it stays here. */
  remove(pod: Pod, source: PodSource): void {
    const uid = uidOf(pod);
    const entry = this.#entries.get(uid);
    if (entry === undefined) return;
    entry.again = undefined;
    this.#services.journal.info('kubelet.go', `"SyncLoop REMOVE" source="${source}" pods=["${podRef(pod)}"]`);
    if (entry.worker === undefined || entry.worker.state === 'finished') {
      this.#forget(uid, entry);
      return;
    }
    entry.worker.removed = true;
    this.#count(entry);
    entry.worker.terminate();
  }

  /** The runtime reports a change of a pod's containers or sandbox. */
  runtimeChanged(podUID: string, sourcesReady: boolean): void {
    const worker = this.#entries.get(podUID)?.worker;
    if (worker !== undefined) worker.runtimeChanged();
    else if (sourcesReady && !this.#entries.has(podUID)) this.#killOrphan(podUID);
  }

  /** A probe has come to a verdict. */
  probed(podUID: string, type: ProbeType, ok: boolean): void {
    const worker = this.#entries.get(podUID)?.worker;
    if (worker === undefined) return;
    if (type !== 'liveness') worker.refreshStatus();
    // A readiness verdict changes the status only; the others decide about containers.
    if (type !== 'readiness' && (!ok || type === 'startup')) worker.poke();
  }

  /** An object that pods mount has changed: its files follow within the pod's sync period. */
  contentsChanged(key: string): void {
    const { process } = this.#services;
    for (const uid of this.#mounters.get(key) ?? []) {
      const entry = this.#entries.get(uid);
      if (entry === undefined || entry.refreshing) continue;
      entry.refreshing = true;
      const period = SYNC_MS - ((process.now() - entry.since) % SYNC_MS);
      process.after(period, () => {
        entry.refreshing = false;
        if (this.#entries.get(uid) !== entry) return;
        this.refreshVolumes(uid);
      });
    }
  }

  /** What a pod's volumes are made from is to be looked at again. */
  refreshVolumes(uid: string): void {
    const entry = this.#entries.get(uid);
    if (entry === undefined) return;
    const { volumes, runtime } = this.#services;
    volumes.refresh(this.#services.facts(entry.pod, new RuntimeView(runtime, uid).ips));
  }

  /** Stops and removes what the machine has of pods that nobody knows. */
  cleanUpOrphans(): void {
    for (const { pod } of this.#services.runtime.listPodSandboxes()) this.#killOrphan(pod.uid);
    for (const uid of [...this.#disk.podUIDs()]) if (!this.#entries.has(uid)) this.#disk.removeVolumes(uid);
  }

  /** A static pod whose manifest changed waits until the old pod of that name has ended. */
  #staticPredecessor(pod: Pod): PodWorker | undefined {
    if (!isStaticPod(pod)) return undefined;
    const uid = this.#names.get(keyOf(pod));
    const worker = uid === undefined ? undefined : this.#entries.get(uid)?.worker;
    return worker?.active === true ? worker : undefined;
  }

  #begin(entry: Entry): void {
    const { pod } = entry;
    const { statuses, events, process, journal } = this.#services;
    const ended = isTerminalPhase(pod.status?.phase);
    if (ended && pod.status !== undefined && this.#nothingRuns(uidOf(pod))) {
      // Its last status stands; a worker would only tell of containers that never were.
      statuses.set(pod, pod.status);
      statuses.finish(uidOf(pod));
      return;
    }
    const over = ended || pod.metadata.deletionTimestamp !== undefined;
    const rejection = over
      ? undefined
      : (this.#services.shortage(pod) ??
        admitPod(pod, this.#services.node(), this.#activePods(entry), this.#usage));
    if (rejection !== undefined) {
      const { reason, message } = rejection;
      journal.warning(
        'kubelet.go',
        `"Pod rejected" pod="${podRef(pod)}" reason="${reason}" message=${JSON.stringify(message)}`,
      );
      events.pod(pod, 'Warning', reason, message);
      statuses.set(pod, rejectedStatus(pod, reason, message, process.now()));
      statuses.finish(uidOf(pod));
      // Before this kubelet started, another one may have let it in (HandlePodCleanups).
      if (!this.#nothingRuns(uidOf(pod))) this.#workerHost.killer.killOrphan(uidOf(pod), () => undefined);
      return;
    }
    entry.worker = new PodWorker(this.#services, knownAllocation(pod), this.#workerHost);
    this.#count(entry);
    entry.worker.start();
    this.#resize(entry);
  }

  /** Allocates what a pod has come to wish for, if there is room (allocation_manager.go handlePodResourcesResize). */
  #resize(entry: Entry): void {
    const { pod, worker } = entry;
    const uid = uidOf(pod);
    if (worker === undefined || worker.state !== 'syncing') return;
    if (withAllocation(pod, worker.pod) === pod) {
      this.#waiting.delete(uid);
      worker.setResizePending(undefined);
      return;
    }
    const node = this.#services.node();
    const refusal = infeasible(pod, node.status?.allocatable ?? {}) ?? this.#deferral(entry, node);
    worker.setResizePending(refusal);
    if (refusal?.reason === 'Deferred') this.#waiting.add(uid);
    else this.#waiting.delete(uid);
    if (this.#waiting.size > 0) this.#retryLater();
    if (refusal !== undefined) return;
    worker.resize(pod);
    this.#count(entry);
    // What became smaller makes room for others.
    this.#retryResizes();
  }

  #deferral(entry: Entry, node: Node): ResizeRefusal | undefined {
    const { counted } = entry;
    if (counted !== undefined) this.#usage.remove(counted);
    const lack = lackOf(entry.pod, node, this.#usage);
    if (counted !== undefined) this.#usage.add(counted);
    return lack === undefined ? undefined : { reason: 'Deferred', message: lack.message };
  }

  /** The pods that wait for room: whoever asks for no more first, then by priority, then who waits longest. */
  #retryResizes(): void {
    const entries = [...this.#waiting].flatMap((uid) => this.#entries.get(uid) ?? []);
    this.#waiting.clear();
    for (const entry of entries.sort((a, b) => (b.pod.spec.priority ?? 0) - (a.pod.spec.priority ?? 0)))
      this.#resize(entry);
  }

  #retryLater(): void {
    if (this.#retrying) return;
    this.#retrying = true;
    this.#services.process.after(RESIZE_RETRY_MS, () => {
      this.#retrying = false;
      this.#retryResizes();
    });
  }

  /** Whether neither a container nor a sandbox of the pod is up (pod_workers.go isPodStatusCacheTerminal). */
  #nothingRuns(uid: string): boolean {
    const view = new RuntimeView(this.#services.runtime, uid);
    return !view.anyRunning && view.sandboxes.every(({ state }) => state !== 'ready');
  }

  /** Counts what the pod asks for if it holds resources now, and no longer if it does not. */
  #count(entry: Entry, held: Pod = entry.worker?.pod ?? entry.pod): void {
    const spec = holdsResources(entry) ? held.spec : undefined;
    if (entry.counted === spec) return;
    if (entry.counted !== undefined) this.#usage.remove(entry.counted);
    if (spec !== undefined) this.#usage.add(spec);
    entry.counted = spec;
  }

  /** The pods that hold resources. */
  *active(): Iterable<Pod> {
    for (const entry of this.#entries.values()) if (holdsResources(entry)) yield entry.pod;
  }

  /** Those of them that may not keep as much on the disk as they like: few, and so found without a look at all. */
  *limited(): Iterable<Pod> {
    for (const uid of this.#limited) {
      const entry = this.#entries.get(uid);
      if (entry !== undefined && holdsResources(entry)) yield entry.pod;
    }
  }

  /** Ends a pod as failed within a grace period, seconds. */
  evict(pod: Pod, verdict: Verdict, graceSeconds: number): void {
    this.#entries.get(uidOf(pod))?.worker?.terminate(verdict, graceSeconds);
  }

  /** Whether nothing of a pod runs here any more. */
  isOver(uid: string): boolean {
    return this.#entries.get(uid)?.worker?.active !== true;
  }

  /** Bytes in the volumes of a pod, or in one of them. */
  volumeBytes(uid: string, volume?: string): number {
    return volume === undefined ? this.#disk.bytesOf(uid) : (this.#disk.volume(uid, volume)?.bytes ?? 0);
  }

  /** The pods that hold resources: not those that have ended (kubelet_pods.go filterOutInactivePods). */
  *#activePods(except: Entry): Iterable<Pod> {
    for (const entry of this.#entries.values())
      if (entry !== except && holdsResources(entry)) yield entry.pod;
  }

  #finished(worker: PodWorker): void {
    const entry = this.#entries.get(worker.uid);
    if (entry === undefined) return;
    this.#count(entry);
    if (this.#waiting.size > 0) this.#retryResizes();
    if (worker.removed) this.#forget(worker.uid, entry);
    if (worker.removed && entry.again !== undefined) this.add(entry.again.pod, entry.again.source);
    if (!isStaticPod(worker.pod)) return;
    const next = this.#entries.get(this.#names.get(keyOf(worker.pod)) ?? '');
    if (next !== undefined && next.worker === undefined) this.#begin(next);
  }

  #acquire(uid: string, { configMaps, secrets, mounted }: References): void {
    for (const key of configMaps) this.#services.configMaps.acquire(key);
    for (const key of secrets) this.#services.secrets.acquire(key);
    for (const key of mounted) {
      const pods = this.#mounters.get(key);
      if (pods === undefined) this.#mounters.set(key, new Set([uid]));
      else pods.add(uid);
    }
  }

  #release(uid: string, { configMaps, secrets, mounted }: References): void {
    for (const key of configMaps) this.#services.configMaps.release(key);
    for (const key of secrets) this.#services.secrets.release(key);
    for (const key of mounted) {
      const pods = this.#mounters.get(key);
      pods?.delete(uid);
      if (pods?.size === 0) this.#mounters.delete(key);
    }
  }

  /** Removes all traces of a pod that has ended. */
  #forget(uid: string, entry: Entry): void {
    const { statuses, images, crashes, probes, volumes } = this.#services;
    entry.worker?.stop();
    if (entry.counted !== undefined) this.#usage.remove(entry.counted);
    this.#entries.delete(uid);
    this.#limited.delete(uid);
    const key = keyOf(entry.pod);
    if (this.#names.get(key) === uid) this.#names.delete(key);
    this.#release(uid, referencesOf(entry.first));
    probes.removePod(uid);
    statuses.remove(uid);
    images.forgetPod(uid);
    crashes.forget(`${uid}_`);
    volumes.tearDown(uid);
    this.#removeSandboxes(uid);
  }

  #removeSandboxes(uid: string): void {
    const { runtime } = this.#services;
    for (const { id } of [...runtime.sandboxesOf(uid)]) runtime.removePodSandbox(id);
  }

  #killOrphan(podUID: string): void {
    if (this.#entries.has(podUID) || this.#orphans.has(podUID)) return;
    if (this.#services.runtime.sandboxesOf(podUID).length === 0) return;
    this.#orphans.add(podUID);
    this.#workerHost.killer.killOrphan(podUID, () => {
      if (!this.#entries.has(podUID)) this.#removeSandboxes(podUID);
      this.#orphans.delete(podUID);
    });
  }
}

/** A pod whose object is gone asks for nothing any more, though its containers may still be ending. */
function holdsResources({ worker, pod }: Entry): boolean {
  return worker?.active === true && !worker.removed && !isTerminalPhase(pod.status?.phase);
}

/** Whether anything changed that the kubelet acts on; a status that comes back is not. */
function differs(old: Pod, pod: Pod): boolean {
  const [a, b] = [old.metadata, pod.metadata];
  return (
    a.deletionTimestamp !== b.deletionTimestamp ||
    a.deletionGracePeriodSeconds !== b.deletionGracePeriodSeconds ||
    (old.spec !== pod.spec && !deepEqual(old.spec, pod.spec)) ||
    (a.labels !== b.labels && !deepEqual(a.labels, b.labels)) ||
    (a.annotations !== b.annotations && !deepEqual(a.annotations, b.annotations))
  );
}
