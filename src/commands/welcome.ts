import { textWidth } from '../ui/theme/width.ts';
import { ExitCode } from './exitcode.ts';
import type { Io } from './io.ts';
import { readLibrary } from './library.ts';
import { levelTable } from './listlevels.ts';
import { ProgressFile } from './progressfile.ts';
import { loadSettings } from './settings.ts';
import { type CommonOptions, styleFor } from './style.ts';
import { texts } from './texts.ts';

/** What the game says where it cannot be played: what it is, the levels, and what works without a terminal. */
export function welcome(io: Io, options: CommonOptions): ExitCode {
  const { language } = loadSettings(io.env, options);
  const t = texts[language];
  const style = styleFor(io, options);
  const table = levelTable(readLibrary(), new ProgressFile(io.env), language, style);
  const width = Math.max(...t.commands.map(([command]) => textWidth(command)));
  const commands = t.commands.map(([command, does]) => `  ${command.padEnd(width)}  ${style.dim(does)}`);
  io.out(`${[...t.what, '', t.noTerminal, '', ...table, '', t.howTo, ...commands].join('\n')}\n`);
  return ExitCode.ok;
}
