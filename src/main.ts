import packageJson from '../package.json' with { type: 'json' };
import { ExitCode } from './commands/exitcode.ts';
import { endQuietlyOnClosedPipe, processIo } from './commands/processio.ts';

const { version } = packageJson;

/** Says that it was our fault, and where the details are. */
async function reportBug(error: unknown): Promise<ExitCode> {
  const { describeBug } = await import('./commands/bug.ts');
  processIo.err(describeBug(error, version));
  return ExitCode.internal;
}

async function main(argv: readonly string[]): Promise<ExitCode> {
  try {
    if (argv.length > 0) {
      const { runProgram } = await import('./commands/program.ts');
      return await runProgram(argv, processIo, version);
    }
    const { stdin, stdout } = processIo.isTerminal;
    if (stdin && stdout) {
      // On the screen before anything large is loaded: the player sees at once that it is coming.
      processIo.out(`Shipshape ${version}\n`);
      const { playGame } = await import('./commands/game.ts');
      return await playGame(processIo, undefined, { version });
    }
    const { welcome } = await import('./commands/welcome.ts');
    return welcome(processIo, {});
  } catch (error) {
    return reportBug(error);
  }
}

endQuietlyOnClosedPipe();
process.on('uncaughtException', (error) => {
  // Nothing is known about what still works: say it and end.
  void reportBug(error).then((code) => process.exit(code));
});
process.exitCode = await main(process.argv.slice(2));
