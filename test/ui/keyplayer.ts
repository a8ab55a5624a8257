import { newCatalog } from '../../src/commands/catalog.ts';
import { startingSession } from '../../src/commands/gamesession.ts';
import { readLibrary } from '../../src/commands/library.ts';
import type { Move } from '../../src/game/move.ts';
import { fleetNodes, sandboxLevel } from '../../src/game/sandbox.ts';
import type { Session } from '../../src/game/session.ts';
import type { Language, Starting } from '../../src/game/types.ts';
import { pasteText } from '../../src/ui/control/dispatch.ts';
import { Ui } from '../../src/ui/control/ui.ts';
import { drawFrame } from '../../src/ui/frame.ts';
import type { UiHost } from '../../src/ui/host.ts';
import { texts } from '../../src/ui/texts/registry.ts';
import { createTheme } from '../../src/ui/theme/theme.ts';
import { pressKeys } from './presskeys.ts';

const library = readLibrary();
const catalog = newCatalog(library);

/** The levels of the campaign. */
export const levels = library.campaign.levels;

const SECOND = 1000;
const PATIENCE_S = 700;
// biome-ignore lint/suspicious/noControlCharactersInRegex: takes colours out.
const COLOURS = /\u001b\[[0-9;]*m/g;

/** A start that does not come in slices. */
// biome-ignore lint/correctness/useYield: that is the point.
function* atOnce(start: Starting): Starting {
  let step = start.next();
  while (step.done !== true) step = start.next();
  return step.value;
}

/** Plays the real levels through the keys; virtual time passes when it is told to. */
export class KeyPlayer {
  readonly ui: Ui;
  readonly #language: Language;
  readonly #host: UiHost;
  #time = 1000;

  /** `folder` is where the player's files go. */
  constructor(folder: string, language: Language) {
    this.#language = language;
    this.#host = {
      levels: catalog,
      progress: {
        record: () => undefined,
        saved: () => undefined,
        resume: () => {
          throw new Error('there is nothing to resume');
        },
        save: () => {},
        finish: () => {},
      },
      settings: { language, colour: 'on', glyphs: 'unicode', speed: 1 },
      folder,
      newSession: (id, seed = 1) => {
        const level = levels.find((known) => known.id === id);
        if (level === undefined) throw new Error(`no level ${id}`);
        return atOnce(startingSession(level, seed, language));
      },
      newSandbox: (fleet) => atOnce(startingSession(sandboxLevel({ nodes: fleetNodes(fleet) }), 1, language)),
      saveSettings: () => {},
      debrief: (_, session) => (session as Session).debriefing().split(/\n\s*\n/),
    };
    this.ui = new Ui(this.#host, {
      now: () => this.#time,
      setTimeout: () => 0,
      clearTimeout: () => undefined,
    });
  }

  get session(): Session {
    return this.ui.level?.session as Session;
  }

  /** Presses keys. */
  press(...keys: readonly string[]): void {
    pressKeys(this.ui, ...keys);
  }

  /** From the title over the chart into a level. */
  sail(place: number): void {
    this.press('<enter>', ...Array.from({ length: place }, () => '<right>'), '<enter>');
  }

  /** What is on the screen, as text. */
  screen(columns = 80, rows = 24): string {
    const theme = createTheme({ colour: true, ascii: false });
    const language = this.#language;
    const draw = { theme, t: texts[language], language, now: this.#time, columns, rows };
    const picture = drawFrame(draw, this.ui.state, this.#host);
    this.ui.scrollMax = picture.scrollMax ?? 2000;
    return picture.rows.map(({ text }) => text.replace(COLOURS, '')).join('\n');
  }

  /** Lets virtual time pass, and the wall clock with it. */
  pass(ms: number): void {
    this.session.advance(ms);
    this.#time += ms;
    this.ui.touch();
  }

  /** Lets seconds pass until something holds. */
  passUntil(holds: () => boolean, what: string): void {
    for (let second = 0; !holds(); second++) {
      if (second >= PATIENCE_S) throw new Error(`${what} never happened:\n${this.screen()}`);
      this.pass(SECOND - (this.session.elapsed % SECOND));
    }
  }

  /** Makes a move of a solution when it is due. */
  make(move: Move): void {
    const { session } = this;
    const due = move.at ?? session.elapsed + (move.wait ?? 0);
    if (due > session.elapsed) this.pass(due - session.elapsed);
    const met = (): boolean =>
      move.after === undefined || session.goals.find(({ id }) => id === move.after)?.state === 'met';
    const wanted = move.input === undefined ? 'ready' : 'reading';
    this.passUntil(() => met() && session.prompt.kind === wanted, `the time for ${JSON.stringify(move)}`);
    // Letters are keys again.
    if (this.ui.level?.typing === true && move.input === undefined) this.press('<escape>');
    if (move.answer !== undefined)
      this.#answer(move.answer, move.text ?? session.rightAnswer(move.answer) ?? '?');
    else if (move.input !== undefined) this.press(move.input, '<enter>');
    else if (move.command !== undefined) this.press(':', move.command, '<enter>');
    else this.#file(move.apply ?? move.file ?? '', move.apply !== undefined);
  }

  #answer(goal: string, text: string): void {
    const at = this.session.goals.findIndex(({ id }) => id === goal);
    this.press('g', '<home>', ...Array.from({ length: at }, () => '<down>'), '<enter>', text, '<enter>');
  }

  /** Puts the text of a solution into the editor and applies it. */
  #file(path: string, apply: boolean): void {
    const text = this.session.level.solutionFiles.get(path);
    if (text === undefined || !apply) throw new Error(`cannot type ${path}`);
    this.press('e');
    const files = (): readonly string[] => this.ui.level?.files.map((file) => file.path) ?? [];
    if (files().includes(path)) {
      while (files()[this.ui.level?.file ?? 0] !== path) this.press('<ctrl+t>');
    } else if (this.ui.state.overlay?.kind === 'field') this.press(path, '<enter>');
    else this.press('<ctrl+n>', path, '<enter>');
    const lines = this.ui.level?.files[this.ui.level.file]?.buffer.lines.length ?? 0;
    this.press(...Array.from({ length: lines + 1 }, () => '<ctrl+k>'));
    pasteText(this.ui, text);
    this.press('<ctrl+s>');
  }
}
