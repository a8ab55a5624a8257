import type { Picture } from './draw.ts';
import type { WallClock } from './runner.ts';

/** Least time between two frames, ms: 60 a second. */
const FRAME_MS = 16;
/** The same for a frame that answers a key: no faster than anybody types, however keys pour in. */
const KEY_FRAME_MS = 4;

/** Synchronized update (the terminal shows all of it at once), no wrapping, no cursor while we write. */
const BEGIN = '\u001b[?2026h\u001b[?25l\u001b[?7l';
const END = '\u001b[?7h\u001b[?2026l';
const RESET = '\u001b[0m';

export interface PainterOptions {
  readonly wall: WallClock;
  /** Runs something when what is under way is done, before anything else. */
  readonly soon: (run: () => void) => void;
  /** Where the bytes go. */
  readonly write: (text: string) => void;
  /** Draws the screen as it should be now. */
  readonly draw: (columns: number, rows: number) => Picture;
}

/**
 * Puts frames on the screen: only the rows that changed are written, at most 60 times a second, and at
 * once when nothing was drawn for a while or a key was pressed. Ink holds the terminal (alternate screen, keys, resizing,
 * handing over); measuring and cutting every line anew for each frame is what it is spared.
 */
export class Painter {
  readonly #options: PainterOptions;
  #shown: string[] = [];
  #columns = 0;
  #rows = 0;
  #cursor = '';
  #painted = Number.NEGATIVE_INFINITY;
  #timer: unknown;
  #hurryTimer: unknown;
  #hurried = false;
  #held = true;

  constructor(options: PainterOptions) {
    this.#options = options;
  }

  /** Takes the screen, or a screen of another size: everything is drawn anew. */
  take(columns: number, rows: number): void {
    this.#columns = columns;
    this.#rows = rows;
    this.#shown = [];
    this.#cursor = '';
    this.#held = false;
    this.#paint();
  }

  /** Draws nothing more until `take`: somebody else has the terminal, or it is over. */
  release(): void {
    this.#held = true;
    for (const timer of [this.#timer, this.#hurryTimer]) this.#options.wall.clearTimeout(timer);
    this.#timer = undefined;
    this.#hurried = false;
  }

  /** Something may look different: draws now, or as soon as a frame is due. */
  request(): void {
    if (this.#held || this.#timer !== undefined) return;
    const left = this.#painted + FRAME_MS - this.#options.wall.now();
    // Not within the change itself: several changes of one key are one frame.
    this.#timer = this.#options.wall.setTimeout(
      () => {
        this.#timer = undefined;
        this.#paint();
      },
      Math.max(0, left),
    );
  }

  /** A key was pressed: what it changed is drawn at once, in one frame with the keys that came with it. */
  hurry(): void {
    if (this.#held || this.#timer === undefined || this.#hurried) return;
    this.#hurried = true;
    const left = this.#painted + KEY_FRAME_MS - this.#options.wall.now();
    if (left > 0) this.#hurryTimer = this.#options.wall.setTimeout(this.#answer, left);
    else this.#options.soon(this.#answer);
  }

  readonly #answer = (): void => {
    this.#hurried = false;
    if (this.#timer === undefined) return;
    this.#options.wall.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#paint();
  };

  #paint(): void {
    if (this.#held) return;
    this.#painted = this.#options.wall.now();
    const { rows, cursor } = this.#options.draw(this.#columns, this.#rows);
    let out = this.#shown.length === 0 ? `${RESET}\u001b[2J` : '';
    for (let y = 0; y < this.#rows; y++) {
      const row = rows[y];
      const text = row?.text ?? '';
      if (this.#shown[y] === text) continue;
      this.#shown[y] = text;
      // A full row leaves the cursor on its last cell: clearing from there would take a character away.
      const rest = (row?.width ?? 0) < this.#columns ? '\u001b[K' : '';
      out += `\u001b[${y + 1};1H${text}${RESET}${rest}`;
    }
    const at = cursor === undefined ? '' : `\u001b[${cursor.y + 1};${cursor.x + 1}H\u001b[?25h`;
    if (out === '' && at === this.#cursor) return;
    this.#cursor = at;
    this.#options.write(`${BEGIN}${out}${END}${at}`);
  }
}
