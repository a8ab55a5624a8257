import { setTimeout as sleep } from 'node:timers/promises';
import { render } from 'ink';
import { App } from './app.tsx';
import { startLevel } from './control/menus.ts';
import { beginLevel } from './control/opening.ts';
import { Ui } from './control/ui.ts';
import { SANDBOX, type UiHost } from './host.ts';
import { wallClock } from './runner.ts';

/** Where the game is played; tests bring streams of their own. */
export interface UiStreams {
  readonly stdin?: NodeJS.ReadableStream;
  readonly stdout?: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** As long as the kernel may take to stop us, ms; when it does not, we were not meant to be stopped. */
const STOP_MS = 100;

/** Shows the game until the player leaves. The terminal is as it was before when the promise settles. */
export async function startUi(host: UiHost, streams: UiStreams = {}): Promise<void> {
  const ui = new Ui(host, wallClock);
  if (host.open === SANDBOX) beginLevel(ui, SANDBOX, host.newSandbox(ui.state.fleet, host.settings.language));
  else if (host.open !== undefined) startLevel(ui, host.open);
  const onStop = (): void => ui.terminal?.stop();
  const stop = async (): Promise<void> => {
    // Without a listener the signal has its usual effect; it goes to the whole job, as from the keyboard.
    process.off('SIGTSTP', onStop);
    process.kill(0, 'SIGTSTP');
    await sleep(STOP_MS);
    process.on('SIGTSTP', onStop);
  };
  process.on('SIGTSTP', onStop);
  const app = render(<App ui={ui} env={process.env} stop={stop} />, {
    ...streams,
    alternateScreen: true,
    exitOnCtrlC: false,
    // Whoever plays is there, also where the environment says CI.
    interactive: (streams.stdout ?? process.stdout).isTTY === true,
    incrementalRendering: true,
    maxFps: 60,
    patchConsole: false,
  });
  // The terminal is gone: there is nobody to draw for.
  let isGone = false;
  const onGone = (): void => {
    if (isGone) return;
    isGone = true;
    app.unmount();
  };
  const stdout = streams.stdout ?? process.stdout;
  const stdin = streams.stdin ?? process.stdin;
  stdout.on('error', onGone);
  stdin.on('error', onGone);
  try {
    await app.waitUntilExit();
  } finally {
    process.off('SIGTSTP', onStop);
    // Of a terminal that is gone more errors may follow, which are no news.
    if (!isGone) {
      stdout.off('error', onGone);
      stdin.off('error', onGone);
    }
    const { level } = ui;
    if (level?.session.state.kind === 'playing') host.progress.save(level.levelId, level.session);
    ui.close();
  }
}
