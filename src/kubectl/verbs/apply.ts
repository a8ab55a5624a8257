import { apiVersionOf } from '../../api/kind.ts';
import type { KubeObject } from '../../api/object.ts';
import { isTerminating } from '../../api/object.ts';
import { goJson } from '../../apimachinery/gostring.ts';
import { isPatchError } from '../../apimachinery/patcherror.ts';
import { isConflict, isInvalid, isNotFound, type Status } from '../../apimachinery/status.ts';
import type { KubectlContext } from '../context.ts';
import { defaultAccount } from '../defaultaccount.ts';
import { type Failure, fail, failure, isFailed, usageError, withSource } from '../errors.ts';
import {
  DRY_RUN_FLAG,
  type DryRun,
  dryRunOf,
  dryRunSuffix,
  FILENAME_FLAGS,
  fieldManagerFlag,
  namesFiles,
  PRINT_FLAGS,
  SELECTOR_FLAG,
  unsupported,
  VALIDATE_FLAG,
  validationOf,
} from '../flagsets.ts';
import { LAST_APPLIED, lastApplied, withLastApplied } from '../lastapplied.ts';
import { threeWayPatch } from '../mergepatches.ts';
import { resultPrinter } from '../printers/output.ts';
import { createObject, deleteObject, getObject, patchObject } from '../requests.ts';
import { type Info, type ObjectInfo, resolve, selectionOf } from '../resources.ts';
import { migrateToServerSide } from '../serverside.ts';
import type { ParsedArgs, Verb } from '../verb.ts';
import { editLastApplied, setLastApplied, viewLastApplied } from './apply/lastapplied.ts';
import { type Pruning, prune, prunedKinds } from './apply/prune.ts';
import { propagationOf } from './delete.ts';

/** `kubectl apply` (pkg/cmd/apply/apply.go, patcher.go). */
export const apply: Verb = {
  name: 'apply',
  short: 'Apply a configuration to a resource by file name or stdin',
  usage: 'kubectl apply (-f FILENAME | -k DIRECTORY) [flags]',
  examples: `  # Apply the configuration in pod.yaml to a pod
  kubectl apply -f ./pod.yaml

  # Apply the configuration files of a directory
  kubectl apply -f dir/

  # See what would happen, without changing anything
  kubectl apply -f ./pod.yaml --dry-run=server`,
  flags: [
    ...FILENAME_FLAGS,
    ...PRINT_FLAGS,
    SELECTOR_FLAG,
    DRY_RUN_FLAG,
    VALIDATE_FLAG,
    fieldManagerFlag('kubectl-client-side-apply'),
    {
      name: 'all',
      type: 'bool',
      usage: 'Select all resources in the namespace of the specified resource types',
    },
    {
      name: 'cascade',
      type: 'string',
      default: 'background',
      noOptDefault: 'background',
      usage: 'Must be "background", "orphan", or "foreground"; of what is pruned',
    },
    {
      name: 'force',
      type: 'bool',
      usage: 'If a patch is refused as invalid or in conflict, delete the resource and create it again',
    },
    {
      name: 'force-conflicts',
      type: 'bool',
      usage: 'If true, server-side apply will force the changes against conflicts',
    },
    {
      name: 'grace-period',
      type: 'int',
      default: -1,
      usage: 'Period of time in seconds given to a resource deleted by --force',
    },
    {
      name: 'overwrite',
      type: 'bool',
      default: true,
      usage:
        'Resolve conflicts between the modified and live configuration by using values from the modified configuration',
    },
    {
      name: 'openapi-patch',
      type: 'bool',
      default: true,
      usage: 'If true, use openapi to calculate the diff (always the case here)',
    },
    {
      name: 'prune',
      type: 'bool',
      usage:
        'Automatically delete resource objects that do not appear in the configs and were made by apply. Should be used with either -l or --all.',
    },
    {
      name: 'prune-allowlist',
      type: 'array',
      usage: 'Overwrite the default allowlist with <group/version/kind> for --prune',
    },
    { name: 'server-side', type: 'bool', usage: 'If true, apply runs in the server instead of the client' },
    { name: 'subresource', type: 'string', usage: 'Apply to a subresource (not supported)' },
    { name: 'timeout', type: 'duration', usage: 'The length of time to wait before giving up on a delete' },
    { name: 'wait', type: 'bool', usage: 'If true, wait for resources to be gone before returning' },
  ],
  subcommands: [editLastApplied, setLastApplied, viewLastApplied],
  *run(context, args) {
    const refused = unsupported(args, ['subresource', 'timeout', 'wait']);
    if (refused !== undefined) return fail(context, refused);
    if (args.args.length > 0)
      return fail(context, usageError('kubectl apply', `Unexpected args: [${args.args.join(' ')}]`));
    if (!namesFiles(args)) return fail(context, 'must specify one of -f and -k');
    const call = readCall(context, args);
    if (isFailed(call)) return fail(context, call.failure);
    const pruning = readPruning(args, call);
    if (pruning !== undefined && isFailed(pruning)) return fail(context, pruning.failure);
    const seen = { namespaces: new Set<string>(), applied: new Set<string>() };
    const resolved = resolve(context, selectionOf(context, args, ['filename', 'selector']));
    if (isFailed(resolved)) return fail(context, resolved.failure);
    const errors: (Status | string)[] = [...resolved.errors];
    if (resolved.infos.length === 0 && errors.length === 0)
      return fail(context, 'no objects passed to apply');
    for (const info of resolved.infos) {
      const { kind, namespace, object } = info as ObjectInfo;
      if (call.dryRun !== 'client') yield* defaultAccount(context, kind, namespace, object);
      const result = applyOne(call, info as ObjectInfo);
      if ('failure' in result) errors.push(result.failure);
      else {
        seen.applied.add(result.object.metadata.uid ?? '');
        if (namespace !== '') seen.namespaces.add(namespace);
        const problem = call.printer.print(
          info.kind,
          result.object,
          result.operation + dryRunSuffix(call.dryRun),
        );
        if (problem !== undefined) errors.push(problem);
      }
    }
    if (pruning !== undefined && errors.length === 0)
      errors.push(
        ...prune(context, { ...pruning, ...seen }, (kind, object) =>
          call.printer.print(kind, object, `pruned${dryRunSuffix(call.dryRun)}`),
        ),
      );
    return fail(context, ...errors);
  },
};

