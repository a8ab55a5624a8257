import { deepEqual } from '../../apimachinery/equal.ts';
import type { Status } from '../../apimachinery/status.ts';
import { fail, isFailed } from '../errors.ts';
import {
  DRY_RUN_FLAG,
  dryRunOf,
  dryRunSuffix,
  FILENAME_FLAGS,
  fieldManagerFlag,
  PRINT_FLAGS,
  unsupported,
} from '../flagsets.ts';
import { PATCH_TYPES, patchLocally, readPatch } from '../localpatch.ts';
import { resultPrinter } from '../printers/output.ts';
import { patchObject } from '../requests.ts';
import { fetch, resolve, selectionOf } from '../resources.ts';
import { atOnce } from '../run.ts';
import { subresourceFlag } from '../subresources.ts';
import type { Verb } from '../verb.ts';

/** `kubectl patch` (pkg/cmd/patch/patch.go). */
export const patch: Verb = {
  name: 'patch',
  short: 'Update fields of a resource',
  usage: 'kubectl patch (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]',
  examples: `  # Mark a node as unschedulable, with a strategic merge patch
  kubectl patch node cargo-1 -p '{"spec":{"unschedulable":true}}'

  # Change a container's image, with a JSON patch
  kubectl patch pod web --type='json' -p='[{"op": "replace", "path": "/spec/containers/0/image", "value":"nginx:1.28"}]'`,
  flags: [
    ...FILENAME_FLAGS,
    ...PRINT_FLAGS,
    DRY_RUN_FLAG,
    fieldManagerFlag('kubectl-patch'),
    {
      name: 'local',
      type: 'bool',
      usage: 'If true, patch will operate on the content of the file (not supported)',
    },
    {
      name: 'patch',
      shorthand: 'p',
      type: 'string',
      usage: 'The patch to be applied to the resource JSON file',
    },
    { name: 'patch-file', type: 'string', usage: 'A file containing a patch to be applied to the resource' },
    subresourceFlag('patch'),
    {
      name: 'type',
      type: 'string',
      default: 'strategic',
      usage: 'The type of patch being provided; one of [json merge strategic]',
    },
  ],
  run: atOnce((context, args) => {
    const refused = unsupported(args, ['local']);
    if (refused !== undefined) return fail(context, refused);
    const type = PATCH_TYPES.find((t) => t === args.string('type'));
    if (type === undefined)
      return fail(context, `--type must be one of [${PATCH_TYPES.join(' ')}], not "${args.string('type')}"`);
    const [inline, file] = [args.string('patch'), args.string('patch-file')];
    if (inline !== '' && file !== '')
      return fail(context, 'cannot specify --patch and --patch-file together');
    if (inline === '' && file === '')
      return fail(context, 'must specify --patch or --patch-file containing the contents of the patch');
    const text = file === '' ? inline : context.files.read(file);
    if (text === undefined)
      return fail(context, `unable to read patch file: open ${file}: no such file or directory`);
    const read = readPatch(text, type);
    if (typeof read === 'string') return fail(context, read);
    const dry = dryRunOf(args);
    if ('failure' in dry) return fail(context, dry.failure);
    const printer = resultPrinter(context, args);
    if (isFailed(printer)) return fail(context, printer.failure);
    const resolved = resolve(context, selectionOf(context, args, ['filename']));
    if (isFailed(resolved)) return fail(context, resolved.failure);
    const { infos, errors: unfetched } = fetch(context, resolved.infos);
    const errors: (Status | string)[] = [...resolved.errors, ...unfetched];
    for (const info of infos) {
      const subresource = args.string('subresource');
      const patched =
        dry.dryRun === 'client'
          ? patchLocally(info.kind, info.object, type, read.patch)
          : patchObject(context, info.kind, info.namespace, info.name, type, read.patch, {
              fieldManager: args.string('field-manager'),
              ...(subresource === '' ? {} : { subresource }),
              ...(dry.dryRun === 'server' ? { dryRun: true } : {}),
            });
      if (isFailed(patched)) {
        errors.push(patched.failure);
        continue;
      }
      const operation = deepEqual(patched.object, info.object) ? 'patched (no change)' : 'patched';
      const problem = printer.print(info.kind, patched.object, operation + dryRunSuffix(dry.dryRun));
      if (problem !== undefined) errors.push(problem);
    }
    return fail(context, ...errors);
  }),
};
