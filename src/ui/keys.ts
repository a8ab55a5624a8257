import { JAMO_KEYS, jamoOf } from './jamo.ts';
import type { UiTexts } from './texts/registry.ts';
import type { Theme } from './theme/theme.ts';

/** Where keys are pressed. A context falls back on others: see `FALLBACK`. */
export type Context = keyof UiTexts['help']['contexts'];

/** What a key does; its words are in the texts. */
export type CommandId = keyof UiTexts['keys'];

/** One line of the table. */
export interface Binding {
  readonly context: Context;
  /** Names of keys, the first one is shown: `ctrl+s`, `up`, `?`. */
  readonly keys: readonly string[];
  readonly command: CommandId;
  /** Shown in the key line at the bottom, the lower the earlier. */
  readonly hint?: number;
}

/**
 * The one table of keys. No other place knows which key does what: input is looked up here, the key
 * line and the help window are written from here.
 */
export const bindings: readonly Binding[] = Object.freeze([
  { context: 'everywhere', keys: ['ctrl+z'], command: 'suspend' },
  { context: 'everywhere', keys: ['escape'], command: 'back', hint: 90 },

  { context: 'chart', keys: ['left'], command: 'left', hint: 2 },
  { context: 'chart', keys: ['right', 'l'], command: 'right', hint: 2 },

  { context: 'choice', keys: ['left', '-'], command: 'less', hint: 2 },
  { context: 'choice', keys: ['right', 'l', '+'], command: 'more', hint: 2 },

  { context: 'menu', keys: ['up', 'k'], command: 'up', hint: 2 },
  { context: 'menu', keys: ['down', 'j'], command: 'down', hint: 2 },
  { context: 'menu', keys: ['left'], command: 'left' },
  { context: 'menu', keys: ['right', 'l'], command: 'right' },
  { context: 'menu', keys: ['enter', 'space'], command: 'choose', hint: 1 },
  { context: 'menu', keys: ['?'], command: 'help', hint: 80 },
  { context: 'menu', keys: ['q', 'ctrl+c'], command: 'quit', hint: 85 },

  // No letters: what is typed ahead is for the level.
  { context: 'opening', keys: ['up'], command: 'up', hint: 1 },
  { context: 'opening', keys: ['down'], command: 'down', hint: 1 },
  { context: 'opening', keys: ['pageup'], command: 'pageUp' },
  { context: 'opening', keys: ['pagedown'], command: 'pageDown' },
  { context: 'opening', keys: ['ctrl+c'], command: 'quit', hint: 85 },

  { context: 'level', keys: ['tab'], command: 'nextPanel', hint: 3 },
  { context: 'level', keys: ['shift+tab'], command: 'previousPanel' },
  { context: 'level', keys: ['1'], command: 'tab1' },
  { context: 'level', keys: ['2'], command: 'tab2' },
  { context: 'level', keys: ['3'], command: 'tab3' },
  { context: 'level', keys: ['4'], command: 'tab4' },
  { context: 'level', keys: ['5'], command: 'tab5' },
  { context: 'level', keys: ['6'], command: 'tab6' },
  { context: 'level', keys: ['e'], command: 'editManifest', hint: 1 },
  { context: 'level', keys: [':', 'enter'], command: 'command', hint: 2 },
  { context: 'level', keys: ['g'], command: 'goals', hint: 8 },
  { context: 'level', keys: ['space'], command: 'pause', hint: 5 },
  { context: 'level', keys: ['.'], command: 'step' },
  { context: 'level', keys: ['+', '='], command: 'faster', hint: 6 },
  { context: 'level', keys: ['-'], command: 'slower' },
  { context: 'level', keys: ['left'], command: 'earlier', hint: 9 },
  { context: 'level', keys: ['right'], command: 'later', hint: 9 },
  { context: 'level', keys: ['h'], command: 'hint', hint: 4 },
  { context: 'level', keys: ['w'], command: 'why', hint: 7 },
  { context: 'level', keys: ['c'], command: 'crane' },
  { context: 'level', keys: ['l'], command: 'actions', hint: 10 },
  { context: 'level', keys: ['t'], command: 'traffic', hint: 11 },
  { context: 'level', keys: ['a'], command: 'answer' },
  { context: 'level', keys: ['f'], command: 'faults' },
  { context: 'level', keys: ['u'], command: 'undoMove' },
  { context: 'level', keys: ['r'], command: 'reset' },
  { context: 'level', keys: ['?'], command: 'help', hint: 80 },
  { context: 'level', keys: ['q', 'ctrl+c'], command: 'quit' },

  { context: 'panel', keys: ['up'], command: 'up' },
  { context: 'panel', keys: ['down'], command: 'down' },
  { context: 'panel', keys: ['pageup'], command: 'pageUp' },
  { context: 'panel', keys: ['pagedown'], command: 'pageDown' },
  { context: 'panel', keys: ['home'], command: 'first' },
  { context: 'panel', keys: ['end'], command: 'last' },
  { context: 'panel', keys: ['enter'], command: 'open', hint: 1 },
  { context: 'panel', keys: ['k'], command: 'nextKind' },

  // What one looks back for comes before what one does now.
  { context: 'past', keys: ['o'], command: 'goOn', hint: 0 },
  { context: 'past', keys: ['left'], command: 'earlier', hint: 0 },
  { context: 'past', keys: ['right'], command: 'later', hint: 0 },
  { context: 'past', keys: ['w'], command: 'why', hint: 0 },
  { context: 'past', keys: ['c'], command: 'crane', hint: 0 },
  { context: 'past', keys: ['t'], command: 'traffic', hint: 0 },

  { context: 'editor', keys: ['ctrl+s'], command: 'apply', hint: 1 },
  { context: 'editor', keys: ['ctrl+t'], command: 'nextFile', hint: 3 },
  { context: 'editor', keys: ['ctrl+n'], command: 'newFile', hint: 4 },
  { context: 'editor', keys: ['ctrl+u', 'ctrl+_'], command: 'undo', hint: 5 },
  { context: 'editor', keys: ['ctrl+r'], command: 'redo' },
  { context: 'editor', keys: ['ctrl+e'], command: 'external', hint: 6 },
  { context: 'editor', keys: ['ctrl+k'], command: 'deleteLine' },
  { context: 'editor', keys: ['tab'], command: 'indent' },
  { context: 'editor', keys: ['shift+tab'], command: 'outdent' },
  { context: 'editor', keys: ['enter'], command: 'newline' },
  { context: 'editor', keys: ['backspace'], command: 'backspace' },
  { context: 'editor', keys: ['delete', 'ctrl+d'], command: 'delete' },
  { context: 'editor', keys: ['up'], command: 'up' },
  { context: 'editor', keys: ['down'], command: 'down' },
  { context: 'editor', keys: ['left'], command: 'left' },
  { context: 'editor', keys: ['right'], command: 'right' },
  { context: 'editor', keys: ['ctrl+left', 'ctrl+b'], command: 'wordLeft' },
  { context: 'editor', keys: ['ctrl+right', 'ctrl+f'], command: 'wordRight' },
  { context: 'editor', keys: ['home', 'ctrl+a'], command: 'first' },
  { context: 'editor', keys: ['end'], command: 'last' },
  { context: 'editor', keys: ['pageup'], command: 'pageUp' },
  { context: 'editor', keys: ['pagedown'], command: 'pageDown' },
  { context: 'editor', keys: ['ctrl+p'], command: 'nextPanel', hint: 8 },
  { context: 'editor', keys: ['ctrl+c'], command: 'quit' },

  { context: 'field', keys: ['enter'], command: 'run', hint: 1 },
  { context: 'field', keys: ['left'], command: 'left' },
  { context: 'field', keys: ['right'], command: 'right' },
  { context: 'field', keys: ['home', 'ctrl+a'], command: 'first' },
  { context: 'field', keys: ['end', 'ctrl+e'], command: 'last' },
  { context: 'field', keys: ['ctrl+left', 'ctrl+b'], command: 'wordLeft' },
  { context: 'field', keys: ['ctrl+right', 'ctrl+f'], command: 'wordRight' },
  { context: 'field', keys: ['backspace'], command: 'backspace' },
  { context: 'field', keys: ['delete'], command: 'delete' },
  { context: 'field', keys: ['ctrl+u'], command: 'clearLine' },
  { context: 'field', keys: ['ctrl+c'], command: 'back' },

  { context: 'prompt', keys: ['tab'], command: 'complete', hint: 2 },
  { context: 'prompt', keys: ['up'], command: 'historyBack', hint: 3 },
  { context: 'prompt', keys: ['down'], command: 'historyOn' },
  { context: 'prompt', keys: ['ctrl+c'], command: 'interrupt', hint: 4 },
  { context: 'prompt', keys: ['ctrl+d'], command: 'endOfFile' },
  { context: 'prompt', keys: ['ctrl+l'], command: 'clear' },
  { context: 'prompt', keys: ['pageup'], command: 'pageUp', hint: 5 },
  { context: 'prompt', keys: ['pagedown'], command: 'pageDown' },
  { context: 'prompt', keys: ['shift+tab', 'ctrl+p'], command: 'nextPanel', hint: 6 },

  { context: 'overlay', keys: ['up', 'k'], command: 'up', hint: 2 },
  { context: 'overlay', keys: ['down', 'j'], command: 'down', hint: 2 },
  { context: 'overlay', keys: ['pageup'], command: 'pageUp' },
  { context: 'overlay', keys: ['pagedown', 'space'], command: 'pageDown' },
  { context: 'overlay', keys: ['home'], command: 'first' },
  { context: 'overlay', keys: ['end'], command: 'last' },
  { context: 'overlay', keys: ['enter'], command: 'back' },
  { context: 'overlay', keys: ['?', 'q', 'w', 'c', 't', 'ctrl+c'], command: 'back' },

  { context: 'why', keys: ['enter'], command: 'goThere', hint: 1 },

  { context: 'actions', keys: ['enter'], command: 'toPrompt', hint: 1 },
  { context: 'actions', keys: ['y'], command: 'copy', hint: 2 },
  { context: 'actions', keys: ['l'], command: 'back' },

  { context: 'news', keys: ['enter', 'space'], command: 'toResult', hint: 1 },
  { context: 'news', keys: ['q', 'ctrl+c'], command: 'back' },

  { context: 'faults', keys: ['enter'], command: 'throwFault', hint: 1 },
  { context: 'faults', keys: ['left'], command: 'targetBefore', hint: 4 },
  { context: 'faults', keys: ['right', 'l'], command: 'targetAfter', hint: 3 },
  { context: 'faults', keys: ['up', 'k'], command: 'up', hint: 2 },
  { context: 'faults', keys: ['down', 'j'], command: 'down', hint: 2 },
  { context: 'faults', keys: ['f', 'q', '?', 'ctrl+c'], command: 'back' },

  { context: 'result', keys: ['enter', 'n'], command: 'next', hint: 1 },
  { context: 'result', keys: ['r'], command: 'again', hint: 2 },
  { context: 'result', keys: ['up', 'k'], command: 'up' },
  { context: 'result', keys: ['down', 'j'], command: 'down', hint: 3 },
  { context: 'result', keys: ['pageup'], command: 'pageUp' },
  { context: 'result', keys: ['pagedown', 'space'], command: 'pageDown' },
  { context: 'result', keys: ['home'], command: 'first' },
  { context: 'result', keys: ['end'], command: 'last' },
  { context: 'result', keys: ['l'], command: 'look', hint: 4 },
  { context: 'result', keys: ['m'], command: 'toChart', hint: 5 },
  { context: 'result', keys: ['?'], command: 'help', hint: 80 },
  { context: 'result', keys: ['q', 'ctrl+c'], command: 'quit' },

  { context: 'confirm', keys: ['y', 'enter'], command: 'yes', hint: 1 },
  { context: 'confirm', keys: ['n', 'q', 'ctrl+c'], command: 'no', hint: 2 },
]);

