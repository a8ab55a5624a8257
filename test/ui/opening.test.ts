import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StartProgress } from '../../src/game/types.ts';
import { pasteText, pressKey } from '../../src/ui/control/dispatch.ts';
import { startLevel } from '../../src/ui/control/menus.ts';
import { Ui } from '../../src/ui/control/ui.ts';
import { drawFrame } from '../../src/ui/frame.ts';
import type { InkKey } from '../../src/ui/keys.ts';
import { texts } from '../../src/ui/texts/registry.ts';
import { createTheme } from '../../src/ui/theme/theme.ts';
import { FakeHost } from './fakehost.ts';

const SLICES: readonly StartProgress[] = [
  { stage: 'loading', done: 0, all: 1 },
  { stage: 'controlPlane', done: 0, all: 1 },
  { stage: 'nodes', done: 1, all: 3 },
  { stage: 'settling', done: 0, all: 4 },
];

let folder: string;
let host: FakeHost;
let ui: Ui;
let timers: (() => void)[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shipshape-opening-'));
  host = new FakeHost(folder);
  host.slices = SLICES;
  timers = [];
  let looks = 0;
  ui = new Ui(host, {
    // Each look at the clock is a long time after the one before: one slice, one step.
    now: () => 100 * looks++,
    setTimeout: (run) => timers.push(run),
    clearTimeout: () => {
      timers = [];
    },
  });
});

afterEach(() => {
  ui.close();
  rmSync(folder, { recursive: true, force: true });
});

