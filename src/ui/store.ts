import { createStore, type StoreApi } from 'zustand/vanilla';
import type { FaultEffect, FaultTarget } from '../cluster/faults/fault.ts';
import type { Wait } from '../cluster/waits/wait.ts';
import type { Fleet } from '../game/sandbox.ts';
import type { SessionView, StartProgress } from '../game/types.ts';
import type { Exchange } from '../network/types.ts';
import type { DecisionTable } from '../scheduler/decision.ts';
import { createBuffer, type EditBuffer } from './editor/buffer.ts';
import type { Diagnostic } from './editor/diagnostics.ts';
import { DEFAULT_FLEET, type Speed, type UiSettings } from './host.ts';
import type { ActionRow, UndoneAction } from './model/actions.ts';
import type { HarbourReader, WhyEntry } from './model/harbour.ts';
import type { Past } from './model/past.ts';

/** What fills the terminal. */
export type Screen = 'title' | 'chart' | 'settings' | 'sandbox' | 'opening' | 'level' | 'result';

/** A part of the level screen that keys can go to. */
export type Panel =
  | 'harbour'
  | 'goals'
  | 'editor'
  | 'terminal'
  | 'events'
  | 'objects'
  | 'timeline'
  | 'briefing';

/** The panels in the order in which Tab goes round. */
export const PANELS: readonly Panel[] = Object.freeze([
  'harbour',
  'goals',
  'editor',
  'terminal',
  'events',
  'objects',
  'timeline',
  'briefing',
]);

/** The panels that take turns in one place, as the digits choose them. */
export const TABS = Object.freeze([
  'editor',
  'terminal',
  'events',
  'objects',
  'timeline',
  'briefing',
] as const);
export type Tab = (typeof TABS)[number];

/** A file in the editor. */
export interface FileTab {
  readonly path: string;
  readonly buffer: EditBuffer;
  /** The text as it is saved. */
  readonly saved: string;
  readonly problems: readonly Diagnostic[];
  /** Set for a text that a program asked to have edited. */
  readonly asked?: true;
}

/** What is remembered of each panel: the first row shown, the row chosen. */
export interface PanelPlace {
  readonly scroll: number;
  readonly chosen: number;
}

/** A level being played, beside the session itself. */
export interface LevelUi {
  readonly levelId: string;
  readonly session: SessionView;
  readonly reader: HarbourReader;
  readonly speed: Speed;
  readonly paused: boolean;
  /** Time stands still: the briefing that the level opened with is being read, and nothing was done yet. */
  readonly reading: boolean;
  readonly focus: Panel;
  /** Whether letters are text now: in the editor or at the prompt. */
  readonly typing: boolean;
  readonly tab: Tab;
  readonly files: readonly FileTab[];
  readonly file: number;
  readonly prompt: EditBuffer;
  readonly past: readonly string[];
  /** Which of `past` is shown, counted from the end; 0 is what is being typed. */
  readonly pastAt: number;
  readonly draft: string;
  readonly candidates: readonly string[];
  /** Pasted commands that wait for the one before. */
  readonly waiting: readonly string[];
  /** Entries of the transcript up to this id were cleared away. */
  readonly clearedTo: number;
  readonly places: Readonly<Partial<Record<Panel, PanelPlace>>>;
  readonly kind: number;
  /** `namespace/name` of the crate chosen in the harbour. */
  readonly crate?: string;
  /** The moment looked back at; undefined is now. */
  readonly moment?: Past;
  /** What was done and taken back. */
  readonly undone: readonly UndoneAction[];
  /** The runs that were left for one of their earlier moments, the last one last. */
  readonly forks: readonly Fork[];
  readonly notice?: string;
  /** Whether the end of the level was told. */
  readonly told: boolean;
}

/** A run that was left to go on from an earlier moment of it. */
export interface Fork {
  readonly left: SessionView;
  /** What of it had been taken back. */
  readonly undone: readonly UndoneAction[];
  readonly paused: boolean;
  /** The other run as it began: its moves, and the length of its log. */
  readonly moves: number;
  readonly length: number;
}

