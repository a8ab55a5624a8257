import { fail, usageError } from './errors.ts';
import { helpText } from './help.ts';
import { atOnce } from './run.ts';
import type { Verb } from './verb.ts';

/**
 * A verb that does nothing but lead to its subcommands: without one it prints its help and fails
 * (pkg/cmd/util/helpers.go DefaultSubCommandRun). `parent` is what stands before its name.
 */
export function group(
  verb: Omit<Verb, 'run' | 'flags' | 'subcommands'> & { readonly subcommands: readonly Verb[] },
  parent = 'kubectl',
): Verb {
  const path = `${parent} ${verb.name}`;
  const self: Verb = {
    ...verb,
    flags: [],
    run: atOnce((context, args) => {
      if (args.args.length > 0)
        return fail(context, usageError(path, `unknown command "${args.args.join(' ')}"`));
      context.stdio.err(helpText(self, path));
      return 1;
    }),
  };
  return self;
}
