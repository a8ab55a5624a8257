import { formatTime } from '../../apimachinery/time.ts';
import type { LogText } from '../apps/app.ts';
import type { LogOptions } from '../cri.ts';
import { OutputStream, type StreamName } from './stream.ts';

/** What one container may keep, bytes (UTF-16 units): older lines are lost. */
const MAX_BYTES = 256 * 1024;
/** Longer lines are cut, as the runtime cuts them at its buffer. */
const MAX_LINE = 16 * 1024;

/** One or more lines that were written at the same time, and as often as they were written in a row. */
interface Entry {
  readonly stream: StreamName;
  readonly text: string | LogText;
  /** When it was written first. */
  readonly time: number;
  /** When it was written again, oldest first. */
  again: number[] | undefined;
  /** How many of these times, the first one included, are no longer kept. */
  lost: number;
}

/** What was written at one time. */
interface Writing {
  readonly time: number;
  readonly stream: StreamName;
  readonly text: string | LogText;
}

interface Follower {
  readonly stream: OutputStream;
  readonly options: LogOptions;
  left: number;
}

/**
 * The output of one container, by lines with their times, the last `MAX_BYTES` of it. Most of what a
 * container prints are answers to probes: a text that repeats costs a number each time.
 */
export class ContainerLog {
  #entries: Entry[] = [];
  #first = 0;
  #bytes = 0;
  /** Lines begun and not ended. */
  #partial: { stdout: string; stderr: string } | undefined;
  #followers: Follower[] | undefined;

  /** Appends whole lines, without the last newline. */
  add(time: number, stream: StreamName, text: string | LogText): void {
    const kept = cut(time, text);
    const last = this.#entries.at(-1);
    if (last !== undefined && last.text === kept && last.stream === stream) {
      if (last.again === undefined) last.again = [time];
      else last.again.push(time);
    } else {
      const entry = { stream, text: kept, time, again: undefined, lost: 0 };
      if (last === undefined) this.#entries = [entry];
      else this.#entries.push(entry);
    }
    this.#bytes += sizeOf(kept);
    if (this.#bytes > MAX_BYTES) this.#forget();
    if (this.#followers !== undefined)
      for (const follower of this.#followers) deliver(follower, { time, stream, text: kept });
  }

  /** Loses the oldest lines until the rest fits; what was written last always stays. */
  #forget(): void {
    while (this.#bytes > MAX_BYTES) {
      const oldest = this.#entries[this.#first] as Entry;
      const left = (oldest.again?.length ?? 0) + 1 - oldest.lost;
      if (left === 1) {
        if (this.#first === this.#entries.length - 1) break;
        this.#first++;
      } else oldest.lost++;
      this.#bytes -= sizeOf(oldest.text);
      if (oldest.again !== undefined && oldest.lost > 1024 && oldest.lost * 2 > oldest.again.length) {
        oldest.again = oldest.again.slice(oldest.lost - 1);
        oldest.lost = 1;
      }
    }
    if (this.#first > 1024 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
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
    for (const writing of this.#selected(options)) deliver(follower, writing);
    if (options.follow && running && follower.left > 0) {
      this.#followers ??= [];
      this.#followers.push(follower);
    } else stream.end(0);
    return stream;
  }

  /** Whether somebody wants to see what is written when it is written. */
  get followed(): boolean {
    return this.#followers !== undefined && this.#followers.length > 0;
  }

  /** Bytes kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What was written from `sinceTime` on, the first part cut so that `tailLines` lines remain. */
  #selected(options: LogOptions): Writing[] {
    const since = options.sinceTime ?? Number.NEGATIVE_INFINITY;
    const writings = this.#writings().filter(({ time }) => time >= since);
    if (options.tailLines === undefined) return writings;
    const out: Writing[] = [];
    let wanted = options.tailLines;
    for (let i = writings.length - 1; i >= 0 && wanted > 0; i--) {
      const writing = writings[i] as Writing;
      const lines = linesOf(writing);
      const taken = lines.slice(-wanted);
      out.push(taken.length === lines.length ? writing : { ...writing, text: taken.join('\n') });
      wanted -= taken.length;
    }
    return out.reverse();
  }

  /** All that is kept, oldest first. */
  #writings(): Writing[] {
    const out: Writing[] = [];
    for (const { stream, text, time, again, lost } of this.#entries.slice(this.#first)) {
      if (lost === 0) out.push({ time, stream, text });
      if (again === undefined) continue;
      for (let i = Math.max(0, lost - 1); i < again.length; i++)
        out.push({ time: again[i] as number, stream, text });
    }
    return out;
  }
}

function sizeOf(text: string | LogText): number {
  return (typeof text === 'string' ? text.length : text.bytes) + 1;
}

function linesOf({ text, time }: Writing): string[] {
  return rendered(time, text).split('\n');
}

function rendered(time: number, text: string | LogText): string {
  return typeof text === 'string' ? text : text.render(time);
}

/** The text with its lines cut to what is kept of a line. */
function cut(time: number, text: string | LogText): string | LogText {
  if ((typeof text === 'string' ? text.length : text.bytes) <= MAX_LINE) return text;
  return rendered(time, text)
    .split('\n')
    .map((line) => line.slice(0, MAX_LINE))
    .join('\n')
    .slice(-MAX_BYTES);
}

function deliver(follower: Follower, writing: Writing): void {
  const stamp = follower.options.timestamps ? `${stampOf(writing.time)} ` : '';
  let text = '';
  for (const line of linesOf(writing)) text += `${stamp}${line}\n`;
  if (text.length > follower.left) text = text.slice(0, follower.left);
  follower.left -= text.length;
  follower.stream.push(writing.stream, text);
  if (follower.left <= 0) follower.stream.end(0);
}

/** `2026-01-05T00:00:01.250000000Z`: nanoseconds, as the runtime writes them. */
function stampOf(time: number): string {
  const ms = String(time - Math.floor(time / 1000) * 1000).padStart(3, '0');
  return `${formatTime(time).slice(0, -1)}.${ms}000000Z`;
}
