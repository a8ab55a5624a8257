import { fail } from '../errors.ts';
import { group } from '../group.ts';
import { align, TABLE_LAYOUT } from '../printers/tabwriter.ts';
import { atOnce } from '../run.ts';
import type { Verb } from '../verb.ts';

const canI: Verb = {
  name: 'can-i',
  short: 'Check whether an action is allowed',
  usage: 'kubectl auth can-i VERB [TYPE | TYPE/NAME]',
  flags: [],
  run: atOnce((context) =>
    fail(
      context,
      'this server does not serve selfsubjectaccessreviews.authorization.k8s.io, so it cannot be asked',
    ),
  ),
};

const whoAmI: Verb = {
  name: 'whoami',
  short: 'Experimental: Check self subject attributes',
  usage: 'kubectl auth whoami',
  flags: [],
  run: atOnce((context) => {
    const { name, groups } = context.client.user;
    const all = [...new Set([...groups, 'system:authenticated'])].join(' ');
    context.stdio.out(align(`ATTRIBUTE\tVALUE\nUsername\t${name}\nGroups\t[${all}]\n`, TABLE_LAYOUT));
    return 0;
  }),
};

/** `kubectl auth` (pkg/cmd/auth). */
export const auth: Verb = group({
  name: 'auth',
  short: 'Inspect authorization',
  usage: 'kubectl auth SUBCOMMAND',
  absent: new Set(['reconcile']),
  subcommands: [canI, whoAmI],
});
