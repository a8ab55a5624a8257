import { humanDuration } from '../../apimachinery/duration.ts';
import { bar, type Draw, isFresh, line, middle, percent, scrollTo } from '../draw.ts';
import type { CraneWork, HarbourModel, Ship } from '../model/harbour.ts';
import { EMPTY, fitRows, type Row, type RowBuilder } from '../theme/row.ts';
import { CRATE_WIDTH, componentMark, crateKey, findCrate, putCrate, putCrates, shipMark } from './crates.ts';

/** What the harbour is drawn with, beside the model. */
export interface SceneOptions {
  readonly width: number;
  readonly height: number;
  /** Virtual time, ms since the epoch. */
  readonly time: number;
  /** `namespace/pod` of the chosen crate. */
  readonly crate?: string;
  /** Name of a ship to keep in view. */
  readonly ship?: string;
}

const SHIP_WIDTH = 18;
const MAX_SHIP_WIDTH = 26;
/** Control ship, crane and arm; deck, hull, load. */
const CONTROL_ROWS = 5;
const HULL_ROWS = 3;
const MIN_STACK = 2;
const MAST = 7;

/** The harbour with drawn ships where they all fit, else with a line for each. */
export function drawHarbour(draw: Draw, model: HarbourModel, options: SceneOptions): Row[] {
  const { width, height } = options;
  const room = height - CONTROL_ROWS - HULL_ROWS - 1;
  const fits = model.ships.length * SHIP_WIDTH <= width && room >= MIN_STACK;
  const head = controlShip(draw, model, width);
  const chosen = chosenLine(draw, model, options);
  const body = fits
    ? drawShips(draw, model, { ...options, height: height - 3 - 1 })
    : [craneLine(draw, model.crane, width), ...shipLines(draw, model, { ...options, height: height - 5 })];
  return [...head, ...fitRows(body, height - 4), chosen];
}

/** What is said of the chosen crate, or how to read the crates. */
export function chosenLine(draw: Draw, model: HarbourModel, { width, crate }: SceneOptions): Row {
  const row = line(draw, width);
  if (crate === undefined) {
    for (const state of ['ready', 'running', 'starting', 'pending', 'failing', 'terminating'] as const) {
      const text = draw.t.legend[state];
      if (row.left < text.length + 6) break;
      row.put(draw.theme.glyphs[state], 'dim').put(` ${text}  `, 'dim');
    }
    return row.end();
  }
  for (const ship of [...model.ships, { name: '', crates: model.quay }]) {
    const found = findCrate(ship.crates, crate);
    if (found === undefined) continue;
    putCrate(draw, row, found, false);
    row.put(` ${found.pod}  `, 'bold').put(found.status);
    if (ship.name !== '') row.put(`  ${draw.theme.glyphs.arrow} ${ship.name}`, 'dim');
    return row.end();
  }
  return row.put(crate, 'dim').end();
}

/** Three rows: the control ship with its components. */
function controlShip(draw: Draw, model: HarbourModel, width: number): Row[] {
  const { glyphs } = draw.theme;
  const size = width;
  const top = line(draw, width).put(glyphs.topLeft, 'quiet').put(glyphs.horizontal, 'quiet');
  top.put(` ${draw.t.level.controlShip} `, 'plain');
  top.repeat(glyphs.horizontal, size - top.width - 1, 'quiet').put(glyphs.topRight, 'quiet');
  const middle = line(draw, width).put(glyphs.vertical, 'quiet').put(' ');
  const inner = line(draw, size - 4);
  putComponents(draw, inner, model);
  middle
    .row(inner.end())
    .to(size - 1)
    .put(glyphs.vertical, 'quiet');
  const bottom = line(draw, width)
    .put(glyphs.bottomLeft, 'quiet')
    .repeat(glyphs.horizontal, MAST - 1, 'quiet');
  bottom
    .put(glyphs.teeDown, 'quiet')
    .repeat(glyphs.horizontal, size - MAST - 2, 'quiet')
    .put(glyphs.bottomRight, 'quiet');
  return [top.end(), middle.end(), bottom.end()];
}

