// `npm start`: installs and builds what is missing or out of date, then becomes the game.
import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { isBuilt } from './build.mjs';
import { install, pinnedNode, root } from './install.mjs';

install();
if (!isBuilt()) {
  const { status } = spawnSync(pinnedNode, [join(root, 'src/dev/build.mjs')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) {
    console.error('Shipshape could not be built: see the errors above.');
    process.exit(1);
  }
}
run([pinnedNode, join(root, 'dist/shipshape.js'), ...process.argv.slice(2)]);

/**
 * Runs the game in place of this process. Where Node cannot replace itself (before 22.15), the game is
 * a child: the signals we get go to it, and we end as it ends.
 * @param {string[]} command
 */
function run(command) {
  if (typeof process.execve === 'function' && process.platform !== 'win32') {
    process.execve(command[0], command, process.env);
  }
  const child = spawn(command[0], command.slice(1), { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']) {
    process.on(signal, () => {
      // A terminal sends its own Ctrl+C and Ctrl+\ to the child as well.
      const sentToBoth = process.stdin.isTTY && (signal === 'SIGINT' || signal === 'SIGQUIT');
      if (!sentToBoth) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    console.error(`Shipshape could not be started: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
  });
}