/** Where a context looks next for a key that it does not have. */
export const FALLBACK: Readonly<Record<Context, readonly Context[]>> = Object.freeze({
  everywhere: [],
  menu: ['everywhere'],
  opening: ['everywhere'],
  chart: ['menu', 'everywhere'],
  choice: ['menu', 'everywhere'],
  level: ['everywhere'],
  panel: ['level', 'everywhere'],
  past: ['panel', 'level', 'everywhere'],
  editor: ['everywhere'],
  prompt: ['field', 'everywhere'],
  field: ['everywhere'],
  overlay: ['everywhere'],
  why: ['overlay', 'everywhere'],
  actions: ['overlay', 'everywhere'],
  faults: ['everywhere'],
  news: ['everywhere'],
  result: ['everywhere'],
  confirm: ['everywhere'],
});

const PAGE = 10;

/** How far the keys of a list or a long text lead. */
export const SCROLL_STEPS: Readonly<Partial<Record<CommandId, number>>> = Object.freeze({
  up: -1,
  down: 1,
  pageUp: -PAGE,
  pageDown: PAGE,
  first: Number.NEGATIVE_INFINITY,
  last: Number.POSITIVE_INFINITY,
});

/** Where letters are text, so that no single letter may be a command. */
export const TEXT_CONTEXTS: ReadonlySet<Context> = new Set<Context>(['editor', 'prompt', 'field']);

