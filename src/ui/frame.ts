import { type Draw, line, type Picture } from './draw.ts';
import type { UiHost } from './host.ts';
import { findLevel } from './screens/catalog.ts';
import { chartScreen } from './screens/chart.ts';
import { levelScreen } from './screens/level.ts';
import { sandboxScreen, settingsScreen, titleScreen } from './screens/menus.ts';
import { openingScreen } from './screens/opening.ts';
import { withOverlay } from './screens/overlays.ts';
import { resultScreen } from './screens/result.ts';
import type { UiState } from './store.ts';
import { fitRows } from './theme/row.ts';
import { wrapText } from './theme/width.ts';

/** Smaller terminals get a sentence instead of a screen. */
export const MIN_COLUMNS = 60;
export const MIN_ROWS = 18;

/** The whole screen as lines, none of them wider than the terminal, and the cursor. */
export function drawFrame(draw: Draw, state: UiState, host: UiHost): Picture {
  if (draw.columns < MIN_COLUMNS || draw.rows < MIN_ROWS) {
    const words = wrapText(draw.t.tooSmall(MIN_COLUMNS, MIN_ROWS), Math.max(1, draw.columns));
    return {
      rows: fitRows(
        words.map((text) => line(draw, draw.columns).put(text).end()),
        draw.rows,
      ),
    };
  }
  return withOverlay(draw, state, drawScreen(draw, state, host));
}

function drawScreen(draw: Draw, state: UiState, host: UiHost): Picture {
  const { level } = state;
  const info = level === undefined ? undefined : findLevel(host, level.levelId)?.level;
  switch (state.screen) {
    case 'chart':
      return chartScreen(draw, state, host);
    case 'settings':
      return settingsScreen(draw, state);
    case 'sandbox':
      return sandboxScreen(draw, state);
    case 'opening': {
      const { opening } = state;
      if (opening === undefined) return titleScreen(draw, state, host);
      return openingScreen(draw, opening, findLevel(host, opening.levelId)?.level);
    }
    case 'level':
      return level === undefined ? titleScreen(draw, state, host) : levelScreen(draw, state, level, info);
    case 'result':
      return level === undefined
        ? titleScreen(draw, state, host)
        : resultScreen(draw, level, host, { info, scroll: state.scroll });
    default:
      return titleScreen(draw, state, host);
  }
}
