import { clock, type Draw, line, type Picture } from '../draw.ts';
import { SPEEDS, type UiHost, type UiSettings } from '../host.ts';
import { keyRow } from '../panels/keyline.ts';
import type { UiState } from '../store.ts';
import { texts } from '../texts/registry.ts';
import { EMPTY, fitRows, type Row } from '../theme/row.ts';
import { textWidth, wrapText } from '../theme/width.ts';
import { countStars, levelTitle } from './catalog.ts';

/** What a line of the title's menu does. */
export type TitleItem = 'continue' | 'chart' | 'sandbox' | 'settings' | 'quit';

/** The title's menu; there is something to continue only when a game was left. */
export function titleItems(host: UiHost): readonly TitleItem[] {
  const rest: readonly TitleItem[] = ['chart', 'sandbox', 'settings', 'quit'];
  return host.progress.saved() === undefined ? rest : ['continue', ...rest];
}

/** The rows of the settings screen. */
export const SETTINGS = Object.freeze(['language', 'colour', 'glyphs', 'speed'] as const);

const CHOICES = {
  language: ['en', 'ko'],
  colour: ['auto', 'on', 'off'],
  glyphs: ['auto', 'unicode', 'ascii'],
  speed: SPEEDS,
} as const;

/** The settings with one of them moved on by `step` choices. */
export function turnSetting(settings: UiSettings, name: (typeof SETTINGS)[number], step: number): UiSettings {
  const choices: readonly unknown[] = CHOICES[name];
  const at = choices.indexOf(settings[name]);
  const next = choices[(at + step + choices.length) % choices.length];
  return { ...settings, [name]: next };
}

/** The ship on the title: our own, of blocks, with her name on the hull. */
const LOGO = [
  '                      __|__',
  '                       |#|      #W #W #W',
  '                 _____ |#| ___  #N #N #R #D  ___',
  '                |_o_o_||_||___|_#N_#R_#W_#D_|___|',
  '   \\                                               /',
  '    \\      S  H  I  P  S  H  A  P  E              /',
  '     \\___________________________________________/',
];

/** Keeps the sea in one phase: nothing moves that has not changed. */
function sea(draw: Draw, width: number, shift: number): Row {
  const wave = `${draw.theme.glyphs.water}   ${draw.theme.glyphs.water}${draw.theme.glyphs.water}  `;
  return line(draw, width)
    .put(wave.repeat(Math.ceil(width / wave.length) + 1).slice(shift, shift + width), 'quiet')
    .end();
}

