// Draws the picture in the README: plays the real program in a pseudo-terminal and writes what the
// screen shows to assets/screenshot.svg. Run with `npm run screenshot` after a build.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';

const COLUMNS = 120;
const ROWS = 40;
const CELL_WIDTH = 8.4;
/** As high as a line of the usual fonts, so that frames have no gaps. */
const CELL_HEIGHT = 16.3;
const BACKGROUND = '#0d1b24';
const FOREGROUND = '#d5dde2';

/** The sixteen colours of the terminal, dark then bright. */
const BASE = [
  '#22313b',
  '#e5737d',
  '#8fce7e',
  '#e6c36a',
  '#6fb3e0',
  '#c792ea',
  '#68c7c1',
  '#d5dde2',
  '#5f7380',
  '#ff8f98',
  '#a9e39a',
  '#ffdc8a',
  '#8fcbf5',
  '#dcb0ff',
  '#86e0da',
  '#ffffff',
];

const root = fileURLToPath(new URL('../..', import.meta.url));
const state = mkdtempSync(join(tmpdir(), 'shipshape-'));
const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
const environment = {
  ...process.env,
  SHIPSHAPE_STATE: state,
  TERM: 'xterm-256color',
  COLORTERM: 'truecolor',
};
delete environment.CI;
delete environment.NO_COLOR;
const game = pty.spawn(
  process.execPath,
  ['dist/shipshape.js', 'play', 'change-of-crew', '--seed', '3', '--lang', 'en'],
  {
    cols: COLUMNS,
    rows: ROWS,
    cwd: root,
    env: environment,
  },
);
game.onData((data) => terminal.write(data));

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const PROBE = '        readinessProbe: {httpGet: {path: /readyz, port: 8080}, periodSeconds: 2}';
const ESC = '\u001b';
// A probe for the ferry, then its new version, which never gets ready: half of it is under way.
const keys = [
  [2500, 'e'],
  [300, `${ESC}[6~${ESC}[6~${ESC}[6~${ESC}[B${ESC}[F`],
  [300, PROBE],
  [600, '\u0013'],
  [200, `${ESC}[H`],
  [200, `${ESC}[H`],
  [300, ESC],
  [300, '+'],
  [100, '+'],
  [7500, ':'],
  [300, 'kubectl set image deployment/ferry ferry=harbour/ferry:2.0\r'],
  [300, ESC],
  [300, '1'],
  [3300, ''],
];
for (const [ms, text] of keys) {
  await pause(ms);
  if (text !== '') game.write(text);
}
writeFileSync(join(root, 'assets/screenshot.svg'), svg(terminal.buffer.active));
game.kill();
rmSync(state, { recursive: true, force: true });
process.exit(0);

function colour(cell, kind) {
  const value = kind === 'fg' ? cell.getFgColor() : cell.getBgColor();
  if (kind === 'fg' ? cell.isFgRGB() : cell.isBgRGB()) return `#${value.toString(16).padStart(6, '0')}`;
  if (kind === 'fg' ? cell.isFgDefault() : cell.isBgDefault()) return undefined;
  if (value < 16) return BASE[value];
  if (value >= 232) {
    const grey = (8 + (value - 232) * 10).toString(16).padStart(2, '0');
    return `#${grey}${grey}${grey}`;
  }
  const level = (n) => (n === 0 ? 0 : 55 + n * 40).toString(16).padStart(2, '0');
  const index = value - 16;
  return `#${level(Math.floor(index / 36))}${level(Math.floor(index / 6) % 6)}${level(index % 6)}`;
}

function svg(buffer) {
  const width = COLUMNS * CELL_WIDTH + 24;
  const height = ROWS * CELL_HEIGHT + 24;
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>`,
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" xml:space="preserve">`,
  ];
  for (let y = 0; y < ROWS; y++) out.push(...row(buffer.getLine(buffer.viewportY + y), y));
  out.push('</g>', '</svg>', '');
  return out.join('\n');
}

/** One text element for each run of cells that look alike, each with its own place: fonts differ in width. */
function row(line, y) {
  const out = [];
  let run;
  const flush = () => {
    if (run === undefined) return;
    const x = (12 + run.x * CELL_WIDTH).toFixed(1);
    const top = 12 + y * CELL_HEIGHT;
    const length = (run.cells * CELL_WIDTH).toFixed(1);
    if (run.bg !== undefined)
      out.push(
        `<rect x="${x}" y="${top.toFixed(1)}" width="${length}" height="${CELL_HEIGHT}" fill="${run.bg}"/>`,
      );
    if (run.text.trim() !== '') {
      const weight = run.bold ? ' font-weight="bold"' : '';
      const dim = run.dim ? ' opacity="0.65"' : '';
      const text = run.text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
      out.push(
        `<text x="${x}" y="${(top + 13).toFixed(1)}" textLength="${length}" fill="${run.fg}"${weight}${dim}>${text}</text>`,
      );
    }
    run = undefined;
  };
  for (let x = 0; x < COLUMNS; x++) {
    const cell = line?.getCell(x);
    if (cell === undefined || cell.getWidth() === 0) continue;
    const inverse = cell.isInverse() !== 0;
    const front = colour(cell, 'fg') ?? FOREGROUND;
    const back = colour(cell, 'bg');
    const fg = inverse ? (back ?? BACKGROUND) : front;
    const bg = inverse ? front : back;
    const bold = cell.isBold() !== 0;
    const dim = cell.isDim() !== 0;
    const chars = cell.getChars() || ' ';
    const alike = run !== undefined && run.fg === fg && run.bg === bg && run.bold === bold && run.dim === dim;
    if (!alike) flush();
    run ??= { x, cells: 0, text: '', fg, bg, bold, dim };
    run.text += chars;
    run.cells += cell.getWidth();
  }
  flush();
  return out;
}
