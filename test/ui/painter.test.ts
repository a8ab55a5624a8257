import { describe, expect, it } from 'vitest';
import { Painter } from '../../src/ui/painter.ts';

/** A painter whose time passes when a test says so. */
function start(): {
  readonly painter: Painter;
  readonly written: string[];
  readonly pass: (ms: number) => void;
  readonly settle: () => void;
  readonly show: (...rows: readonly string[]) => void;
} {
  let time = 0;
  let timers: { readonly at: number; readonly run: () => void }[] = [];
  let waiting: (() => void)[] = [];
  let rows: readonly string[] = ['one', 'two', 'three'];
  const written: string[] = [];
  const painter = new Painter({
    wall: {
      now: () => time,
      setTimeout: (run, ms) => {
        const timer = { at: time + ms, run };
        timers.push(timer);
        return timer;
      },
      clearTimeout: (timer) => {
        timers = timers.filter((other) => other !== timer);
      },
    },
    soon: (run) => waiting.push(run),
    write: (text) => written.push(text),
    draw: () => ({ rows: rows.map((text) => ({ text, width: text.length })) }),
  });
  painter.take(20, 3);
  written.length = 0;
  return {
    painter,
    written,
    pass(ms) {
      time += ms;
      const due = timers.filter(({ at }) => at <= time);
      timers = timers.filter(({ at }) => at > time);
      for (const { run } of due) run();
    },
    settle() {
      const now = waiting;
      waiting = [];
      for (const run of now) run();
    },
    show(...next) {
      rows = next;
      painter.request();
    },
  };
}

describe('the painter', () => {
  it('writes the rows that changed and no others, as one update', () => {
    const { written, pass, show } = start();
    show('one', 'zwei', 'three');
    pass(16);
    expect(written).toHaveLength(1);
    expect(written[0]).toContain('zwei');
    for (const other of ['one', 'three', '\u001b[2J']) expect(written[0]).not.toContain(other);
    expect(written[0]?.startsWith('\u001b[?2026h')).toBe(true);
    expect(written[0]).toContain('\u001b[?2026l');
  });

  it('writes nothing when nothing looks different', () => {
    const { painter, written, pass } = start();
    painter.request();
    pass(100);
    expect(written).toEqual([]);
  });

  it('draws at most every 16 ms what happens by itself', () => {
    const { written, pass, show } = start();
    show('1', '', '');
    pass(15);
    show('2', '', '');
    expect(written).toEqual([]);
    pass(1);
    expect(written).toHaveLength(1);
    expect(written[0]).toContain('2');
  });

  it('draws what a key did at once, although a frame was drawn a moment ago', () => {
    const { painter, written, pass, settle, show } = start();
    show('1', '', '');
    pass(16);
    pass(5);
    show('2', '', '');
    painter.hurry();
    settle();
    expect(written).toHaveLength(2);
    expect(written[1]).toContain('2');
  });

  it('draws the keys of one burst in one frame, and the next burst a little later', () => {
    const { painter, written, pass, settle, show } = start();
    pass(100);
    for (const text of ['a', 'ab', 'abc']) {
      show(text, '', '');
      painter.hurry();
    }
    settle();
    expect(written).toHaveLength(1);
    show('abcd', '', '');
    painter.hurry();
    settle();
    expect(written).toHaveLength(1);
    pass(4);
    expect(written).toHaveLength(2);
  });

  it('draws nothing for a key that changed nothing, and nothing once it was released', () => {
    const { painter, written, pass, settle, show } = start();
    pass(100);
    painter.hurry();
    settle();
    show('new', '', '');
    painter.hurry();
    painter.release();
    settle();
    pass(100);
    expect(written).toEqual([]);
  });

  it('draws everything anew for a terminal of another size', () => {
    const { painter, written } = start();
    painter.take(30, 3);
    expect(written[0]).toContain('\u001b[2J');
    for (const text of ['one', 'two', 'three']) expect(written[0]).toContain(text);
  });
});