const index = new Map<Context, Map<string, CommandId>>();
for (const { context, keys, command } of bindings) {
  const known = index.get(context) ?? new Map<string, CommandId>();
  for (const key of keys) known.set(key, command);
  index.set(context, known);
}

/** What the key does there. */
export function commandFor(context: Context, key: string): CommandId | undefined {
  for (const place of [context, ...FALLBACK[context]]) {
    const command = index.get(place)?.get(key);
    if (command !== undefined) return command;
  }
  return undefined;
}

/** The key of a command as people write it, for texts that name keys. */
export function keyFor(context: Context, command: CommandId, texts: UiTexts, theme: Theme): string {
  const own = bindings.find((binding) => binding.context === context && binding.command === command);
  return showKey(own?.keys[0] ?? '', texts, theme);
}

/** What Ink says of a key; only the parts that are used. */
export interface InkKey {
  readonly upArrow: boolean;
  readonly downArrow: boolean;
  readonly leftArrow: boolean;
  readonly rightArrow: boolean;
  readonly pageDown: boolean;
  readonly pageUp: boolean;
  readonly home: boolean;
  readonly end: boolean;
  readonly return: boolean;
  readonly escape: boolean;
  readonly ctrl: boolean;
  readonly shift: boolean;
  readonly tab: boolean;
  readonly backspace: boolean;
  readonly delete: boolean;
  readonly eventType?: 'press' | 'repeat' | 'release' | undefined;
}

