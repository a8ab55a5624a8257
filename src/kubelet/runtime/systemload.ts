import type { MachineStats } from '../cri.ts';
import type { MachineCpu } from './cpu.ts';
import { CpuUse } from './cpuuse.ts';
import type { MachineMemory } from './memory.ts';

/** What the system and its daemons take beside containers: millicores and bytes. */
const SYSTEM_CPU = 35;
const SYSTEM_MEMORY = 320 * 1024 * 1024;
/** The shares of system.slice: those of a core. */
const SYSTEM_WEIGHT = 1000;

/** A machine's own system: it takes a little beside the containers, and counts what all of them use since it booted. */
export class SystemLoad {
  readonly #cpu: MachineCpu;
  readonly #memory: MachineMemory;
  readonly #own: CpuUse;
  #bootedAt: number;
  /** Core time that was used before it booted, ms. */
  #usedBefore = 0;

  constructor(cpu: MachineCpu, memory: MachineMemory, now: number) {
    this.#cpu = cpu;
    this.#memory = memory;
    this.#own = new CpuUse(cpu, now, 0, SYSTEM_WEIGHT);
    this.#bootedAt = now;
    this.boot(now);
  }

  boot(now: number): void {
    this.#bootedAt = now;
    this.#usedBefore = this.#cpu.used(now);
    this.#own.setBase(Math.min(SYSTEM_CPU, this.#cpu.capacity / 20), now);
  }

  stop(now: number): void {
    this.#own.setBase(0, now);
  }

  stats(now: number): MachineStats {
    const { capacity, used } = this.#memory;
    return {
      startedAt: this.#bootedAt,
      cpuTime: this.#cpu.used(now) - this.#usedBefore,
      memory: Math.round(Math.min(capacity, used + Math.min(SYSTEM_MEMORY, capacity / 10))),
    };
  }
}