const KEY = {} as InkKey;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of rows.
const COLOURS = /\u001b\[[0-9;]*m/g;

function nextSlice(): void {
  const [slice] = timers.splice(0, 1);
  slice?.();
}

function screen(): string {
  const theme = createTheme({ colour: false, ascii: true });
  const draw = { theme, t: texts.en, language: 'en', now: 0, columns: 100, rows: 30 } as const;
  return drawFrame(draw, ui.state, host)
    .rows.map(({ text }) => text)
    .join('\n')
    .replaceAll(COLOURS, '');
}

/** Lets the level open; true once it did. */
function open(): boolean {
  for (let i = 0; i < 20 && ui.state.screen === 'opening'; i++) nextSlice();
  return ui.state.screen === 'level';
}

describe('a level that is being started', () => {
  it('shows its briefing and how far it is before any of the work is done', () => {
    startLevel(ui, '2-1');
    expect(ui.state.screen).toBe('opening');
    expect(host.sessions).toHaveLength(0);
    expect(screen()).toContain('a Deployment called web');
    expect(screen()).toContain(texts.en.opening.loading);
  });

  it('tells which stage is under way and how many ships have come in', () => {
    startLevel(ui, '2-1');
    while (ui.state.opening?.progress.stage !== 'nodes') nextSlice();
    expect(screen()).toContain(`${texts.en.opening.nodes}  1 / 3`);
  });

  it('opens in slices between which other things can happen', () => {
    startLevel(ui, '2-1');
    let slices = 0;
    for (; ui.state.screen === 'opening'; slices++) nextSlice();
    expect(slices).toBe(SLICES.length);
    expect(ui.state.screen).toBe('level');
    expect(ui.state.opening).toBeUndefined();
  });

  it('keeps what is typed ahead for the level', () => {
    startLevel(ui, '2-1');
    pressKey(ui, ':', KEY);
    pressKey(ui, 'kubectl get q', KEY);
    pasteText(ui, 'uota');
    pressKey(ui, '', { ...KEY, return: true });
    expect(open()).toBe(true);
    expect(host.sessions[0]?.acted).toMatchObject([{ type: 'command', line: 'kubectl get quota' }]);
  });

  it('goes back to the chart with Esc, and nothing opens afterwards', () => {
    startLevel(ui, '2-1');
    pressKey(ui, '', { ...KEY, escape: true });
    expect(ui.state.screen).toBe('chart');
    for (let i = 0; i < 10; i++) nextSlice();
    expect(ui.state.screen).toBe('chart');
    expect(host.sessions).toHaveLength(0);
  });

  it('asks before the program ends, and stays open to ask', () => {
    startLevel(ui, '2-1');
    pressKey(ui, 'c', { ...KEY, ctrl: true });
    expect(ui.state.overlay).toMatchObject({ kind: 'confirm', what: 'exit' });
    expect(open()).toBe(true);
    expect(ui.state.overlay).toMatchObject({ kind: 'confirm', what: 'exit' });
  });

  it.each<[string, string, string, RegExp]>([
    ['begun anew', '2-1', 'y', /the level has changed/],
    ['left for the title', '2-1', 'n', /the level has changed/],
    ['left for the title when it has gone', '9-9', 'y', /its level is not there any more/],
  ])('is %s when the game that was left cannot be taken up, which is said', (what, levelId, key, said) => {
    host.savedGame = { levelId, elapsed: 1000 };
    host.fits = false;
    pressKey(ui, '', { ...KEY, return: true });
    open();
    expect(ui.state.screen).toBe('title');
    expect(screen().replaceAll(/\s*\|[\s|]*/g, ' ')).toMatch(said);
    pressKey(ui, key, KEY);
    expect(ui.state.overlay).toBeUndefined();
    expect(host.calls).toEqual(what === 'begun anew' ? ['new 2-1'] : []);
  });

  it('says when what was done came out differently than in the build that left it', () => {
    host.savedGame = { levelId: '2-1', elapsed: 1000 };
    host.differs = true;
    pressKey(ui, '', { ...KEY, return: true });
    expect(open()).toBe(true);
    expect(ui.level?.notice).toContain('came out differently');
  });
});

describe('undo and reset', () => {
  /** As far as the level with a move, whose undo takes these slices. */
  function moved(): void {
    startLevel(ui, '2-1');
    open();
    const [session] = host.sessions;
    if (session === undefined) throw new Error('no session');
    session.log = [{ at: 0, action: { type: 'command', line: 'x' } }];
    session.slices = [
      ...SLICES,
      { stage: 'replay', done: 30, all: 90 },
      { stage: 'replay', done: 60, all: 90 },
    ];
  }

  it('tell how far they are when they take a while, and come back to the level as it was left', () => {
    moved();
    pressKey(ui, '4', KEY);
    const before = ui.level?.session;
    pressKey(ui, 'u', KEY);
    expect(ui.state.screen).toBe('opening');
    for (let i = 0; i < 20 && !screen().includes('30 / 90'); i++) nextSlice();
    expect(screen()).toContain('What you did is done again  30 / 90');
    expect(open()).toBe(true);
    expect(ui.level?.session).not.toBe(before);
    expect(ui.level).toMatchObject({ tab: 'objects', notice: 'Took back the last move.' });
  });

  it('keep what is typed ahead for the level', () => {
    moved();
    pressKey(ui, 'u', KEY);
    pressKey(ui, ':', KEY);
    pressKey(ui, 'date', KEY);
    expect(open()).toBe(true);
    expect(ui.level).toMatchObject({ typing: true, prompt: { lines: ['date'] } });
  });

  it('can be given up', () => {
    moved();
    const before = ui.level?.session;
    pressKey(ui, 'r', KEY);
    pressKey(ui, 'y', KEY);
    expect(ui.state.screen).toBe('opening');
    pressKey(ui, '', { ...KEY, escape: true });
    expect([ui.state.screen, ui.level?.session]).toEqual(['level', before]);
  });

  it('keep what another program saved meanwhile', () => {
    moved();
    pressKey(ui, 'u', KEY);
    expect(ui.state.screen).toBe('opening');
    writeFileSync(join(folder, '2-1', 'web.yaml'), 'kind: Pod\n');
    ui.folder?.refresh();
    expect(open()).toBe(true);
    expect(ui.level?.session.files.get('web.yaml')).toBe('kind: Pod\n');
    expect(readFileSync(join(folder, '2-1', 'web.yaml'), 'utf8')).toBe('kind: Pod\n');
  });
});
