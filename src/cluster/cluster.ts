import type { Node } from '../api/generated/types.ts';
import type { KindDefinition } from '../api/kind.ts';
import { daemonSet as daemonSetKind } from '../api/kinds/daemonset.ts';
import { deployment as deploymentKind } from '../api/kinds/deployment.ts';
import { node as nodeKind } from '../api/kinds/node.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { builtinKinds, kindByGVK } from '../api/kinds/registry.ts';
import type { KindSet } from '../api/kindset.ts';
import { type KubeObject, nameOf } from '../api/object.ts';
import { isAlreadyExists } from '../apimachinery/status.ts';
import type { ApiServer } from '../apiserver/apiserver.ts';
import { storageKey, storagePrefix } from '../apiserver/storagekey.ts';
import { Client } from '../client/client.ts';
import type { Transport } from '../client/transport.ts';
import { Etcd } from '../etcd/etcd.ts';
import { EtcdCluster } from '../etcd/etcdcluster.ts';
import type { History, KeyValue } from '../etcd/store.ts';
import { ImageRegistry } from '../kubelet/runtime/imageregistry.ts';
import { Fabric } from '../network/fabric.ts';
import type { Exchange } from '../network/types.ts';
import type { DnsTrouble } from '../proxy/coredns.ts';
import { isSchedulingDecision, type SchedulingDecision } from '../scheduler/decision.ts';
import { Simulation } from '../sim/simulation.ts';
import { atOnce, type Slices } from '../sim/slices.ts';
import { ApiTrouble } from './apitrouble.ts';
import { SimulatedCloud } from './cloud.ts';
import { type ComponentState, componentStates } from './components.ts';
import { faults } from './faults/registry.ts';
import { ADMIN, SUPER_ADMIN } from './identities.ts';
import { SimulatedBalancers } from './loadbalancers.ts';
import { Machine } from './machine.ts';
import {
  ADDONS,
  COREDNS_IMAGE,
  componentImage,
  ETCD_IMAGE,
  PAUSE_IMAGE,
  STATIC_COMPONENTS,
} from './manifests.ts';
import { NodeLabeller } from './nodelabeller.ts';
import type { AggregatedServer, ClusterParts } from './parts.ts';
import { newPrograms } from './programs.ts';
import type { ServerAddress } from './spec.ts';
import {
  API_PORT,
  type ClusterSpec,
  CONTROL_PLANE_ENDPOINT,
  controlPlaneNames,
  type NodeSpec,
  nodeAddress,
  podRange,
} from './spec.ts';
import { stateHash } from './statehash.ts';
import { staticPodManifest } from './staticpodmanifest.ts';
import { type ApiEndpoint, NetworkTransport } from './transport.ts';
import { lastRecord, type WhyLine, type WhyOptions, why } from './why.ts';

const BOOT_STEP_MS = 500;
/** Of a boot in slices, the events of one slice: a few ms. */
const BOOT_SLICE_EVENTS = 64;
/** A cluster that does not stand by then will not stand at all. */
const BOOT_LIMIT_MS = 300_000;

/** How far a boot has come. */
export interface BootProgress {
  readonly stage: 'controlPlane' | 'dns' | 'nodes';
  /** Of the stage, e.g. workers that are ready. */
  readonly done: number;
  readonly all: number;
}

/** What happens to the cluster besides time. */
export interface ClusterSnapshot {
  readonly revision: number;
  /** ms since the epoch. */
  readonly time: number;
}

/**
 * A whole cluster: machines on a network, with etcd, API server, scheduler and controllers running
 * as static pods on the first of them, or on several. It knows nothing of games or screens. All that happens is a
 * function of the spec, the seed, and the calls made on it.
 */
