import { fail } from '../errors.ts';
import { group } from '../group.ts';
import { atOnce } from '../run.ts';

/** `kubectl plugin` (pkg/cmd/plugin/plugin.go). Programs of the name `kubectl-x` there are none of here. */
export const plugin = group({
  name: 'plugin',
  short: 'Provides utilities for interacting with plugins',
  long: 'Provides utilities for interacting with plugins.\n\n Plugins provide extended functionality that is not part of the major command-line distribution.',
  usage: 'kubectl plugin [flags]',
  subcommands: [
    {
      name: 'list',
      short: "List all visible plugin executables on a user's PATH",
      usage: 'kubectl plugin list [options]',
      flags: [
        {
          name: 'name-only',
          type: 'bool',
          usage: 'If true, display only the binary name of each plugin, rather than its full path',
        },
      ],
      run: atOnce((context) => fail(context, 'unable to find any kubectl plugins in your PATH')),
    },
  ],
});