/** The ship, coloured: crates in their colours, the hull quiet. */
function logoRow(draw: Draw, text: string): Row {
  const row = line(draw, textWidth(text));
  const marks: Readonly<Record<string, 'app0' | 'app1' | 'app2' | 'app3'>> = {
    W: 'app0',
    N: 'app1',
    R: 'app2',
    D: 'app3',
  };
  const crates = text.split(/(#[WNRD])/);
  for (const part of crates) {
    const colour = part.length === 2 && part.startsWith('#') ? marks[part.slice(1)] : undefined;
    if (colour !== undefined) row.put(draw.theme.glyphs.ready, 'ready').put(part.slice(1), colour);
    else if (/S {2}H/.test(part)) {
      const [before = '', name = '', after = ''] = part.split(/(S {2}H.*E)/);
      row.put(before, 'quiet').put(name, 'title').put(after, 'quiet');
    } else row.put(part.replaceAll('#', '|'), 'quiet');
  }
  return row.end();
}

function centred(draw: Draw, row: Row): Row {
  return line(draw, draw.columns)
    .to(Math.floor((draw.columns - row.width) / 2))
    .row(row)
    .end();
}

/** Title: the ship and the menu. */
export function titleScreen(draw: Draw, state: UiState, host: UiHost): Picture {
  const { t } = draw;
  const items = titleItems(host);
  const saved = host.progress.saved();
  const notes: Partial<Record<TitleItem, string>> = {
    chart: t.title.chartNote(...countStars(host)),
    sandbox: t.title.sandboxNote,
    ...(saved === undefined
      ? {}
      : { continue: t.title.continueNote(levelTitle(host, saved.levelId, draw), clock(saved.elapsed)) }),
  };
  const width = Math.min(draw.columns, 58);
  const menu = items.map((item, i) => {
    const chosen = state.menu === i;
    const row = line(draw, width).put(chosen ? ` ${draw.theme.glyphs.play} ` : '   ', 'accent');
    row.cell(t.title[item], 16, chosen ? ['accent', 'bold'] : 'plain').put(notes[item] ?? '', 'dim');
    return centred(draw, row.fill());
  });
  const logo = LOGO.map((text) => logoRow(draw, text));
  const logoWidth = Math.max(...logo.map((row) => row.width));
  const pad = Math.max(0, Math.floor((draw.columns - logoWidth) / 2));
  const head = [
    ...logo.map((row) => line(draw, draw.columns).to(pad).row(row).end()),
    sea(draw, draw.columns, 0),
    sea(draw, draw.columns, 3),
  ];
  const tagline = centred(draw, line(draw, draw.columns).put(t.title.tagline, 'dim').end());
  const body = [...head, EMPTY, tagline, EMPTY, ...menu];
  const above = Math.max(0, Math.floor((draw.rows - 1 - body.length) / 3));
  return { rows: [...fitRows([...fitRows([], above), ...body], draw.rows - 1), keyRow(draw, 'menu')] };
}

/** Settings: a value each, changed with left and right. */
export function settingsScreen(draw: Draw, state: UiState): Picture {
  const { t } = draw;
  const { settings } = state;
  const rows = SETTINGS.map((name, i) => {
    const chosen = state.menu === i;
    const row = line(draw, draw.columns)
      .put('   ')
      .put(chosen ? `${draw.theme.glyphs.play} ` : '  ', 'accent');
    row.cell(t.settings[name], 24, chosen ? 'bold' : 'plain');
    return row.put(`< ${settingWords(draw, settings, name)} >`, chosen ? ['accent', 'bold'] : 'dim').end();
  });
  return menuPage(draw, t.settings.heading, rows);
}

function settingWords({ t }: Draw, settings: UiSettings, name: (typeof SETTINGS)[number]): string {
  if (name === 'language') return texts[settings.language].name;
  if (name === 'speed') return settings.speed === 'max' ? t.level.max : `x${settings.speed}`;
  return t.settings.values[settings[name]];
}

/** The sandbox's start: how many ships, and how large. */
export function sandboxScreen(draw: Draw, state: UiState): Picture {
  const { t, theme, columns } = draw;
  const { fleet, menu } = state;
  const choice = (at: number, words: string, value: string): Row =>
    line(draw, columns)
      .put('   ')
      .put(menu === at ? `${theme.glyphs.play} ` : '  ', 'accent')
      .cell(words, 24, menu === at ? 'bold' : 'plain')
      .put(`< ${value} >`, menu === at ? ['accent', 'bold'] : 'dim')
      .end();
  const picture = line(draw, columns).put('     ');
  for (let i = 0; i < fleet.ships && picture.left > 8; i++)
    picture.put(`${theme.glyphs.hullLeft}__${theme.glyphs.hullRight} `, 'quiet');
  return menuPage(draw, t.sandbox.heading, [
    ...wrapText(t.sandbox.hint, columns - 8).map((words) =>
      line(draw, columns).put(`     ${words}`, 'dim').end(),
    ),
    EMPTY,
    choice(0, t.sandbox.ask, String(fleet.ships)),
    choice(1, t.sandbox.size, t.sandbox.sizeOf(fleet.cpu, fleet.memory)),
    EMPTY,
    picture.end(),
  ]);
}

/** A heading, some rows, the keys. */
function menuPage(draw: Draw, heading: string, rows: readonly Row[]): Picture {
  const head = line(draw, draw.columns)
    .put('   ')
    .put(draw.theme.glyphs.wheel, 'accent')
    .put(` ${heading}`, 'title')
    .end();
  return { rows: [...fitRows([EMPTY, head, EMPTY, ...rows], draw.rows - 1), keyRow(draw, 'choice')] };
}
