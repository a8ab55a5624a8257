import { Text, useApp, useCursor, useInput, usePaste, useWindowSize } from 'ink';
import { type ReactNode, useEffect, useMemo } from 'react';
import { useStore } from 'zustand/react';
import { pasteText, pressKey } from './control/dispatch.ts';
import type { Ui } from './control/ui.ts';
import { drawFrame } from './frame.ts';
import type { UiSettings } from './host.ts';
import { texts } from './texts/registry.ts';
import { createTheme, type TerminalHints, wantsAscii, wantsColour } from './theme/theme.ts';

/** What the root is given. */
export interface AppProps {
  readonly ui: Ui;
  readonly env: TerminalHints;
  /** Stops the process until it is continued. */
  readonly stop: () => Promise<void>;
}

/** The theme that the settings and the terminal ask for. */
function themeFor(settings: UiSettings, env: TerminalHints): ReturnType<typeof createTheme> {
  return createTheme({
    colour: settings.colour === 'auto' ? wantsColour(env) : settings.colour === 'on',
    ascii: settings.glyphs === 'auto' ? wantsAscii(env) : settings.glyphs === 'ascii',
  });
}

/** The root: one Text node that holds the whole screen, already coloured. */
export function App({ ui, env, stop }: AppProps): ReactNode {
  const { columns, rows } = useWindowSize();
  const { exit, suspendTerminal } = useApp();
  const { setCursorPosition } = useCursor();
  const state = useStore(ui.store);
  const { settings } = state;
  const theme = useMemo(() => themeFor(settings, env), [settings, env]);
  useEffect(() => {
    ui.terminal = {
      columns,
      rows,
      exit: () => exit(),
      suspend: (run) => suspendTerminal(run),
      stop: () => {
        // A second Ctrl+Z while the first is under way throws nothing that matters: the first one counts.
        suspendTerminal(stop).catch(() => undefined);
      },
    };
  }, [ui, columns, rows, exit, suspendTerminal, stop]);
  useInput((input, key) => pressKey(ui, input, key));
  usePaste((text) => pasteText(ui, text));
  const draw = {
    theme,
    t: texts[settings.language],
    language: settings.language,
    now: ui.wall.now(),
    columns,
    rows,
  };
  const picture = drawFrame(draw, state, ui.host);
  setCursorPosition(picture.cursor);
  return <Text wrap="truncate">{picture.rows.map(({ text }) => text).join('\n')}</Text>;
}
