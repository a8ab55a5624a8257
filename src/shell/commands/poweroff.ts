import { immediately, type ShellCommand, usageError } from '../command.ts';

/** Switches the machine off, with all that runs on it. */
export const poweroff: ShellCommand = {
  name: 'poweroff',
  summary: 'switch this node off, with all that runs on it',
  usage: 'poweroff',
  where: 'machine',
  run: (context, args) =>
    immediately(() => {
      if (context.place.kind !== 'machine') return 1;
      if (args.length > 0) return usageError(context, poweroff, `unexpected argument '${args[0]}'`);
      context.changed();
      context.place.machine.powerOff();
      return 0;
    }),
};
