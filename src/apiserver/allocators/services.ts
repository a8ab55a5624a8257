import type { Service, ServicePort, ServiceSpec } from '../../api/generated/types.ts';
import { mapShared, withField } from '../../api/kind.ts';
import {
  allocatesNodePorts,
  isHeadless,
  needsClusterIP,
  needsHealthCheck,
  needsNodePort,
} from '../../api/service.ts';
import { type FieldError, internal } from '../../apimachinery/fielderror.ts';
import type { Random } from '../../sim/random.ts';
import { clusterIPError, DEFAULT_SERVICE_CIDR, IPAllocator } from './ipallocator.ts';
import { settleFamilies } from './ipfamilies.ts';
import {
  DEFAULT_NODE_PORTS,
  nodePortError,
  nodePortsOf,
  PortAllocator,
  type PortRange,
} from './portallocator.ts';

/** A Service with what it was given, or why it gets nothing. `undo` gives back what is new. */
export type ServiceAllocation =
  | { readonly object: Service; readonly undo: () => void }
  | { readonly errors: readonly FieldError[] };

export interface ServiceRanges {
  /** One range, or one of each family; the first is the default family. */
  readonly cidrs?: readonly string[];
  readonly nodePorts?: PortRange;
}

/** In a dry run, stands in for any node port: one above the default range. */
const DRY_RUN_PORT = 32_768;
const NO_LIST: readonly never[] = Object.freeze([]);

/** What was taken so far, and what ended it: nothing more is taken after a refusal. */
interface Operation {
  readonly dryRun: boolean;
  readonly ips: string[];
  readonly ports: number[];
  refusal: FieldError | undefined;
}

/**
 * Gives Services their cluster IPs and node ports (pkg/registry/core/service/storage/alloc.go).
 * Whoever stores Services calls `create` or `update` before validation, `undo` if the write does not
 * happen (or was a dry run), `committed` and `deleted` after writes, and `rebuild` at its start.
 */
export class ServiceAllocators {
  readonly ips: readonly IPAllocator[];
  readonly nodePorts: PortAllocator;

  constructor(random: Random, ranges: ServiceRanges = {}) {
    this.ips = (ranges.cidrs ?? [DEFAULT_SERVICE_CIDR]).map((cidr) => new IPAllocator(random, cidr));
    this.nodePorts = new PortAllocator(random, ranges.nodePorts ?? DEFAULT_NODE_PORTS);
  }

  /** Forgets everything and takes what the stored Services have. */
  rebuild(services: Iterable<Service>): void {
    const list = [...services];
    for (const allocator of this.ips) allocator.rebuild(list);
    this.nodePorts.rebuild(list);
  }

  create(service: Service, dryRun = false): ServiceAllocation {
    return this.#allocate(service, undefined, dryRun);
  }

  update(next: Service, old: Service, dryRun = false): ServiceAllocation {
    return this.#allocate(next, old, dryRun);
  }

