import { immediately, type ShellCommand, usageError } from '../command.ts';

/** From switching off until the machine is up again, ms. */
const REBOOT_MS = 20_000;

/** Switches the machine off, and on again after a while. */
export const reboot: ShellCommand = {
  name: 'reboot',
  summary: 'switch this node off and on again',
  usage: 'reboot',
  where: 'machine',
  run: (context, args) =>
    immediately(() => {
      if (context.place.kind !== 'machine') return 1;
      if (args.length > 0) return usageError(context, reboot, `unexpected argument '${args[0]}'`);
      const { machine } = context.place;
      context.changed();
      machine.powerOff();
      context.cluster.sim.after(REBOOT_MS, () => machine.powerOn());
      return 0;
    }),
};