/** What `--prune` is to delete; undefined without it. */
function readPruning(
  args: ParsedArgs,
  call: Call,
): Omit<Pruning, 'namespaces' | 'applied'> | undefined | Failure {
  if (!args.bool('prune')) return undefined;
  const selector = args.string('selector');
  if (args.bool('all') && selector !== '') return failure('cannot set --all and --selector at the same time');
  if (!args.bool('all') && selector === '')
    return failure(
      'all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector',
    );
  const propagation = propagationOf(args.string('cascade'));
  if (propagation === undefined)
    return failure(
      `invalid cascade value (${args.string('cascade')}). Must be "background", "foreground", or "orphan"`,
    );
  const kinds = prunedKinds(args.strings('prune-allowlist'));
  if ('failure' in kinds) return kinds;
  return { kinds, selector, dryRun: call.dryRun, propagation, gracePeriod: call.gracePeriod };
}

interface Call {
  readonly context: KubectlContext;
  readonly dryRun: DryRun;
  readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore';
  readonly fieldManager: string;
  readonly serverSide: boolean;
  readonly forceConflicts: boolean;
  readonly force: boolean;
  readonly gracePeriod: number;
  readonly printer: Exclude<ReturnType<typeof resultPrinter>, Failure>;
}

type Outcome = { readonly object: KubeObject; readonly operation: string } | Failure;

function readCall(context: KubectlContext, args: ParsedArgs): Call | Failure {
  const dry = dryRunOf(args);
  if ('failure' in dry) return dry;
  const validation = validationOf(args);
  if ('failure' in validation) return validation;
  const serverSide = args.bool('server-side');
  if (args.bool('force-conflicts') && !serverSide)
    return failure('--force-conflicts only works with --server-side');
  if (args.bool('force') && serverSide) return failure('--force cannot be used with --server-side');
  if (dry.dryRun === 'client' && serverSide)
    return failure(
      "--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)",
    );
  if (dry.dryRun === 'server' && args.bool('force'))
    return failure('--dry-run=server cannot be used with --force');
  const printer = resultPrinter(context, args);
  if (isFailed(printer)) return printer;
  const fieldManager = serverSide && !args.given('field-manager') ? 'kubectl' : args.string('field-manager');
  return {
    context,
    dryRun: dry.dryRun,
    fieldValidation: validation.fieldValidation,
    fieldManager,
    serverSide,
    forceConflicts: args.bool('force-conflicts'),
    force: args.bool('force'),
    gracePeriod: args.int('grace-period'),
    printer,
  };
}

function writeOptions(call: Call): {
  fieldManager: string;
  fieldValidation: Call['fieldValidation'];
  dryRun?: true;
} {
  return {
    fieldManager: call.fieldManager,
    fieldValidation: call.fieldValidation,
    ...(call.dryRun === 'server' ? { dryRun: true } : {}),
  };
}

function applyOne(call: Call, info: ObjectInfo): Outcome {
  if (info.name === '' && info.object.metadata.generateName !== undefined)
    return failure(`from ${info.object.metadata.generateName}: cannot use generate name with apply`);
  if (info.name === '')
    return failure(withSource(retrieving(info), info.source, 'resource name may not be empty'));
  if (call.serverSide) return applyOnServer(call, info);
  const modified = withLastApplied(info.object);
  const live = getObject(call.context, info.kind, info.namespace, info.name);
  if (!isFailed(live)) return patchLive(call, info, modified, live.object);
  const { failure: refusal } = live;
  if (typeof refusal === 'string' || !isNotFound(refusal))
    return failure(withSource(retrieving(info), info.source, refusal));
  return create(call, info, modified);
}