  /** Gives back what the Service had before the write and has no more. */
  committed(next: Service, old: Service | undefined): void {
    if (old === undefined || next.spec === old.spec) return;
    const [ips, ports] = [next.spec.clusterIPs ?? NO_LIST, nodePortsOf(next)];
    this.#release(
      (old.spec.clusterIPs ?? NO_LIST).filter((ip) => !ips.includes(ip)),
      nodePortsOf(old).filter((port) => !ports.includes(port)),
    );
  }

  /** Gives back all that the Service had. */
  deleted(service: Service): void {
    this.#release(service.spec.clusterIPs ?? NO_LIST, nodePortsOf(service));
  }

  #release(ips: readonly string[], ports: readonly number[]): void {
    for (const ip of ips) for (const allocator of this.ips) allocator.release(ip);
    for (const port of ports) this.nodePorts.release(port);
  }

  #allocate(next: Service, old: Service | undefined, dryRun: boolean): ServiceAllocation {
    // Of a type that does not exist: what the old one had is gone already, and validation will say the rest.
    if (old !== undefined && next.spec.type !== 'ExternalName' && !needsClusterIP(next.spec))
      return { object: next, undo: () => undefined };
    const settled = settleFamilies(
      next.spec,
      old?.spec,
      this.ips.map((allocator) => allocator.family),
    );
    if ('errors' in settled) return settled;
    const op: Operation = { dryRun, ips: [], ports: [], refusal: undefined };
    const undo = (): void => this.#release(op.ips, op.ports);
    const addressed = this.#addresses(op, settled.spec, old?.spec);
    const ported = this.#ports(op, addressed, old);
    const spec = this.#healthCheck(op, ported, old?.spec);
    if (op.refusal === undefined) return { object: spec === next.spec ? next : { ...next, spec }, undo };
    undo();
    return { errors: [op.refusal] };
  }

  /** An address of each family that has none yet; addresses that the Service has had stay out of it. */
  #addresses(op: Operation, spec: ServiceSpec, old: ServiceSpec | undefined): ServiceSpec {
    if (spec.type === 'ExternalName' || isHeadless(spec)) return spec;
    const kept = old === undefined || old.type === 'ExternalName' ? 0 : (old.clusterIPs ?? NO_LIST).length;
    if (old !== undefined && isHeadless(old)) return spec;
    const asked = spec.clusterIPs ?? NO_LIST;
    const clusterIPs = (spec.ipFamilies ?? NO_LIST).map((family, i) => {
      const ip = asked[i] ?? '';
      return i < kept ? ip : this.#address(op, family, ip, asked);
    });
    if (clusterIPs.length === asked.length && clusterIPs.every((ip, i) => ip === asked[i])) return spec;
    return { ...spec, clusterIPs, clusterIP: clusterIPs[0] ?? '' };
  }

  /** The address that is asked for, any if none is. */
  #address(op: Operation, family: string, ip: string, asked: readonly string[]): string {
    if (op.refusal !== undefined) return ip;
    const allocator = this.ips.find((candidate) => candidate.family === family);
    if (allocator === undefined) throw new Error(`no range of ${family} addresses`);
    if (op.dryRun) {
      const error = ip === '' ? undefined : allocator.outOfRange(ip);
      if (error !== undefined) op.refusal = clusterIPError(asked, ip, error);
      return ip === '' ? allocator.networkAddress : ip;
    }
    const allocated = ip === '' ? allocator.allocateNext() : allocator.allocate(ip);
    if (allocated.ok) op.ips.push(allocated.value);
    else if (ip !== '') op.refusal = clusterIPError(asked, ip, allocated.error);
    else op.refusal = internal('spec.clusterIPs', `failed to allocate a serviceIP: ${allocated.error}`);
    return allocated.ok ? allocated.value : ip;
  }

  #ports(op: Operation, spec: ServiceSpec, old: Service | undefined): ServiceSpec {
    if (!needsNodePort(spec) || spec.ports === undefined) return spec;
    const given = spec.ports;
    const automatic = allocatesNodePorts(spec);
    const choose = old === undefined ? this.#chooserOfCreate(op, given) : this.#chooserOfUpdate(op, old);
    const ports = mapShared(given, (port, i) => {
      if ((port.nodePort ?? 0) === 0 && !automatic) return port;
      return withField(port, 'nodePort', choose(port, i));
    });
    return withField(spec, 'ports', ports);
  }

  /** Ports of one number, as of DNS over TCP and UDP, share the node port that one of them names (initNodePorts). */
  #chooserOfCreate(op: Operation, ports: readonly ServicePort[]): (port: ServicePort, i: number) => number {
    const shared = new Map<number, number>();
    return ({ port: number, nodePort = 0 }, i) => {
      const known = shared.get(number);
      if (known !== undefined)
        return nodePort === 0 || nodePort === known ? known : this.#port(op, i, nodePort);
      const asked =
        ports.find((other) => other.port === number && (other.nodePort ?? 0) !== 0)?.nodePort ?? 0;
      const chosen = this.#port(op, i, asked);
      shared.set(number, chosen);
      return chosen;
    };
  }

  /** Node ports that the Service has, or was given in this operation, stay as they are (updateNodePorts). */
  #chooserOfUpdate(op: Operation, old: Service): (port: ServicePort, i: number) => number {
    const had = nodePortsOf(old);
    return ({ nodePort = 0 }, i) => {
      if (nodePort !== 0 && (had.includes(nodePort) || op.ports.includes(nodePort))) return nodePort;
      return this.#port(op, i, nodePort);
    };
  }

  /** The node port that is asked for, any if it is 0. */
  #port(op: Operation, at: number, asked: number): number {
    if (op.refusal !== undefined) return asked;
    if (op.dryRun) {
      const error = asked === 0 ? undefined : this.nodePorts.refusal(asked);
      if (error !== undefined) op.refusal = nodePortError(at, asked, error);
      return asked === 0 ? DRY_RUN_PORT + at : asked;
    }
    const allocated = asked === 0 ? this.nodePorts.allocateNext() : this.nodePorts.allocate(asked);
    if (allocated.ok) op.ports.push(allocated.value);
    else if (asked !== 0) op.refusal = nodePortError(at, asked, allocated.error);
    else
      op.refusal = internal(
        `spec.ports[${at}].nodePort`,
        `failed to allocate a nodePort: ${allocated.error}`,
      );
    return allocated.ok ? allocated.value : asked;
  }

  /** The node port on which load balancers ask a node for endpoints of its own. */
  #healthCheck(op: Operation, spec: ServiceSpec, old: ServiceSpec | undefined): ServiceSpec {
    if (op.refusal !== undefined || !needsHealthCheck(spec)) return spec;
    if (old !== undefined && needsHealthCheck(old)) return spec;
    const asked = spec.healthCheckNodePort ?? 0;
    if (op.dryRun) return asked === 0 ? { ...spec, healthCheckNodePort: DRY_RUN_PORT } : spec;
    const allocated = asked === 0 ? this.nodePorts.allocateNext() : this.nodePorts.allocate(asked);
    if (allocated.ok) {
      op.ports.push(allocated.value);
      return withField(spec, 'healthCheckNodePort', allocated.value);
    }
    const what = asked === 0 ? 'a HealthCheck NodePort 0' : `requested HealthCheck NodePort ${asked}`;
    op.refusal = internal('spec.healthCheckNodePort', `failed to allocate ${what}: ${allocated.error}`);
    return spec;
  }
}
