import { fail, usageError } from './errors.ts';
import { helpText } from './help.ts';
import { atOnce } from './run.ts';
import type { Verb } from './verb.ts';

/** A verb that does nothing but lead to its subcommands. */
export function group(
  verb: Omit<Verb, 'run' | 'flags' | 'subcommands'> & { readonly subcommands: readonly Verb[] },
): Verb {
  const path = `kubectl ${verb.name}`;
  const self: Verb = {
    ...verb,
    flags: [],
    run: atOnce((context, args) => {
      if (args.args.length > 0)
        return fail(context, usageError(path, `unknown command "${args.args.join(' ')}"`));
      context.stdio.out(helpText(self, path));
      return 0;
    }),
  };
  return self;
}
