/** The characters that drawings are made of. Every one is one column wide. */
export interface Glyphs {
  /** Pods: ready; running, not ready; starting; pending; failing; terminating. */
  readonly ready: string;
  readonly running: string;
  readonly starting: string;
  readonly pending: string;
  readonly failing: string;
  readonly terminating: string;
  readonly done: string;
  /** Ships and components. */
  readonly up: string;
  readonly cordoned: string;
  readonly down: string;
  readonly unsure: string;
  readonly wheel: string;
  readonly star: string;
  readonly noStar: string;
  readonly play: string;
  readonly pause: string;
  readonly check: string;
  readonly half: string;
  readonly open: string;
  readonly cross: string;
  readonly arrow: string;
  readonly pointer: string;
  readonly mark: string;
  readonly squiggle: string;
  readonly dot: string;
  readonly ellipsis: string;
  /** Levels of a bar from lowest to highest. */
  readonly bars: string;
  readonly barFull: string;
  readonly barEmpty: string;
  readonly topLeft: string;
  readonly topRight: string;
  readonly bottomLeft: string;
  readonly bottomRight: string;
  readonly horizontal: string;
  readonly vertical: string;
  readonly teeLeft: string;
  readonly teeRight: string;
  readonly teeDown: string;
  readonly cross4: string;
  readonly doubleHorizontal: string;
  readonly doubleCorner: string;
  /** Decks and hulls. */
  readonly deck: string;
  readonly deckLeft: string;
  readonly deckRight: string;
  readonly hullLeft: string;
  readonly hullRight: string;
  readonly water: string;
  readonly island: string;
  readonly slopeLeft: string;
  readonly slopeRight: string;
  readonly buoy: string;
  readonly buoyLit: string;
  readonly buoyDone: string;
  readonly route: string;
  readonly routeDown: string;
}

/** For terminals with Unicode. */
export const UNICODE: Glyphs = Object.freeze({
  ready: '■',
  running: '▣',
  starting: '▤',
  pending: '□',
  failing: '✖',
  terminating: '░',
  done: '▪',
  up: '●',
  cordoned: '◌',
  down: '✖',
  unsure: '◍',
  wheel: '⎈',
  star: '★',
  noStar: '☆',
  play: '▶',
  pause: '‖',
  check: '✔',
  half: '◐',
  open: '□',
  cross: '✖',
  arrow: '→',
  pointer: '◀',
  mark: '▲',
  squiggle: '~',
  dot: '·',
  ellipsis: '…',
  bars: '▁▂▃▄▅▆▇█',
  barFull: '▇',
  barEmpty: '▁',
  topLeft: '╭',
  topRight: '╮',
  bottomLeft: '╰',
  bottomRight: '╯',
  horizontal: '─',
  vertical: '│',
  teeLeft: '├',
  teeRight: '┤',
  teeDown: '┬',
  cross4: '╪',
  doubleHorizontal: '═',
  doubleCorner: '╗',
  deck: '▔',
  deckLeft: '▕',
  deckRight: '▏',
  hullLeft: '╲',
  hullRight: '╱',
  water: '~',
  island: '█',
  slopeLeft: '▟',
  slopeRight: '▙',
  buoy: '○',
  buoyLit: '◎',
  buoyDone: '●',
  route: '╌',
  routeDown: '┊',
});

/** For terminals that can draw nothing but ASCII. */
export const ASCII: Glyphs = Object.freeze({
  ready: '#',
  running: '+',
  starting: '.',
  pending: '_',
  failing: 'x',
  terminating: ':',
  done: '=',
  up: 'o',
  cordoned: '-',
  down: 'x',
  unsure: '?',
  wheel: '&',
  star: '*',
  noStar: '.',
  play: '>',
  pause: '|',
  check: 'v',
  half: '~',
  open: '_',
  cross: 'x',
  arrow: '>',
  pointer: '<',
  mark: '^',
  squiggle: '~',
  dot: '.',
  ellipsis: '~',
  bars: '.:-=+*%#',
  barFull: '=',
  barEmpty: '.',
  topLeft: '+',
  topRight: '+',
  bottomLeft: '+',
  bottomRight: '+',
  horizontal: '-',
  vertical: '|',
  teeLeft: '+',
  teeRight: '+',
  teeDown: '+',
  cross4: '+',
  doubleHorizontal: '=',
  doubleCorner: '+',
  deck: '-',
  deckLeft: '|',
  deckRight: '|',
  hullLeft: '\\',
  hullRight: '/',
  water: '~',
  island: '#',
  slopeLeft: '/',
  slopeRight: '\\',
  buoy: 'o',
  buoyLit: '@',
  buoyDone: '*',
  route: '-',
  routeDown: ':',
});
