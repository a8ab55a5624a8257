import type { Status } from '../../apimachinery/status.ts';
import { isNotFound } from '../../apimachinery/status.ts';
import type { KubectlContext } from '../context.ts';
import { defaultAccount } from '../defaultaccount.ts';
import { nameWithKind } from '../discovery.ts';
import { fail, isFailed, withSource } from '../errors.ts';
import {
  DRY_RUN_FLAG,
  dryRunOf,
  dryRunSuffix,
  FILENAME_FLAGS,
  fieldManagerFlag,
  namesFiles,
  PRINT_FLAGS,
  unsupported,
  VALIDATE_FLAG,
  validationOf,
} from '../flagsets.ts';
import { withLastApplied } from '../lastapplied.ts';
import { resultPrinter } from '../printers/output.ts';
import { createObject, deleteObject, getObject, replaceObject } from '../requests.ts';
import { type ObjectInfo, resolve, selectionOf } from '../resources.ts';
import type { Waiting } from '../run.ts';
import { subresourceFlag } from '../subresources.ts';
import type { ParsedArgs, Verb } from '../verb.ts';
import { type Going, waitUntilGone } from './delete.ts';

/** How long `replace --force` waits for the old object to go, ms. */
const GONE_WITHIN = 5 * 60 * 1000;

/** `kubectl replace` (pkg/cmd/replace/replace.go). */
export const replace: Verb = {
  name: 'replace',
  short: 'Replace a resource by file name or stdin',
  usage: 'kubectl replace -f FILENAME',
  examples: `  # Replace a pod using the data in pod.yaml
  kubectl replace -f ./pod.yaml

  # Delete the pod and create it again
  kubectl replace --force -f ./pod.yaml`,
  flags: [
    ...FILENAME_FLAGS,
    ...PRINT_FLAGS,
    DRY_RUN_FLAG,
    VALIDATE_FLAG,
    fieldManagerFlag('kubectl-replace'),
    {
      name: 'cascade',
      type: 'string',
      default: 'background',
      noOptDefault: 'background',
      usage: 'Must be "background", "orphan", or "foreground"; with --force',
    },
    { name: 'force', type: 'bool', usage: 'If true, delete the resource first and create it again' },
    {
      name: 'grace-period',
      type: 'int',
      default: -1,
      usage: 'Period of time in seconds given to the resource to terminate; with --force',
    },
    { name: 'raw', type: 'string', usage: 'Raw URI to PUT to the server (not supported)' },
    {
      name: 'save-config',
      type: 'bool',
      usage: 'If true, the configuration of the object will be saved in its annotation',
    },
    subresourceFlag('replace'),
    {
      name: 'timeout',
      type: 'duration',
      usage: 'The length of time to wait for the old object to go; with --force',
    },
    { name: 'wait', type: 'bool', default: true, usage: 'Always the case here; with --force' },
  ],
  *run(context, args) {
    const refused = unsupported(args, ['raw']);
    if (refused !== undefined) return fail(context, refused);
    if (!namesFiles(args)) return fail(context, 'must specify --filename to replace');
    if (!args.bool('force') && args.int('grace-period') >= 0)
      return fail(context, '--grace-period must have --force specified');
    if (!args.bool('force') && args.duration('timeout') !== 0)
      return fail(context, '--timeout must have --force specified');
    const dry = dryRunOf(args);
    if ('failure' in dry) return fail(context, dry.failure);
    const validation = validationOf(args);
    if ('failure' in validation) return fail(context, validation.failure);
    const printer = resultPrinter(context, args);
    if (isFailed(printer)) return fail(context, printer.failure);
    const resolved = resolve(context, selectionOf(context, args, ['filename']));
    if (isFailed(resolved)) return fail(context, resolved.failure);
    const errors: (Status | string)[] = [...resolved.errors];
    const subresource = args.string('subresource');
    if (subresource !== '' && args.bool('force'))
      return fail(context, '--subresource cannot be used with --force');
    const options = {
      ...(subresource === '' ? {} : { subresource }),
      fieldManager: args.string('field-manager'),
      fieldValidation: validation.fieldValidation,
      ...(dry.dryRun === 'server' ? { dryRun: true } : {}),
    };
    const infos = (resolved.infos as readonly ObjectInfo[]).map((info) =>
      args.bool('save-config') ? { ...info, object: withLastApplied(info.object) } : info,
    );
    const anew = args.bool('force') && dry.dryRun === 'none';
    if (anew) {
      const refusal = yield* clear(context, args, infos);
      if (refusal !== undefined) return fail(context, ...errors, refusal);
    }
    for (const info of infos) {
      if (anew) yield* defaultAccount(context, info.kind, info.namespace, info.object);
      const result = anew
        ? createObject(context, info.kind, info.namespace, info.object, options)
        : dry.dryRun === 'client'
          ? asWritten(context, info)
          : replaceObject(context, info.kind, info.namespace, info.name, info.object, options);
      if (isFailed(result)) {
        errors.push(withSource('replacing', info.source, result.failure));
        continue;
      }
      const problem = printer.print(info.kind, result.object, `replaced${dryRunSuffix(dry.dryRun)}`);
      if (problem !== undefined) errors.push(problem);
    }
    return fail(context, ...errors);
  },
};

type Replaced = ReturnType<typeof replaceObject>;

/** What a replacement would send, if there is anything to replace. */
function asWritten(context: KubectlContext, info: ObjectInfo): Replaced {
  const there = getObject(context, info.kind, info.namespace, info.name);
  return isFailed(there) ? there : { object: info.object };
}

/** Deletes all of the objects, and waits until the last of them is gone; what went wrong, if anything did. */
function* clear(
  context: KubectlContext,
  args: ParsedArgs,
  infos: readonly ObjectInfo[],
): Waiting<Status | string | undefined> {
  const cascade = args.string('cascade');
  const going: Going[] = [];
  for (const info of infos) {
    const gone = deleteObject(context, info.kind, info.namespace, info.name, {
      propagationPolicy:
        cascade === 'orphan' ? 'Orphan' : cascade === 'foreground' ? 'Foreground' : 'Background',
      gracePeriodSeconds: Math.max(args.int('grace-period'), 0),
    });
    if (isFailed(gone)) {
      if (typeof gone.failure === 'string' || !isNotFound(gone.failure))
        return withSource('deleting', info.source, gone.failure);
      continue;
    }
    const resource = nameWithKind(info.kind, '').slice(0, -1);
    const where = info.kind.namespaced ? ` from ${info.namespace} namespace` : '';
    context.stdio.out(`${resource} "${info.name}" deleted${where}\n`);
    const uid = gone.object?.metadata.uid;
    if (uid !== undefined) going.push({ info, uid });
  }
  const timeout = args.duration('timeout');
  return yield* waitUntilGone(context, going, timeout === 0 ? GONE_WITHIN : timeout);
}
