import type { KubeObject } from '../../api/object.ts';
import type { RequestOptions } from '../../api/request.ts';
import { isNotFound, type Status } from '../../apimachinery/status.ts';
import type { KubectlContext } from '../context.ts';
import { nameWithKind } from '../discovery.ts';
import { type Failure, fail, failure, isFailed, withSource } from '../errors.ts';
import {
  ALL_NAMESPACES_FLAG,
  DRY_RUN_FLAG,
  type DryRun,
  dryRunOf,
  dryRunSuffix,
  FIELD_SELECTOR_FLAG,
  FILENAME_FLAGS,
  SELECTOR_FLAG,
  unsupported,
} from '../flagsets.ts';
import { deleteObject, getObject } from '../requests.ts';
import { type Info, type Resolved, resolve, selectionOf } from '../resources.ts';
import type { Waiting } from '../run.ts';
import type { ParsedArgs, Verb } from '../verb.ts';
import { until } from '../watching.ts';

/** `--timeout=0` waits this long: a week, as upstream. */
const FOREVER = 7 * 24 * 3600 * 1000;

const IMMEDIATE =
  'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n';

/** `kubectl delete` (pkg/cmd/delete/delete.go). */
export const deleteVerb: Verb = {
  name: 'delete',
  short: 'Delete resources by file names, stdin, resources and names, or by resources and label selector',
  usage: 'kubectl delete ([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])',
  examples: `  # Delete a pod
  kubectl delete pod web

  # Delete what a manifest describes
  kubectl delete -f ./pod.yaml

  # Delete pods and services with a label
  kubectl delete pods,services -l app=web

  # Delete a pod with minimal delay
  kubectl delete pod web --now

  # Delete all pods of the namespace
  kubectl delete pods --all`,
  flags: [
    ...FILENAME_FLAGS,
    SELECTOR_FLAG,
    FIELD_SELECTOR_FLAG,
    ALL_NAMESPACES_FLAG,
    DRY_RUN_FLAG,
    {
      name: 'all',
      type: 'bool',
      usage: 'Delete all resources, in the namespace of the specified resource types',
    },
    {
      name: 'cascade',
      type: 'string',
      default: 'background',
      noOptDefault: 'background',
      usage: 'Must be "background", "orphan", or "foreground"',
    },
    {
      name: 'force',
      type: 'bool',
      usage: 'If true, immediately remove resources from API and bypass graceful deletion',
    },
    {
      name: 'grace-period',
      type: 'int',
      default: -1,
      usage: 'Period of time in seconds given to the resource to terminate gracefully',
    },
    { name: 'ignore-not-found', type: 'bool', usage: 'Treat "resource not found" as a successful delete' },
    {
      name: 'interactive',
      shorthand: 'i',
      type: 'bool',
      usage: 'If true, delete resource only when user confirms',
    },
    {
      name: 'now',
      type: 'bool',
      usage: 'If true, resources are signaled for immediate shutdown (same as --grace-period=1)',
    },
    {
      name: 'output',
      shorthand: 'o',
      type: 'string',
      usage: 'Output mode. Use "-o name" for shorter output (resource/name)',
    },
    { name: 'raw', type: 'string', usage: 'Raw URI to DELETE to the server (not supported)' },
    {
      name: 'timeout',
      type: 'duration',
      usage: 'The length of time to wait before giving up on a delete, zero means a long time',
    },
    {
      name: 'wait',
      type: 'bool',
      default: true,
      usage: 'If true, wait for resources to be gone before returning',
    },
  ],
  *run(context, args) {
    const call = readCall(args);
    if ('failure' in call) return fail(context, call.failure);
    const selection = selectionOf(context, args, [
      'filename',
      'selector',
      'field-selector',
      'all',
      'all-namespaces',
    ]);
    if (
      selection.all === true &&
      (selection.labelSelector !== undefined || selection.fieldSelector !== undefined)
    )
      return fail(context, "setting 'all' parameter but found a non empty selector. ");
    const resolved = resolve(context, selection);
    if (isFailed(resolved)) return fail(context, resolved.failure);
    if (args.bool('interactive') && !(yield* confirmed(context, resolved.infos))) {
      context.stdio.out('deletion is cancelled\n');
      return 0;
    }
    if (call.gracePeriod === 0) context.stdio.err(IMMEDIATE);
    return yield* deleteAll(context, call, resolved, selection.enforceNamespace);
  },
};

interface Call {
  readonly dryRun: DryRun;
  /** Seconds; negative for the object's own. 0 means by force. */
  readonly gracePeriod: number;
  readonly propagation: 'Background' | 'Foreground' | 'Orphan';
  readonly ignoreNotFound: boolean;
  readonly wait: boolean;
  readonly timeout: number;
  readonly nameOnly: boolean;
}