/** `radio ●  logbook ● rev 412  crane ● ...`, as many as fit. */
export function putComponents(draw: Draw, row: RowBuilder, model: HarbourModel): void {
  const names = draw.t.level.components;
  const order = Object.keys(names);
  const sorted = model.components.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  for (const component of sorted) {
    const name = Object.hasOwn(names, component.name)
      ? names[component.name as keyof typeof names]
      : component.name;
    const { glyph, style } = componentMark(draw, component);
    row
      .put(name, component.state === 'running' ? 'plain' : style)
      .put(' ')
      .put(glyph, style);
    if (component.name === 'etcd') row.put(` ${draw.t.level.revision(model.revision)}`, 'dim');
    row.put('  ');
  }
}

/** `web-7d4b9-x2kfp → cargo-2   filter 3 of 4, best 83` */
function craneLine(draw: Draw, crane: CraneWork | undefined, width: number): Row {
  const { glyphs } = draw.theme;
  const row = line(draw, width).to(MAST).put(glyphs.vertical, 'quiet').put(' ');
  if (crane === undefined) return row.end();
  const style = isFresh(draw, crane.changedAt) ? 'bold' : 'plain';
  row
    .put(middle(draw, crane.pod, Math.max(12, Math.floor(width / 3))), style)
    .put(` ${glyphs.arrow} `, 'dim');
  const filter = draw.t.level.craneFilter(crane.passed, crane.all);
  if (crane.node === undefined)
    return row.put(draw.t.level.craneNowhere, 'failing').put(`   ${filter}`, 'dim').end();
  row.put(crane.node, style === 'bold' ? ['accent', 'bold'] : 'accent');
  row.put(`   ${filter}`, 'dim');
  if (crane.best !== undefined) row.put(draw.t.level.craneBest(crane.best), 'dim');
  return row.end();
}

/** Crane, arm, what waits on the quay, and the ships side by side. */
function drawShips(draw: Draw, model: HarbourModel, options: SceneOptions): Row[] {
  const { width, height, crate } = options;
  const { glyphs } = draw.theme;
  const { ships } = model;
  const each = Math.min(MAX_SHIP_WIDTH, Math.max(SHIP_WIDTH, Math.floor(width / Math.max(1, ships.length))));
  const out: Row[] = [craneLine(draw, model.crane, width)];
  const target = ships.findIndex(({ name }) => name === model.crane?.node);
  const arm = line(draw, width).to(MAST);
  if (target < 0) arm.put(glyphs.vertical, 'quiet');
  else {
    const x = target * each + Math.floor(each / 2) - 1;
    const end = Math.max(MAST + 2, x);
    const style =
      model.crane !== undefined && isFresh(draw, model.crane.changedAt)
        ? (['accent', 'bold'] as const)
        : 'quiet';
    arm
      .put(glyphs.cross4, style)
      .repeat(glyphs.doubleHorizontal, end - MAST - 1, style)
      .put(glyphs.doubleCorner, style);
  }
  out.push(arm.end());
  const quay = quayLine(draw, model, width, crate);
  if (quay !== undefined) out.push(quay);
  if (ships.length === 0) return [...out, EMPTY, line(draw, width).put(draw.t.level.noShips, 'dim').end()];
  const stack = Math.max(1, height - out.length - HULL_ROWS);
  const pictures = ships.map((ship) => drawShip(draw, ship, each, stack, options));
  for (let y = 0; y < stack + HULL_ROWS; y++) {
    const row = line(draw, width);
    for (const [i, picture] of pictures.entries()) row.to(i * each).row(picture[y] ?? EMPTY);
    out.push(row.end());
  }
  return out;
}

function quayLine(
  draw: Draw,
  model: HarbourModel,
  width: number,
  chosen: string | undefined,
): Row | undefined {
  if (model.quay.length === 0) return undefined;
  const row = line(draw, width).put(` ${draw.t.level.quay}  `, 'waiting');
  putCrates(draw, row, model.quay, chosen);
  return row.end();
}

