import { useApp, useInput, usePaste, useStdout, useWindowSize } from 'ink';
import { type ReactNode, useEffect, useMemo } from 'react';
import { pasteText, pressKey } from './control/dispatch.ts';
import type { Ui } from './control/ui.ts';
import type { Picture } from './draw.ts';
import { drawFrame } from './frame.ts';
import type { UiSettings } from './host.ts';
import { Painter } from './painter.ts';
import { texts } from './texts/registry.ts';
import { createTheme, type TerminalHints, type Theme, wantsAscii, wantsColour } from './theme/theme.ts';

/** What the root is given. */
export interface AppProps {
  readonly ui: Ui;
  readonly env: TerminalHints;
  /** Stops the process until it is continued. */
  readonly stop: () => Promise<void>;
}

/** Rows that something can be scrolled by whose length the drawing does not tell. */
const UNKNOWN_MAX = 2000;

/** The theme that the settings and the terminal ask for. */
function themeFor(settings: UiSettings, env: TerminalHints): Theme {
  return createTheme({
    colour: settings.colour === 'auto' ? wantsColour(env) : settings.colour === 'on',
    ascii: settings.glyphs === 'auto' ? wantsAscii(env) : settings.glyphs === 'ascii',
  });
}

/** Draws the state as it is, with a theme that is made anew only when the settings change. */
function screenOf(ui: Ui, env: TerminalHints): (columns: number, rows: number) => Picture {
  let settings: UiSettings | undefined;
  let theme: Theme | undefined;
  return (columns, rows) => {
    const { state } = ui;
    if (theme === undefined || state.settings !== settings) {
      settings = state.settings;
      theme = themeFor(settings, env);
    }
    const { language } = state.settings;
    const now = ui.wall.now();
    const picture = drawFrame({ theme, t: texts[language], language, now, columns, rows }, state, ui.host);
    ui.scrollMax = picture.scrollMax ?? UNKNOWN_MAX;
    return picture;
  };
}

/**
 * The root: Ink holds the terminal and hears the keys, a painter puts the frames on it. Nothing is
 * rendered by React but the occasions at which the painter takes the screen.
 */
export function App({ ui, env, stop }: AppProps): ReactNode {
  const { columns, rows } = useWindowSize();
  const { exit, suspendTerminal } = useApp();
  const { stdout } = useStdout();
  const painter = useMemo(
    () =>
      new Painter({
        wall: ui.wall,
        soon: queueMicrotask,
        write: (text) => stdout.write(text),
        draw: screenOf(ui, env),
      }),
    [ui, env, stdout],
  );
  useEffect(() => {
    const unsubscribe = ui.store.subscribe(() => painter.request());
    return () => {
      unsubscribe();
      painter.release();
    };
  }, [ui, painter]);
  useEffect(() => {
    const suspend = async (run: () => Promise<void>): Promise<void> => {
      painter.release();
      try {
        await suspendTerminal(run);
      } finally {
        painter.take(columns, rows);
      }
    };
    ui.terminal = {
      columns,
      rows,
      exit: () => exit(),
      // OSC 52; nothing of the text but its base64 reaches the terminal.
      copy: (text) => stdout.write(`\u001b]52;c;${Buffer.from(text, 'utf8').toString('base64')}\u0007`),
      suspend,
      stop: () => {
        // A second Ctrl+Z while the first is under way throws nothing that matters: the first one counts.
        suspend(stop).catch(() => undefined);
      },
    };
    painter.take(columns, rows);
  }, [ui, columns, rows, exit, suspendTerminal, stop, painter, stdout]);
  useInput((input, key) => {
    pressKey(ui, input, key);
    painter.hurry();
  });
  usePaste((text) => {
    pasteText(ui, text);
    painter.hurry();
  });
  return null;
}