function readCall(args: ParsedArgs): Call | Failure {
  const refused = unsupported(args, ['raw']);
  if (refused !== undefined) return failure(refused);
  const dry = dryRunOf(args);
  if ('failure' in dry) return dry;
  const propagation = propagationOf(args.string('cascade'));
  if (propagation === undefined)
    return failure(
      `invalid cascade value (${args.string('cascade')}). Must be "background", "foreground", or "orphan"`,
    );
  const output = args.string('output');
  if (output !== '' && output !== 'name')
    return failure(`unexpected -o output mode: ${output}. We only support '-o name'`);
  let gracePeriod = args.int('grace-period');
  if (args.bool('now')) {
    if (gracePeriod !== -1) return failure('--now and --grace-period cannot be specified together');
    gracePeriod = 1;
  }
  if (args.bool('force') && gracePeriod > 0)
    return failure('--force and --grace-period greater than 0 cannot be specified together');
  if (args.bool('force') && gracePeriod < 0) gracePeriod = 0;
  // Without --force, an immediate deletion waits at least for the kubelet.
  if (gracePeriod === 0 && !args.bool('force')) gracePeriod = 1;
  const bulk = args.bool('all') || args.string('selector') !== '' || args.string('field-selector') !== '';
  return {
    dryRun: dry.dryRun,
    gracePeriod,
    propagation,
    ignoreNotFound: args.bool('ignore-not-found') || (bulk && !args.given('ignore-not-found')),
    wait: args.bool('wait'),
    timeout: args.duration('timeout') === 0 ? FOREVER : args.duration('timeout'),
    nameOnly: output === 'name',
  };
}

/** What `--cascade` asks for; undefined where its value is none of upstream's. */
export function propagationOf(cascade: string): 'Background' | 'Foreground' | 'Orphan' | undefined {
  switch (cascade) {
    case 'background':
    case 'true':
      return 'Background';
    case 'foreground':
      return 'Foreground';
    case 'orphan':
    case 'false':
      return 'Orphan';
    default:
      return undefined;
  }
}

function* confirmed(context: KubectlContext, infos: readonly Info[]): Waiting<boolean> {
  context.stdio.out(`You are about to delete the following ${infos.length} resource(s):\n`);
  for (const info of infos) context.stdio.out(`${nameWithKind(info.kind, info.name)}\n`);
  const answer = yield { type: 'line', prompt: 'Do you want to continue? (y/N): ' };
  return answer.type === 'line' && /^y(es)?$/i.test(answer.line ?? '');
}

function* deleteAll(
  context: KubectlContext,
  call: Call,
  resolved: Resolved,
  enforced: boolean,
): Waiting<number> {
  const errors: (Status | string)[] = [...resolved.errors];
  const going: Going[] = [];
  let found = 0;
  let warned = false;
  for (const info of resolved.infos) {
    if (!warned && enforced && !info.kind.namespaced && resolved.listed.length > 0) {
      context.stdio.err('Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n');
      warned = true;
    }
    found++;
    const deleted = deleteInfo(context, call, info);
    if ('failure' in deleted) {
      if (!(call.ignoreNotFound && typeof deleted.failure !== 'string' && isNotFound(deleted.failure)))
        errors.push(withSource('deleting', info.source, deleted.failure));
      continue;
    }
    print(context, call, info);
    if (deleted.uid !== undefined) going.push({ info, uid: deleted.uid });
  }
  if (found === 0 && errors.length === 0) context.stdio.out('No resources found\n');
  if (call.wait && call.dryRun === 'none') {
    const late = yield* waitUntilGone(context, going, call.timeout);
    if (late !== undefined) errors.push(late);
  }
  return fail(context, ...errors);
}

function optionsOf(call: Call): RequestOptions {
  return {
    propagationPolicy: call.propagation,
    ...(call.gracePeriod < 0 ? {} : { gracePeriodSeconds: call.gracePeriod }),
    ...(call.dryRun === 'server' ? { dryRun: true } : {}),
  };
}

/** Deletes one object; the uid of what must be waited for, undefined once nothing is left of it. */
function deleteInfo(
  context: KubectlContext,
  call: Call,
  info: Info,
): { readonly uid: string | undefined } | Failure {
  if (call.dryRun === 'client') {
    const there = getObject(context, info.kind, info.namespace, info.name);
    return isFailed(there) ? there : { uid: undefined };
  }
  const deleted = deleteObject(context, info.kind, info.namespace, info.name, optionsOf(call));
  if (isFailed(deleted)) return deleted;
  return { uid: deleted.object?.metadata.uid };
}

function print(context: KubectlContext, call: Call, info: Info): void {
  const resource = nameWithKind(info.kind, '').slice(0, -1);
  if (call.nameOnly) {
    context.stdio.out(`${resource}/${info.name}\n`);
    return;
  }
  const operation = (call.gracePeriod === 0 ? 'force deleted' : 'deleted') + dryRunSuffix(call.dryRun);
  const where = info.kind.namespaced ? ` from ${info.namespace} namespace` : '';
  context.stdio.out(`${resource} "${info.name}" ${operation}${where}\n`);
}

/** An object that was told to go. */
export interface Going {
  readonly info: Info;
  readonly uid: string;
}

/** Waits until objects are gone, or replaced by others of the same name; the text of a timeout. */
export function* waitUntilGone(
  context: KubectlContext,
  going: readonly Going[],
  timeout: number,
): Waiting<Status | string | undefined> {
  const deadline = context.now() + timeout;
  for (const { info, uid } of going) {
    const options = {
      fieldSelector: `metadata.name=${info.name}`,
      ...(info.namespace === '' ? {} : { namespace: info.namespace }),
    };
    const isThere = (objects: ReadonlyMap<string, KubeObject>): true | undefined =>
      [...objects.values()].some((object) => object.metadata.uid === uid) ? undefined : true;
    const end = yield* until(context, info.kind, options, deadline, isThere);
    if (end.type === 'timeout')
      return `timed out waiting for the condition on ${info.kind.plural}/${info.name}`;
    if (end.type === 'refused') return end.status;
  }
  return undefined;
}
