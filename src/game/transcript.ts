import type { TranscriptEntry } from './types.ts';

const MAX_ENTRIES = 2000;
/** Characters of one entry: output is joined up to here. */
const MAX_ENTRY = 8000;
/** Characters of all entries. */
const MAX_TOTAL = 1_000_000;

/** What was typed and what came back, the oldest forgotten first. */
export class Transcript {
  #entries: TranscriptEntry[] = [];
  #total = 0;
  #nextId = 1;
  #view: readonly TranscriptEntry[] | undefined;

  get entries(): readonly TranscriptEntry[] {
    this.#view ??= this.#entries.slice();
    return this.#view;
  }

  /** Adds a text. Output that goes on where the last entry ended becomes part of it. */
  add(at: number, kind: TranscriptEntry['kind'], text: string, prompt?: string): void {
    // A line typed at a prompt is an entry even when it is empty.
    if (text === '' && prompt !== undefined) this.#add(at, kind, '', prompt);
    for (let start = 0; start < text.length; start += MAX_ENTRY)
      this.#add(at, kind, text.slice(start, start + MAX_ENTRY), start === 0 ? prompt : undefined);
  }

  /** Adds what was typed behind a prompt that a program wrote itself: it stands in the same line. */
  echo(at: number, line: string): void {
    const last = this.#entries.at(-1);
    if (last === undefined || last.kind !== 'stdout' || last.text.endsWith('\n')) {
      this.add(at, 'command', line, '');
      return;
    }
    this.#entries[this.#entries.length - 1] = { ...last, id: this.#nextId++, text: `${last.text}${line}\n` };
    this.#total += line.length + 1;
    this.#view = undefined;
  }

  #add(at: number, kind: TranscriptEntry['kind'], text: string, prompt?: string): void {
    const last = this.#entries.at(-1);
    const isOutput = kind === 'stdout' || kind === 'stderr';
    this.#total += text.length;
    if (isOutput && last?.kind === kind && last.at === at && last.text.length + text.length <= MAX_ENTRY)
      this.#entries[this.#entries.length - 1] = { id: this.#nextId++, at, kind, text: last.text + text };
    else
      this.#entries.push({ id: this.#nextId++, at, kind, text, ...(prompt === undefined ? {} : { prompt }) });
    let dropped = 0;
    while (this.#entries.length - dropped > MAX_ENTRIES || this.#total > MAX_TOTAL)
      this.#total -= this.#entries[dropped++]?.text.length ?? 0;
    // Dropped in batches would be cheaper still, but entries are few a second.
    if (dropped > 0) this.#entries.splice(0, dropped);
    this.#view = undefined;
  }
}