const NAMED: readonly (readonly [keyof InkKey, string])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'escape'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
];

/** The name of a key that is no text, or undefined; letters with Ctrl are such, also in Korean. */
export function namedKey(input: string, key: InkKey): string | undefined {
  for (const [flag, name] of NAMED) {
    if (key[flag] !== true) continue;
    if (key.ctrl && (name === 'left' || name === 'right')) return `ctrl+${name}`;
    return key.shift && name === 'tab' ? 'shift+tab' : name;
  }
  if (!key.ctrl) return undefined;
  const letter = JAMO_KEYS.get(input)?.toLowerCase() ?? input.toLowerCase();
  return `ctrl+${letter === ' ' ? 'space' : letter}`;
}

/**
 * The names of the keys that typed text stands for where letters are commands: a Korean input method
 * sends jamo, or syllables made of several.
 */
export function typedKeys(text: string): string[] {
  return [...text].flatMap((char) => {
    if (char === ' ') return ['space'];
    if (char === '\r' || char === '\n') return ['enter'];
    return jamoOf(char)?.map((jamo) => JAMO_KEYS.get(jamo) ?? jamo) ?? [char];
  });
}

/** A key as people write it: `^S`, `Esc`, `Shift+Tab`. */
export function showKey(key: string, texts: UiTexts, theme: Theme): string {
  if (key.length > 0 && key.startsWith('ctrl+')) {
    const rest = key.slice(5);
    return rest.length === 1 ? `^${rest.toUpperCase()}` : `Ctrl+${showKey(rest, texts, theme)}`;
  }
  const arrows: Readonly<Record<string, string>> = { up: 'Up', down: 'Down', left: 'Left', right: 'Right' };
  const arrow = arrows[key];
  if (arrow !== undefined && theme.glyphs.vertical === '|') return arrow;
  return Object.hasOwn(texts.keyNames, key) ? texts.keyNames[key as keyof UiTexts['keyNames']] : key;
}

/** The bindings to show in a context's key line, in order; each command once, and no key that means another thing there. */
export function hintsFor(context: Context): readonly Binding[] {
  const seen = new Set<CommandId>();
  return [context, ...FALLBACK[context]]
    .flatMap((place) => bindings.filter((binding) => binding.context === place && binding.hint !== undefined))
    .filter(({ command, keys }) => commandFor(context, keys[0] ?? '') === command)
    .filter(({ command }) => !seen.has(command) && seen.add(command))
    .sort((a, b) => (a.hint ?? 0) - (b.hint ?? 0));
}
