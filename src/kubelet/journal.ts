import type { Clock } from '../sim/clock.ts';

/** I: information, W: warning, E: error, as klog marks them. */
export type Severity = 'I' | 'W' | 'E';

/** A line that the kubelet wrote. */
export interface JournalEntry {
  /** ms since the epoch. */
  readonly time: number;
  readonly severity: Severity;
  /** The source file upstream writes such lines from, e.g. `kubelet.go`. */
  readonly source: string;
  /** In klog's structured style: `"SyncLoop ADD" source="api" pods=["default/web"]`. */
  readonly text: string;
}

const CAPACITY = 500;

/**
 * What `journalctl -u kubelet` reads: the last 500 lines. It belongs to the machine, so it is still
 * there when the kubelet has died.
 */
export class Journal {
  readonly #clock: Clock;
  readonly #entries: JournalEntry[] = [];
  #next = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  info(source: string, text: string): void {
    this.#add('I', source, text);
  }

  warning(source: string, text: string): void {
    this.#add('W', source, text);
  }

  error(source: string, text: string): void {
    this.#add('E', source, text);
  }

  /** The kept lines, oldest first; a fresh array. */
  entries(): JournalEntry[] {
    return [...this.#entries.slice(this.#next), ...this.#entries.slice(0, this.#next)];
  }

  #add(severity: Severity, source: string, text: string): void {
    this.#entries[this.#next] = { time: this.#clock.now(), severity, source, text };
    this.#next = (this.#next + 1) % CAPACITY;
  }
}

/** The line as klog prints it: `I0105 00:00:12.345000    1234 kubelet.go] "SyncLoop ADD" ...`. */
export function formatJournalEntry(entry: JournalEntry, pid: number): string {
  const iso = new Date(entry.time).toISOString();
  const date = iso.slice(5, 7) + iso.slice(8, 10);
  return `${entry.severity}${date} ${iso.slice(11, 23)}000 ${String(pid).padStart(7)} ${entry.source}] ${entry.text}`;
}