/** A window over the screen. */
export type Overlay =
  | { readonly kind: 'help'; readonly scroll: number }
  | {
      readonly kind: 'why';
      readonly name: string;
      readonly lines: readonly WhyEntry[];
      /** What it waits for, below the lines. */
      readonly waits: readonly Wait[];
      readonly chosen: number;
    }
  | { readonly kind: 'crane'; readonly pod: string; readonly table?: DecisionTable; readonly scroll: number }
  /** `begin`: the command that begins the same run. */
  | {
      readonly kind: 'actions';
      readonly begin: string;
      readonly rows: readonly ActionRow[];
      readonly chosen: number;
    }
  | { readonly kind: 'traffic'; readonly exchanges: readonly Exchange[]; readonly chosen: number }
  /** `second`: the moment of a fork. */
  | {
      readonly kind: 'confirm';
      readonly what: Question;
      readonly levelId?: string;
      readonly second?: number;
    }
  | {
      readonly kind: 'field';
      readonly purpose: 'newFile' | 'answer';
      readonly goal?: string;
      readonly label: string;
      readonly input: EditBuffer;
    }
  | { readonly kind: 'faults'; readonly faults: readonly FaultChoice[]; readonly chosen: number }
  | { readonly kind: 'finished'; readonly since: number };

/** What is asked before it is done: `anew` begins a level whose game cannot be taken up. */
export type Question = 'leave' | 'exit' | 'reset' | 'anew' | 'gone' | 'fork';

/** A fault that can be thrown now, and to what. */
export interface FaultChoice {
  readonly kind: string;
  readonly effect: FaultEffect;
  readonly targets: readonly FaultTarget[];
  /** Which of the targets is meant. */
  readonly target: number;
}

/** Everything that is drawn, beside what the session holds. */
export interface UiState {
  readonly screen: Screen;
  readonly overlay?: Overlay;
  readonly settings: UiSettings;
  /** The chosen line of the menu on show. */
  readonly menu: number;
  readonly chapter: number;
  readonly island: number;
  /** The ships of the next sandbox. */
  readonly fleet: Fleet;
  /** The first row shown of the result. */
  readonly scroll: number;
  /** The level that is being started. */
  readonly opening?: { readonly levelId: string; readonly progress: StartProgress; readonly scroll: number };
  readonly level?: LevelUi;
  /** Counts up to have the same state drawn again: the session has changed, or a bright thing fades. */
  readonly frame: number;
}

/** The store of one run of the program. */
export type UiStore = StoreApi<UiState>;

/** A store at the title screen. */
export function createUiStore(settings: UiSettings, fleet: Fleet = DEFAULT_FLEET): UiStore {
  return createStore<UiState>(() => ({
    screen: 'title',
    settings,
    menu: 0,
    chapter: 0,
    island: 0,
    fleet,
    scroll: 0,
    frame: 0,
  }));
}

/** An overlay taken away. */
export function withoutOverlay(state: UiState): UiState {
  const { overlay: _, ...rest } = state;
  return rest;
}

/** Where a panel stands. */
export function placeOf(level: LevelUi, panel: Panel): PanelPlace {
  return level.places[panel] ?? HOME;
}

const HOME: PanelPlace = Object.freeze({ scroll: 0, chosen: 0 });

/** A level as it is when its screen opens. */
export function newLevelUi(
  levelId: string,
  session: SessionView,
  reader: HarbourReader,
  speed: Speed,
): LevelUi {
  return {
    levelId,
    session,
    reader,
    speed,
    paused: false,
    reading: session.goals.length > 0 && session.state.kind === 'playing',
    focus: 'briefing',
    typing: false,
    tab: 'briefing',
    files: [],
    file: 0,
    prompt: createBuffer(''),
    past: session.log.flatMap(({ action }) => (action.type === 'command' ? [action.line] : [])),
    pastAt: 0,
    draft: '',
    candidates: [],
    waiting: [],
    clearedTo: -1,
    places: {},
    kind: 0,
    undone: [],
    forks: [],
    told: false,
  };
}