export class Cluster implements ClusterParts {
  readonly spec: ClusterSpec;
  readonly sim: Simulation;
  readonly fabric: Fabric;
  readonly etcd: Etcd<KubeObject>;
  readonly etcdCluster: EtcdCluster<KubeObject>;
  readonly registry: ImageRegistry;
  readonly apiTrouble: ApiTrouble;
  readonly dnsTrouble = new Map<string, DnsTrouble>();
  readonly cloud: SimulatedCloud;
  /** By name, the control plane first. */
  readonly machines: ReadonlyMap<string, Machine>;
  readonly controlPlane: Machine;
  readonly controlPlanes: readonly Machine[];
  readonly serviceAccountKey: string;
  readonly #machines = new Map<string, Machine>();
  readonly #labeller: NodeLabeller;
  readonly #apiServers = new Map<string, ApiServer>();
  /** Servers of API groups of their own, by group, in the order in which they came. */
  readonly #aggregated = new Map<string, Set<AggregatedServer>>();
  #nextIndex = 0;
  readonly #cache = new Map<string, { readonly revision: number; readonly objects: readonly KubeObject[] }>();
  #changed = new Map<string, number>();

  /** Machines are made and their disks laid out; nothing runs before `boot`. Images must have been checked. */
  constructor(spec: ClusterSpec) {
    this.spec = spec;
    this.sim = new Simulation({
      seed: spec.seed,
      ...(spec.startTime === undefined ? {} : { startTime: spec.startTime }),
    });
    this.fabric = new Fabric(this.sim);
    this.etcd = new Etcd<KubeObject>(this.sim);
    this.etcd.setOnline(false);
    const keys = this.sim.stream('sa.key');
    this.serviceAccountKey = `${keys.uint32().toString(16)}${keys.uint32().toString(16)}`;
    this.#labeller = new NodeLabeller(this);
    this.registry = new ImageRegistry();
    this.apiTrouble = new ApiTrouble(this.sim.stream('api trouble'));
    const problems = this.registry.add(spec.images ?? {});
    if (problems.length > 0) throw new Error(`images were not checked: ${problems.join('; ')}`);
    this.machines = this.#machines;
    this.cloud = new SimulatedCloud(
      this.#machines,
      spec.loadBalancers === true ? new SimulatedBalancers(this.sim, this.fabric) : undefined,
    );
    const names = controlPlaneNames(spec);
    this.etcdCluster = new EtcdCluster<KubeObject>({
      sim: this.sim,
      state: this.etcd,
      members: names.map((name, i) => ({ name, host: name, address: nodeAddress(i) })),
      reaches: (a, b) => this.#reaches(a, b),
    });
    this.controlPlanes = names.map((name) =>
      this.#addMachine({ cpu: '4', memory: '8Gi', ...spec.controlPlane, name }, true),
    );
    this.controlPlane = this.controlPlanes[0] as Machine;
    for (const machine of this.controlPlanes)
      for (const component of STATIC_COMPONENTS)
        machine.writeManifest(`${component}.yaml`, staticPodManifest(component, machine, this.controlPlanes));
    for (const node of spec.nodes) this.#addMachine(node, false);
  }

  /** The kinds there are: those built in and those that were defined. */
  get kinds(): KindSet {
    return this.apiServer?.kinds ?? builtinKinds;
  }

