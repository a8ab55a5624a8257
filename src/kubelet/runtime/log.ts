import { formatTime } from '../../apimachinery/time.ts';
import type { LogText } from '../apps/app.ts';
import type { LogOptions } from '../cri.ts';
import { OutputStream, type StreamName } from './stream.ts';

/** What one container may keep, bytes (UTF-16 units): older lines are lost. */
const MAX_BYTES = 256 * 1024;
/** Longer lines are cut, as the runtime cuts them at its buffer. */
const MAX_LINE = 16 * 1024;

/** One or more lines that were written at the same time. */
interface Entry {
  readonly time: number;
  readonly stream: StreamName;
  readonly text: string | LogText;
}

interface Follower {
  readonly stream: OutputStream;
  readonly options: LogOptions;
  left: number;
}

/** The output of one container, by lines with their times, the last `MAX_BYTES` of it. */
export class ContainerLog {
  #entries: Entry[] = [];
  #first = 0;
  #bytes = 0;
  /** Lines begun and not ended. */
  #partial: { stdout: string; stderr: string } | undefined;
  #followers: Follower[] | undefined;

  /** Appends whole lines, without the last newline. */
  add(time: number, stream: StreamName, text: string | LogText): void {
    const kept = typeof text === 'string' && text.length > MAX_LINE ? cutLines(text) : text;
    const entry = { time, stream, text: kept };
    if (this.#entries.length === 0) this.#entries = [entry];
    else this.#entries.push(entry);
    this.#bytes += sizeOf(entry);
    while (this.#bytes > MAX_BYTES && this.#first < this.#entries.length - 1) {
      this.#bytes -= sizeOf(this.#entries[this.#first++] as Entry);
    }
    if (this.#first > 1024 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
    if (this.#followers !== undefined) for (const follower of this.#followers) deliver(follower, entry);
  }

  /** Appends text as it is written; a line counts when it ends. */
  write(time: number, stream: StreamName, text: string): void {
    const before = this.#partial?.[stream] ?? '';
    const end = text.lastIndexOf('\n');
    if (end >= 0) this.add(time, stream, before + text.slice(0, end));
    const rest = end >= 0 ? text.slice(end + 1) : before + text;
    if (rest === '' && this.#partial === undefined) return;
    this.#partial ??= { stdout: '', stderr: '' };
    this.#partial[stream] = rest.slice(0, MAX_LINE);
  }

  /** The output has ended: what was begun is a line, followers are told. */
  end(time: number): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      const rest = this.#partial?.[stream] ?? '';
      if (rest !== '') this.add(time, stream, rest);
    }
    this.#partial = undefined;
    const followers = this.#followers ?? [];
    this.#followers = undefined;
    for (const { stream } of followers) stream.end(0);
  }

  /** What was written, and with `follow` (while the container runs) what comes. */
  open(options: LogOptions, running: boolean): OutputStream {
    const stream = new OutputStream({
      line: () => {},
      end: () => {},
      hangUp: () => {
        this.#followers = this.#followers?.filter((f) => f.stream !== stream);
      },
    });
    const follower: Follower = { stream, options, left: options.limitBytes ?? Number.POSITIVE_INFINITY };
    for (const entry of this.#selected(options)) deliver(follower, entry);
    if (options.follow && running && follower.left > 0) {
      this.#followers ??= [];
      this.#followers.push(follower);
    } else stream.end(0);
    return stream;
  }

  /** Bytes kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The entries from `sinceTime` on, the first one cut so that `tailLines` lines remain. */
  #selected(options: LogOptions): Entry[] {
    const since = options.sinceTime ?? Number.NEGATIVE_INFINITY;
    const entries = this.#entries.slice(this.#first).filter(({ time }) => time >= since);
    if (options.tailLines === undefined) return entries;
    const out: Entry[] = [];
    let wanted = options.tailLines;
    for (let i = entries.length - 1; i >= 0 && wanted > 0; i--) {
      const entry = entries[i] as Entry;
      const lines = linesOf(entry);
      const taken = lines.slice(-wanted);
      out.push(taken.length === lines.length ? entry : { ...entry, text: taken.join('\n') });
      wanted -= taken.length;
    }
    return out.reverse();
  }
}

function sizeOf({ text }: Entry): number {
  return (typeof text === 'string' ? text.length : text.bytes) + 1;
}

function linesOf({ text, time }: Entry): string[] {
  return (typeof text === 'string' ? text : text.render(time)).split('\n');
}

function cutLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.slice(0, MAX_LINE))
    .join('\n')
    .slice(-MAX_BYTES);
}

function deliver(follower: Follower, entry: Entry): void {
  const stamp = follower.options.timestamps ? `${stampOf(entry.time)} ` : '';
  let text = '';
  for (const line of linesOf(entry)) text += `${stamp}${line}\n`;
  if (text.length > follower.left) text = text.slice(0, follower.left);
  follower.left -= text.length;
  follower.stream.push(entry.stream, text);
  if (follower.left <= 0) follower.stream.end(0);
}

/** `2026-01-05T00:00:01.250000000Z`: nanoseconds, as the runtime writes them. */
function stampOf(time: number): string {
  const ms = String(time - Math.floor(time / 1000) * 1000).padStart(3, '0');
  return `${formatTime(time).slice(0, -1)}.${ms}000000Z`;
}
