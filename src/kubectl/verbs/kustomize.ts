import { fail, isFailed } from '../errors.ts';
import { buildKustomization } from '../kustomize/build.ts';
import { atOnce } from '../run.ts';
import type { Verb } from '../verb.ts';

/** `kubectl kustomize` (kustomize/commands/build/build.go). */
export const kustomize: Verb = {
  name: 'kustomize',
  short: 'Build a kustomization target from a directory or URL',
  long: `Build a set of KRM resources using a 'kustomization.yaml' file. The DIR argument must be a path to a directory containing 'kustomization.yaml'. If DIR is omitted, '.' is assumed.`,
  usage: 'kubectl kustomize DIR [flags] [options]',
  examples: `  # Build the current working directory
  kubectl kustomize

  # Build some shared configuration directory
  kubectl kustomize overlays/production`,
  flags: [
    {
      name: 'output',
      shorthand: 'o',
      type: 'string',
      usage: 'If specified, write output to this path.',
    },
  ],
  run: atOnce((context, args) => {
    const [path = '.', ...more] = args.args;
    if (more.length > 0) return fail(context, 'specify one path to kustomization.yaml');
    const built = buildKustomization(context.files, path);
    for (const warning of built.warnings) context.stdio.err(`${warning}\n`);
    if (isFailed(built)) return fail(context, built.failure);
    const output = args.string('output');
    if (output === '') context.stdio.out(built.yaml);
    else context.files.write(output, built.yaml);
    return 0;
  }),
};
