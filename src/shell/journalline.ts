import type { Machine } from '../cluster/machine.ts';
import { formatJournalEntry, type JournalEntry } from '../kubelet/journal.ts';

/** A line of the kubelet's log as journald prints it: `Jan 05 00:00:12 cargo-1 kubelet[700]: I0105 ...`. */
export function journalLine(machine: Machine, entry: JournalEntry): string {
  const { pid } = machine.kubelet;
  const at = new Date(entry.time).toUTCString();
  // Mon, 05 Jan 2026 00:00:12 GMT -> Jan 05 00:00:12
  const stamp = `${at.slice(8, 11)} ${at.slice(5, 7)} ${at.slice(17, 25)}`;
  return `${stamp} ${machine.name} kubelet[${pid}]: ${formatJournalEntry(entry, pid)}`;
}
