// Plays the built game for a moment without a terminal, so that Node's compile cache in dist/ holds the
// functions that a start needs. Node fills it once, when the first process that loads a file ends: left
// to chance that is `--help`, or a long game by whose end what a start runs has been thrown away.
import module from 'node:module';
import { PassThrough } from 'node:stream';

/** Longer than this is not worth waiting for: the game works without it. */
const LIMIT_MS = 10_000;
/** From one key to the next. */
const KEY_MS = 120;

const [entry = '', state = ''] = process.argv.slice(2);
process.env.SHIPSHAPE_STATE = state;
process.argv.splice(1, 3, entry, 'play', 'first-pod', '--seed', '1');

let screen = '';
let look = () => {};
const stdout = new PassThrough();
stdout.on('data', (data) => {
  screen += data;
  look();
});
const terminal = {
  isTTY: true,
  columns: 120,
  rows: 36,
  ref: () => {},
  unref: () => {},
  setRawMode: () => {},
};
const stdin = Object.assign(new PassThrough(), terminal);
Object.assign(stdout, terminal);
Object.defineProperty(process, 'stdin', { value: stdin });
Object.defineProperty(process, 'stdout', { value: stdout });

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Until the screen has shown a text. */
function shown(text) {
  return new Promise((resolve) => {
    look = () => {
      if (screen.includes(text)) resolve();
    };
  });
}

function finish(code) {
  module.flushCompileCache?.();
  process.exit(code);
}

setTimeout(() => finish(1), LIMIT_MS).unref();
import(entry).then(
  () => finish(0),
  () => finish(1),
);
await shown('cargo-3');
// A command; then out of the prompt, over the chart and the title to the end.
for (const key of [':', 'kubectl get pods', '\r', '\u001b', '\u001b', 'y', '\u001b', 'q', 'y']) {
  stdin.write(key);
  await pause(KEY_MS);
}
