import { Command, CommanderError, Option } from 'commander';
import { EXIT_CODES_HELP, ExitCode } from './exitcode.ts';
import type { Io } from './io.ts';
import { subcommands } from './registry.ts';

/** Does what a command line says; the result is the exit code. */
export async function runProgram(argv: readonly string[], io: Io, version: string): Promise<ExitCode> {
  let code: ExitCode = ExitCode.ok;
  const program = newProgram(io, version);
  for (const subcommand of subcommands)
    subcommand.declare(program, async (work) => {
      code = await work(io);
    });
  settle(program, io);
  try {
    await program.parseAsync(commandFirst(program, argv), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version end this way too, with 0.
    return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  }
  return code;
}

/**
 * The arguments with the command's name in front: `--seed 3 play 1-2` is as good as `play --seed 3 1-2`. A name
 * that is said twice, before and after its options, counts once.
 */
function commandFirst(program: Command, argv: readonly string[]): string[] {
  const names = program.commands.map((command) => command.name());
  const options = [program, ...program.commands].flatMap((command) => command.options);
  const named = names.includes(argv[0] ?? '') ? argv[0] : undefined;
  let at = named === undefined ? 0 : 1;
  while (argv[at]?.startsWith('-') === true) {
    const option = options.find(({ short, long }) => argv[at] === short || argv[at] === long);
    at += option?.required === true ? 2 : 1;
  }
  const name = argv[at] ?? '';
  if (!names.includes(name) || (named !== undefined && named !== name)) return [...argv];
  const rest = argv.toSpliced(at, 1);
  return named === undefined ? [name, ...rest] : rest;
}

function newProgram(io: Io, version: string): Command {
  return new Command('shipshape')
    .description('Learn Kubernetes by loading ships onto a simulated cluster, in the terminal.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .addOption(new Option('--lang <language>', 'language of the texts').choices(['en', 'ko']))
    .option('--ascii', 'draw with ASCII characters only')
    .option('--no-color', 'use no colours')
    .addHelpText(
      'after',
      `
Without a command the game starts; where there is no terminal, it prints the levels instead.
Progress is kept in $XDG_STATE_HOME/shipshape, by default ~/.local/state/shipshape; SHIPSHAPE_STATE
names another folder.`,
    )
    .configureHelp({ helpWidth: Math.min(100, Math.max(60, io.columns)), showGlobalOptions: true });
}

/** What all commands have in common: where they print, that mistakes are answered with the nearest name, exit codes in the help. */
function settle(program: Command, io: Io): void {
  program.addHelpText('afterAll', EXIT_CODES_HELP);
  for (const command of [program, ...program.commands])
    command
      .exitOverride()
      .showSuggestionAfterError(true)
      .showHelpAfterError(`See "shipshape ${command === program ? '' : `${command.name()} `}--help".`)
      .configureOutput({
        writeOut: (text) => io.out(text),
        writeErr: (text) => io.err(text),
        outputError: (text, write) => write(text.replace(/^error:/, 'shipshape:')),
        getOutHelpWidth: () => io.columns,
        getErrHelpWidth: () => io.columns,
      });
}