/** One ship: its crates stacked from the deck up, the hull with its name, and how loaded it is. */
function drawShip(draw: Draw, ship: Ship, width: number, stack: number, options: SceneOptions): Row[] {
  const { glyphs } = draw.theme;
  const deck = width - 4;
  const perRow = Math.max(1, Math.floor((deck - 1) / (CRATE_WIDTH + 1)));
  const hidden = Math.max(0, ship.crates.length - perRow * stack);
  const shown = hidden === 0 ? ship.crates : ship.crates.slice(0, perRow * stack - 2);
  const rows: Row[] = [];
  for (let level = stack - 1; level >= 0; level--) {
    const row = line(draw, width).to(2);
    for (const crate of shown.slice(level * perRow, (level + 1) * perRow)) {
      putCrate(draw, row, crate, options.crate === crateKey(crate));
      row.put(' ');
    }
    if (level === stack - 1 && hidden > 0)
      row.put(draw.t.level.more(ship.crates.length - shown.length), 'dim');
    rows.push(row.end());
  }
  const { glyph, style } = shipMark(draw, ship);
  const hull = ship.state === 'lost' ? 'lost' : 'quiet';
  rows.push(
    line(draw, width)
      .put(glyphs.deckLeft, hull)
      .repeat(glyphs.deck, deck, hull)
      .put(glyphs.deckRight, hull)
      .end(),
  );
  const name = line(draw, deck - 2);
  const fresh = isFresh(draw, ship.changedAt);
  name
    .put(middle(draw, ship.name, deck - 5), fresh || options.ship === ship.name ? 'bold' : 'plain')
    .put(' ')
    .put(glyph, fresh ? [style, 'bold'] : style);
  const body = name.end();
  const space = deck - 2 - body.width;
  rows.push(
    line(draw, width)
      .put(' ')
      .put(glyphs.hullLeft, hull)
      .repeat(' ', Math.floor(space / 2))
      .row(body)
      .repeat(' ', Math.ceil(space / 2))
      .put(glyphs.hullRight, hull)
      .end(),
  );
  rows.push(loadLine(draw, ship, width, options.time));
  return rows;
}

/** `cpu ▇▇▁▁ 51 %`, or what is wrong with the ship. */
function loadLine(draw: Draw, ship: Ship, width: number, time: number): Row {
  const row = line(draw, width - 1).put('  ');
  if (ship.state !== 'ready') return row.put(shipWords(draw, ship, time), shipMark(draw, ship).style).end();
  const load = Math.max(ship.cpu, ship.memory);
  const name = ship.cpu >= ship.memory ? 'cpu' : 'mem';
  row
    .put(`${name} `, 'dim')
    .put(bar(draw, load, 4), load > 0.9 ? 'waiting' : 'quiet')
    .put(` ${percent(load)}`, 'dim');
  return row.end();
}

function shipWords(draw: Draw, ship: Ship, time: number): string {
  const since = humanDuration(Math.max(0, time - ship.since));
  switch (ship.state) {
    case 'lost':
      return draw.t.level.lost(since);
    case 'notReady':
      return draw.t.level.notReady(since);
    case 'cordoned':
      return draw.t.level.cordoned;
    default:
      return draw.t.level.booting;
  }
}

/** A line for each ship and one for the quay; of many ships those around the chosen one. */
export function shipLines(draw: Draw, model: HarbourModel, options: SceneOptions): Row[] {
  const { width, height, crate, time } = options;
  const quay = quayLine(draw, model, width, crate);
  const out: Row[] = quay === undefined ? [] : [quay];
  if (model.ships.length === 0) out.push(line(draw, width).put(draw.t.level.noShips, 'dim').end());
  const room = height - out.length;
  const many = model.ships.length > room;
  const visible = many ? room - 1 : room;
  const at = Math.max(
    0,
    model.ships.findIndex(({ name }) => name === options.ship),
  );
  const first = many ? scrollTo(at, model.ships.length, visible) : 0;
  const longest = Math.max(6, ...model.ships.slice(first, first + visible).map(({ name }) => name.length));
  const nameWidth = Math.min(longest, Math.floor(width / 3));
  for (const ship of model.ships.slice(first, first + visible)) {
    const { glyph, style } = shipMark(draw, ship);
    const fresh = isFresh(draw, ship.changedAt);
    const row = line(draw, width)
      .put(' ')
      .cell(middle(draw, ship.name, nameWidth), nameWidth, options.ship === ship.name ? 'bold' : 'plain');
    row
      .put(' ')
      .put(glyph, fresh ? [style, 'bold'] : style)
      .put(' ');
    if (ship.state === 'ready')
      row.cell(percent(Math.max(ship.cpu, ship.memory)), 6, 'dim', 'right').put('  ');
    else row.put(shipWords(draw, ship, time), style).put(' ');
    putCrates(draw, row, ship.crates, crate);
    out.push(row.end());
  }
  const left = model.ships.length - visible;
  if (many)
    out.push(
      line(draw, width)
        .put(` ${draw.t.level.moreShips(left)}`, 'dim')
        .end(),
    );
  return out;
}
