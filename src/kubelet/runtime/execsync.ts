import type { Timer } from '../../sim/queue.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { ExecSyncResult } from '../cri.ts';
import type { Tool } from '../tools/tool.ts';
import type { Container } from './container.ts';

/** Spawning a process in a container, ms. */
export const EXEC_MS = 15;
/** Output of one command that is kept. */
const MAX_OUTPUT = 64 * 1024;

/** Runs a tool in a container to its end, or until `timeoutMs` (0: for ever) has passed, and collects its output. */
export function runSync(
  simulation: Simulation,
  container: Container,
  tool: Tool,
  args: readonly string[],
  timeoutMs: number,
  done: (result: ExecSyncResult) => void,
): void {
  let output = '';
  let over = false;
  let timer: Timer | undefined;
  const end = (exitCode: number, timedOut: boolean): void => {
    if (over) return;
    over = true;
    simulation.cancel(timer);
    simulation.after(timedOut ? 0 : EXEC_MS, () => done({ exitCode, output, timedOut }));
  };
  const handlers = {
    output: (_: 'stdout' | 'stderr', text: string): void => {
      if (output.length < MAX_OUTPUT) output += text.slice(0, MAX_OUTPUT - output.length);
    },
    exit: (exitCode: number): void => end(exitCode, false),
  };
  const session = container.exec(tool, args, { stdin: false, tty: false }, handlers);
  if (over || timeoutMs <= 0) return;
  timer = simulation.after(timeoutMs, () => {
    end(-1, true);
    session.end(137);
  });
}
