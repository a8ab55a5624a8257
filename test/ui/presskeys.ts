import { pressKey } from '../../src/ui/control/dispatch.ts';
import type { Ui } from '../../src/ui/control/ui.ts';
import type { InkKey } from '../../src/ui/keys.ts';

/** No key but a letter: what Ink says of it. */
export const NO_KEY: InkKey = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
};

const KEYS: Readonly<Record<string, Partial<InkKey>>> = {
  up: { upArrow: true },
  down: { downArrow: true },
  left: { leftArrow: true },
  right: { rightArrow: true },
  enter: { return: true },
  escape: { escape: true },
  tab: { tab: true },
  backspace: { backspace: true },
  pageup: { pageUp: true },
  pagedown: { pageDown: true },
  home: { home: true },
  end: { end: true },
};

/** Presses keys as Ink reports them: `<enter>`, `<ctrl+s>`; anything else is typed. */
export function pressKeys(ui: Ui, ...keys: readonly string[]): void {
  for (const key of keys) {
    const name = /^<(.*)>$/.exec(key)?.[1];
    if (name === undefined) pressKey(ui, key, NO_KEY);
    else if (name.startsWith('ctrl+')) pressKey(ui, name.slice(5), { ...NO_KEY, ctrl: true });
    else pressKey(ui, '', { ...NO_KEY, ...KEYS[name] });
  }
}
