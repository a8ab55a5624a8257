import type { ShellCommand } from '../command.ts';
import { crictl } from './crictl.ts';
import { help } from './help.ts';
import { journalctl } from './journalctl.ts';
import { kubectlCommand } from './kubectl.ts';
import { poweroff } from './poweroff.ts';
import { reboot } from './reboot.ts';
import { ssh } from './ssh.ts';
import { systemctl } from './systemctl.ts';
import { whyCommand } from './why.ts';

/** The shell's own commands, by file name; everyday tools come from the kubelet's tool box. */
export const commands: readonly ShellCommand[] = [
  crictl,
  help,
  journalctl,
  kubectlCommand,
  poweroff,
  reboot,
  ssh,
  systemctl,
  whyCommand,
];