function create(call: Call, info: ObjectInfo, modified: KubeObject): Outcome {
  if (call.dryRun === 'client') return { object: info.object, operation: 'created' };
  const created = createObject(call.context, info.kind, info.namespace, modified, writeOptions(call));
  if (isFailed(created)) return failure(withSource('creating', info.source, created.failure));
  return { object: created.object, operation: 'created' };
}

const MAX_PATCH_RETRIES = 5;

function patchLive(call: Call, info: ObjectInfo, modified: KubeObject, first: KubeObject): Outcome {
  const { context, dryRun } = call;
  if (dryRun === 'client') return { object: first, operation: 'configured' };
  if (first.metadata.annotations?.[LAST_APPLIED] === undefined) {
    context.stdio.err(
      `Warning: resource ${info.kind.plural}/${info.name} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`,
    );
  }
  let live = first;
  for (let attempt = 0; ; attempt++) {
    const difference = threeWayPatch(info.kind, lastApplied(live) ?? {}, modified, live);
    if (isPatchError(difference)) return failure(patchFailure(info, '', difference.error));
    const { type, patch } = difference;
    if (Object.keys(patch).length === 0) return { object: live, operation: 'unchanged' };
    if (isTerminating(live))
      context.stdio.err(
        `Warning: Detected changes to resource ${info.name} which is currently being deleted.\n`,
      );
    const patched = patchObject(
      context,
      info.kind,
      info.namespace,
      info.name,
      type,
      patch,
      writeOptions(call),
    );
    if (!isFailed(patched)) return { object: patched.object, operation: 'configured' };
    const refusal = patched.failure;
    if (typeof refusal !== 'string' && isConflict(refusal) && attempt < MAX_PATCH_RETRIES) {
      const again = getObject(context, info.kind, info.namespace, info.name);
      if (isFailed(again)) return failure(patchFailure(info, goJson(patch), again.failure));
      live = again.object;
      continue;
    }
    if (call.force && typeof refusal !== 'string' && (isConflict(refusal) || isInvalid(refusal)))
      return recreate(call, info, modified);
    return failure(patchFailure(info, goJson(patch), refusal));
  }
}

function recreate(call: Call, info: ObjectInfo, modified: KubeObject): Outcome {
  const grace = call.gracePeriod < 0 ? {} : { gracePeriodSeconds: call.gracePeriod };
  const gone = deleteObject(call.context, info.kind, info.namespace, info.name, {
    gracePeriodSeconds: 0,
    propagationPolicy: 'Background',
    ...grace,
  });
  if (isFailed(gone)) return gone;
  const created = createObject(call.context, info.kind, info.namespace, modified, writeOptions(call));
  if (isFailed(created)) return failure(withSource('creating', info.source, created.failure));
  return { object: created.object, operation: 'configured' };
}

function applyOnServer(call: Call, info: ObjectInfo): Outcome {
  const { context, fieldManager } = call;
  const send = (): ReturnType<typeof patchObject> =>
    patchObject(context, info.kind, info.namespace, info.name, 'apply', info.object, {
      ...writeOptions(call),
      force: call.forceConflicts,
    });
  const applied = send();
  if (!isFailed(applied)) {
    const migrated =
      call.dryRun === 'none' && migrateToServerSide(context, info, applied.object, fieldManager);
    const again = migrated === true ? send() : applied;
    return { object: isFailed(again) ? applied.object : again.object, operation: 'serverside-applied' };
  }
  const refusal = applied.failure;
  if (typeof refusal === 'string' || !isConflict(refusal))
    return failure(withSource('applying', info.source, refusal));
  return failure(`${refusal.message ?? ''}
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`);
}

/** How upstream's messages print an object (`resource.Info.String`). */
function describeInfo(info: Info): string {
  const version = apiVersionOf(info.kind);
  const prefix = version.includes('/') ? version : `/${version}`;
  return `Resource: "${prefix}, Resource=${info.kind.plural}", GroupVersionKind: "${prefix}, Kind=${info.kind.kind}"\nName: "${info.name}", Namespace: "${info.namespace}"`;
}

function retrieving(info: Info): string {
  return `retrieving current configuration of:\n${describeInfo(info)}\nfrom server for:`;
}

function patchFailure(info: Info, patch: string, refusal: Status | string): Status | string {
  const verb = `applying patch:\n${patch}\nto:\n${describeInfo(info)}\nfor:`;
  return withSource(verb, info.source, withSource('patching', info.source, refusal));
}