  /** The API server that answers, one that runs, or undefined while none does. */
  get apiServer(): ApiServer | undefined {
    let running: ApiServer | undefined;
    for (const server of this.apiServers.values()) {
      if (this.#apiServers.size === 1 || server.ready) return server;
      running ??= server;
    }
    return running;
  }

  get apiServers(): ReadonlyMap<string, ApiServer> {
    return this.#apiServers;
  }

  /** @internal The API server's program announces itself, and undefined when it ends. */
  setApiServer(machine: string, server: ApiServer | undefined): void {
    if (server === undefined) this.#apiServers.delete(machine);
    else this.#apiServers.set(machine, server);
  }

  /** @internal The servers of an API group, the oldest first; undefined for a group that nobody ever served. */
  aggregatedServers(group: string): ReadonlySet<AggregatedServer> | undefined {
    return this.#aggregated.get(group);
  }

  /** @internal A server of an API group announces itself; it leaves with its process. */
  addAggregatedServer(group: string, server: AggregatedServer): void {
    const servers = this.#aggregated.get(group) ?? new Set();
    this.#aggregated.set(group, servers.add(server));
    server.process.onExit(() => {
      servers.delete(server);
      if (servers.size === 0) this.#aggregated.delete(group);
    });
  }

  /** The revision of the last write. */
  get revision(): number {
    return this.etcd.revision;
  }

  /** Everything that was ever written, for looking back. */
  get history(): History<KubeObject> {
    return this.etcd.history;
  }

  /**
   * Switches the control plane on and, as with kubeadm, lets the workers join once it stands and cluster
   * DNS answers. Ends when all nodes and their proxies are ready; false if that does not happen within
   * five virtual minutes.
   */
  boot(): boolean {
    return atOnce(this.booting());
  }

  /** The same in slices of a few ms. */
  *booting(): Slices<BootProgress, boolean> {
    const limit = this.sim.now() + BOOT_LIMIT_MS;
    yield { stage: 'controlPlane', done: 0, all: 1 };
    for (const machine of this.controlPlanes) machine.powerOn();
    if (!(yield* this.#waitFor('controlPlane', () => this.#applyAddons(), limit))) return false;
    if (!(yield* this.#waitFor('dns', () => this.#dnsReady(), limit))) return false;
    for (const machine of this.#machines.values()) machine.powerOn();
    return yield* this.#waitFor('nodes', () => this.#allReady(), limit);
  }

  /** Lets time pass in steps until something holds; false when `limit` is reached first. */
  *#waitFor(
    stage: BootProgress['stage'],
    holds: () => boolean,
    limit: number,
  ): Slices<BootProgress, boolean> {
    const all = stage === 'nodes' ? this.#machines.size - this.controlPlanes.length : 1;
    let done = 0;
    while (this.sim.now() < limit) {
      const time = this.sim.now() + BOOT_STEP_MS;
      while (!this.sim.runUntil(time, BOOT_SLICE_EVENTS)) yield { stage, done, all };
      if (holds()) return true;
      // The control plane's own node is ready before the others join.
      if (stage === 'nodes')
        done = Math.max(0, this.objects(nodeKind).filter(isReady).length - this.controlPlanes.length);
      yield { stage, done, all };
    }
    return false;
  }

  /** Lets `ms` of virtual time pass, in at most `maxEvents` events; true when it has passed. */
  runFor(ms: number, maxEvents?: number): boolean {
    return this.sim.runUntil(this.sim.now() + ms, maxEvents);
  }

  /** A client with the admin's rights, on the player's laptop or on one of the machines. */
  client(component: string, from?: string): Client {
    return new Client(this.transport(from), { user: ADMIN, component });
  }

  /** The server as kubeconfig files name it: the load balancer, or the only API server. */
  get server(): string {
    const host = this.controlPlanes.length > 1 ? CONTROL_PLANE_ENDPOINT : this.controlPlane.host.ip;
    return `https://${host}:${API_PORT}`;
  }

  /** The way to the API servers from a host, by the load balancer if there are several; default: the laptop. */
  transport(from: string = this.fabric.outside.name): Transport {
    return new NetworkTransport(this.fabric, from, API_PORT, () => this.#endpointFor(from));
  }

  transportTo(from: string, server: ServerAddress): Transport {
    const { host, port } = server;
    if (host === CONTROL_PLANE_ENDPOINT && port === API_PORT && this.controlPlanes.length > 1)
      return this.transport(from);
    const machine = this.controlPlanes.find(
      (each) => each.host.ip === host || each.name === host || (each.name === from && isLoopback(host)),
    );
    const nobody = { server: undefined, host: machine?.name ?? host, ip: host };
    return new NetworkTransport(this.fabric, from, port, () =>
      machine === undefined || port !== API_PORT ? nobody : { ...this.#endpointOn(machine), ip: host },
    );
  }

  /** The API server that the load balancer leads a host to: one that is ready, else one that runs. */
  #endpointFor(from: string): ApiEndpoint {
    if (this.controlPlanes.length === 1) return this.#endpointOn(this.controlPlane);
    let best = this.controlPlane;
    let rank = 0;
    for (const machine of this.controlPlanes) {
      if (!this.#reaches(from, machine.name)) continue;
      const server = this.#apiServers.get(machine.name);
      const its = server?.ready === true ? 3 : server?.process.running === true ? 2 : 1;
      if (its > rank) [best, rank] = [machine, its];
    }
    return { ...this.#endpointOn(best), ip: CONTROL_PLANE_ENDPOINT };
  }

  #endpointOn(machine: Machine): ApiEndpoint {
    const { name, host } = machine;
    return { server: this.#apiServers.get(name), host: name, ip: host.ip };
  }

  #reaches(a: string, b: string): boolean {
    const { links } = this.fabric;
    if (a === b) return this.fabric.host(a)?.up === true;
    return !links.get(a, b).cut && !links.get(b, a).cut;
  }

  /** The objects of a kind as they are now, in key order: frozen, shared, and cached until one changes. */
  objects<T extends KubeObject>(kind: KindDefinition<T>, namespace?: string): readonly T[] {
    const prefix = storagePrefix(kind) + (namespace === undefined ? '' : `${namespace}/`);
    const cached = this.#cache.get(prefix);
    const changed = this.#lastChange(storagePrefix(kind));
    if (cached !== undefined && cached.revision >= changed) return cached.objects as readonly T[];
    const objects = this.history.values(prefix, this.revision) as readonly T[];
    this.#cache.set(prefix, { revision: this.revision, objects });
    return objects;
  }

  /** The objects of a kind as of an earlier revision, compacted or not. */
  objectsAt<T extends KubeObject>(
    kind: KindDefinition<T>,
    revision: number,
    namespace?: string,
  ): readonly T[] {
    const prefix = storagePrefix(kind) + (namespace === undefined ? '' : `${namespace}/`);
    return this.history.values(prefix, revision) as readonly T[];
  }

  /** One object as it is now. */
  get<T extends KubeObject>(kind: KindDefinition<T>, namespace: string, name: string): T | undefined {
    return this.history.get(storageKey(kind, namespace, name), this.revision)?.value as T | undefined;
  }

  /** Calls `listener` for every change from now on, inside the commit: it takes note and returns. */
  onCommit(listener: (record: KeyValue<KubeObject>) => void): () => void {
    return this.etcd.observe(listener);
  }

  /**
   * Breaks or mends something, in the scenario format's words: `{kind: NodeDown, node: n1}`. Returns a
   * sentence when the fault cannot be read or done.
   */
  inject(fault: Readonly<Record<string, unknown>>): string | undefined {
    const kind = String(fault.kind ?? '');
    const definition = faults.find((candidate) => candidate.kind === kind);
    if (definition === undefined)
      return `unknown fault kind "${kind}": known are ${faults.map((candidate) => candidate.kind).join(', ')}`;
    for (const key of Object.keys(fault))
      if (key !== 'kind' && !definition.fields.includes(key))
        return `fault ${kind} has no field "${key}": it takes ${definition.fields.join(', ') || 'none'}`;
    return definition.inject(this, fault);
  }

  /** How the parts of the control plane and the add-ons are doing. */
  componentStates(): readonly ComponentState[] {
    return componentStates(this);
  }

  /** The last recorded scheduling decision about a pod, as of a revision. */
  decisionFor(
    namespace: string,
    pod: string,
    revision: number = this.revision,
  ): SchedulingDecision | undefined {
    let record = lastRecord(this.history, storageKey(podKind, namespace, pod), revision);
    while (record !== undefined) {
      if (isSchedulingDecision(record.cause.decision)) return record.cause.decision;
      record = record.previous;
    }
    return undefined;
  }

  /** The last exchanges over the network as of a time (ms since the epoch), oldest first, as far as they are kept. */
  trafficAt(time: number): readonly Exchange[] {
    return this.fabric.exchangesUntil(time);
  }

  /**
   * How an object came to be as it is, or was at a revision: the chain of recorded causes, oldest first,
   * in English or in other words.
   */
  why(
    kind: KindDefinition,
    namespace: string,
    name: string,
    { revision = this.revision, words }: WhyOptions = {},
  ): readonly WhyLine[] {
    return why(this.history, storageKey(kind, namespace, name), revision, words);
  }

  /** A hash over every revision: equal for equal runs. */
  stateHash(): string {
    return stateHash(this.history, this.revision);
  }

  /** Buys another ship: a machine that joins the cluster now. */
  addNode(spec: NodeSpec): Machine {
    const machine = this.#addMachine(spec, false);
    machine.powerOn();
    return machine;
  }

  #addMachine(spec: NodeSpec, controlPlane: boolean): Machine {
    const index = this.#nextIndex++;
    const images = [PAUSE_IMAGE, componentImage('kube-proxy'), COREDNS_IMAGE, ...(spec.images ?? [])];
    if (controlPlane)
      images.push(ETCD_IMAGE, ...STATIC_COMPONENTS.filter((name) => name !== 'etcd').map(componentImage));
    const machine = new Machine({
      sim: this.sim,
      fabric: this.fabric,
      registry: this.registry,
      programs: newPrograms(this, spec.name),
      spec: { ...spec, images },
      ip: nodeAddress(index),
      server: (this.spec.controlPlanes ?? 1) === 1 ? nodeAddress(0) : CONTROL_PLANE_ENDPOINT,
      podCIDR: podRange(index),
      controlPlane,
      transportTo: (server) => this.transportTo(spec.name, server),
      storage: this.cloud,
    });
    machine.host.up = false;
    this.#machines.set(spec.name, machine);
    this.#labeller.expect(spec.name, machine.administratorsLabels);
    return machine;
  }

  #applyAddons(): boolean {
    if (this.apiServer?.ready !== true) return false;
    const client = new Client(this.transport(this.controlPlane.name), {
      user: SUPER_ADMIN,
      component: 'kubeadm',
    });
    client.setCause({ component: 'kubeadm', trigger: 0, input: 'kubeadm init phase addon' });
    for (const addon of ADDONS) {
      const kind = kindByGVK(addon.apiVersion, addon.kind);
      if (kind === undefined) throw new Error(`addon of unknown kind ${addon.kind}`);
      const created = client.create(kind, addon);
      if (!created.ok && !isAlreadyExists(created.status)) return false;
    }
    return true;
  }

  #allReady(): boolean {
    const nodes = this.objects(nodeKind);
    return nodes.length >= this.#machines.size && nodes.every(isReady) && this.#proxiesReady();
  }

  /** A node without kube-proxy has no way to a Service yet. */
  #proxiesReady(): boolean {
    const proxies = this.get(daemonSetKind, 'kube-system', 'kube-proxy');
    return (proxies?.status?.numberReady ?? 0) >= this.#machines.size;
  }

  #dnsReady(): boolean {
    const dns = this.get(deploymentKind, 'kube-system', 'coredns');
    return (dns?.status?.readyReplicas ?? 0) >= (dns?.spec.replicas ?? 1);
  }

  /** The revision of the last change under a resource's prefix. */
  #lastChange(prefix: string): number {
    let revision = this.#changed.get(prefix);
    if (revision === undefined) {
      revision = this.revision;
      this.#changed.set(prefix, revision);
      this.etcd.observe((record) => {
        if (record.key.startsWith(prefix)) this.#changed.set(prefix, record.modRevision);
      });
    }
    return revision;
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.startsWith('127.');
}

function isReady(node: Node): boolean {
  return (
    node.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') === true &&
    nameOf(node) !== ''
  );
}
