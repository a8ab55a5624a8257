import type { Service } from '../../api/generated/types.ts';
import { type FieldError, invalid } from '../../apimachinery/fielderror.ts';
import type { Random } from '../../sim/random.ts';
import { type Allocated, OffsetRange, RANGE_FULL } from './range.ts';

/** `--service-node-port-range`: 30000-32767. */
export const DEFAULT_NODE_PORTS: PortRange = Object.freeze({ base: 30_000, size: 2768 });

export interface PortRange {
  readonly base: number;
  readonly size: number;
}

const ALLOCATED = 'provided port is already allocated';

/** How many of the first ports dynamic allocation avoids (portallocator calculateRangeOffset). */
function bandOf(size: number): number {
  return size <= 16 ? 0 : Math.min(128, Math.max(16, Math.floor(size / 32)));
}

/**
 * The node ports of the cluster (pkg/registry/core/service/portallocator). A port is taken for all
 * protocols at once. Nothing is stored: `rebuild` reads it all from the Services.
 */
export class PortAllocator {
  readonly range: PortRange;
  readonly #offsets: OffsetRange;

  constructor(random: Random, range: PortRange = DEFAULT_NODE_PORTS) {
    this.range = range;
    this.#offsets = new OffsetRange(range.size, bandOf(range.size), random);
  }

  get free(): number {
    return this.range.size - this.#offsets.used;
  }

  has(port: number): boolean {
    return this.#contains(port) && this.#offsets.has(port - this.range.base);
  }

  /** Takes the port that was asked for. */
  allocate(port: number): Allocated<number> {
    const error = this.refusal(port);
    if (error !== undefined) return { ok: false, error };
    this.#offsets.take(port - this.range.base);
    return { ok: true, value: port };
  }

  /** Why a port cannot be taken now; undefined if it can. */
  refusal(port: number): string | undefined {
    if (!this.#contains(port)) {
      const { base, size } = this.range;
      return `provided port is not in the valid range. The range of valid ports is ${base}-${base + size - 1}`;
    }
    return this.has(port) ? ALLOCATED : undefined;
  }

  /** Takes any port. */
  allocateNext(): Allocated<number> {
    const offset = this.#offsets.takeNext();
    if (offset === undefined) return { ok: false, error: RANGE_FULL };
    return { ok: true, value: this.range.base + offset };
  }

  /** Marks the ports of a stored Service as taken; ports outside the range do not matter. */
  occupy(service: Service): void {
    for (const port of nodePortsOf(service))
      if (this.#contains(port)) this.#offsets.take(port - this.range.base);
  }

  /** Gives a port back; nothing happens if it was free or is not of the range. */
  release(port: number): void {
    if (this.#contains(port)) this.#offsets.release(port - this.range.base);
  }

  /** Forgets everything and takes what these Services have. */
  rebuild(services: Iterable<Service>): void {
    this.#offsets.clear();
    for (const service of services) this.occupy(service);
  }

  #contains(port: number): boolean {
    return Number.isInteger(port) && port >= this.range.base && port < this.range.base + this.range.size;
  }
}

/** The node ports that a Service has, each once, that for health checks among them. */
export function nodePortsOf(service: Service): readonly number[] {
  const { ports = [], healthCheckNodePort = 0 } = service.spec;
  const given = [...ports.map((port) => port.nodePort ?? 0), healthCheckNodePort];
  return [...new Set(given.filter((port) => port !== 0))];
}

/** The field error of a node port that was refused. */
export function nodePortError(index: number, port: number, error: string): FieldError {
  return invalid(`spec.ports[${index}].nodePort`, port, error);
}
