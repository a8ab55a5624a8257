import type { KubeObject } from '../../../api/object.ts';
import type { KubectlContext } from '../../context.ts';
import { builtin } from '../../discovery.ts';
import { type Failure, fail, failure, isFailed, usageError } from '../../errors.ts';
import {
  DRY_RUN_FLAG,
  dryRunOf,
  dryRunSuffix,
  fieldManagerFlag,
  namespaceFor,
  PRINT_FLAGS,
  VALIDATE_FLAG,
  validationOf,
} from '../../flagsets.ts';
import { withLastApplied } from '../../lastapplied.ts';
import { resultPrinter } from '../../printers/output.ts';
import { createObject } from '../../requests.ts';
import type { Flag, ParsedArgs } from '../../verb.ts';

/** Flags of verbs that make an object from flags. */
export const CREATE_FLAGS: readonly Flag[] = [
  ...PRINT_FLAGS,
  DRY_RUN_FLAG,
  VALIDATE_FLAG,
  fieldManagerFlag('kubectl-create'),
  {
    name: 'save-config',
    type: 'bool',
    usage: 'If true, the configuration of the object will be saved in its annotation',
  },
];

/** The one NAME argument, or a refusal. `path` is the command, e.g. `kubectl create deployment`. */
export function nameArgument(path: string, args: ParsedArgs): { readonly name: string } | Failure {
  const [name] = args.args;
  if (args.args.length !== 1 || name === undefined)
    return failure(usageError(path, `exactly one NAME is required, got ${args.args.length}`));
  return { name };
}

/** The refusal of cobra for flags that must be given. */
export function requireFlags(args: ParsedArgs, flags: readonly string[]): Failure | undefined {
  const missing = flags.filter((flag) => !args.given(flag));
  if (missing.length === 0) return undefined;
  return failure(`required flag(s) ${missing.map((flag) => `"${flag}"`).join(', ')} not set`);
}

/**
 * Creates an object made from flags and reports it. `verbed` is what happened, e.g. `created`. In
 * print-outs of a dry run the namespace stands only if `-n` was given, as upstream.
 */
export function createGenerated(
  context: KubectlContext,
  args: ParsedArgs,
  plural: string,
  made: KubeObject,
  verbed = 'created',
): { readonly code: number; readonly object?: KubeObject } {
  const kind = builtin(plural);
  const dry = dryRunOf(args);
  if ('failure' in dry) return { code: fail(context, dry.failure) };
  const validation = validationOf(args);
  if ('failure' in validation) return { code: fail(context, validation.failure) };
  const printer = resultPrinter(context, args);
  if (isFailed(printer)) return { code: fail(context, printer.failure) };
  const namespace = kind.namespaced ? namespaceFor(context, args) : '';
  const explicit = kind.namespaced && args.string('namespace') !== '';
  const placed = explicit ? { ...made, metadata: { ...made.metadata, namespace } } : made;
  const object = args.bool('save-config') ? withLastApplied(placed) : placed;
  if (dry.dryRun === 'client')
    return finish(context, printer.print(kind, object, `${verbed} (dry run)`), object);
  const created = createObject(context, kind, namespace, object, {
    fieldManager: args.string('field-manager'),
    fieldValidation: validation.fieldValidation,
    ...(dry.dryRun === 'server' ? { dryRun: true } : {}),
  });
  if (isFailed(created)) return { code: fail(context, refusalOf(plural, created)) };
  const problem = printer.print(kind, created.object, verbed + dryRunSuffix(dry.dryRun));
  return finish(context, problem, created.object);
}

/** Upstream's create subcommands say what they failed to create, where the server refused for other reasons than rules. */
function refusalOf(plural: string, refused: Failure): Failure['failure'] {
  const { failure: refusal } = refused;
  if (typeof refusal === 'string' || refusal.code === 0 || refusal.reason === 'Invalid') return refusal;
  const noun = WRAPPED.get(plural);
  return noun === undefined ? refusal : `failed to create ${noun}: ${refusal.message ?? ''}`;
}

const WRAPPED: ReadonlyMap<string, string> = new Map([
  ['configmaps', 'configmap'],
  ['cronjobs', 'cronjob'],
  ['deployments', 'deployment'],
  ['jobs', 'job'],
  ['poddisruptionbudgets', 'poddisruptionbudgets'],
  ['ingresses', 'ingress'],
  ['secrets', 'secret'],
  ['serviceaccounts', 'serviceaccount'],
]);

function finish(
  context: KubectlContext,
  problem: string | undefined,
  object: KubeObject,
): { readonly code: number; readonly object?: KubeObject } {
  return problem === undefined ? { code: 0, object } : { code: fail(context, problem) };
}
