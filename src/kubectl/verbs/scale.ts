import type { KubeObject } from '../../api/object.ts';
import type { Status } from '../../apimachinery/status.ts';
import type { KubectlContext } from '../context.ts';
import { type Failure, fail, failure, isFailed, printWarnings } from '../errors.ts';
import {
  DRY_RUN_FLAG,
  dryRunOf,
  dryRunSuffix,
  FILENAME_FLAGS,
  PRINT_FLAGS,
  SELECTOR_FLAG,
} from '../flagsets.ts';
import { resultPrinter } from '../printers/output.ts';
import { patchObject } from '../requests.ts';
import { fetch, type ObjectInfo, resolve, selectionOf } from '../resources.ts';
import type { Waiting } from '../run.ts';
import type { Verb } from '../verb.ts';
import { until } from '../watching.ts';

/** `kubectl scale` (pkg/cmd/scale/scale.go). */
export const scale: Verb = {
  name: 'scale',
  short: 'Set a new size for a deployment, replica set, or replication controller',
  usage:
    'kubectl scale [--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)',
  examples: `  # Scale a deployment named 'web' to 3
  kubectl scale --replicas=3 deployment/web

  # If the deployment's current size is 2, scale it to 3
  kubectl scale --current-replicas=2 --replicas=3 deployment/web`,
  flags: [
    ...FILENAME_FLAGS,
    ...PRINT_FLAGS,
    SELECTOR_FLAG,
    DRY_RUN_FLAG,
    {
      name: 'all',
      type: 'bool',
      usage: 'Select all resources in the namespace of the specified resource types',
    },
    { name: 'current-replicas', type: 'int', default: -1, usage: 'Precondition for current size' },
    { name: 'replicas', type: 'int', default: 0, usage: 'The new desired number of replicas. Required.' },
    { name: 'resource-version', type: 'string', usage: 'Precondition for resource version' },
    {
      name: 'timeout',
      type: 'duration',
      usage: "The length of time to wait before giving up on a scale operation, zero means don't wait",
    },
  ],
  *run(context, args) {
    if (!args.given('replicas')) return fail(context, 'required flag(s) "replicas" not set');
    const replicas = args.int('replicas');
    if (replicas < 0)
      return fail(
        context,
        'The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0',
      );
    if (args.given('current-replicas') && args.int('current-replicas') < -1)
      return fail(context, 'The --current-replicas must specify an integer of -1 or greater');
    const dry = dryRunOf(args);
    if ('failure' in dry) return fail(context, dry.failure);
    const printer = resultPrinter(context, args);
    if (isFailed(printer)) return fail(context, printer.failure);
    const resolved = resolve(context, selectionOf(context, args, ['filename', 'selector', 'all']));
    if (isFailed(resolved)) return fail(context, resolved.failure);
    if (args.string('resource-version') !== '' && resolved.infos.length > 1)
      return fail(context, 'cannot use --resource-version with multiple resources');
    const { infos, errors: unfetched } = fetch(context, resolved.infos);
    const errors: (Status | string)[] = [...resolved.errors, ...unfetched];
    if (infos.length === 0 && errors.length === 0) return fail(context, 'no objects passed to scale');
    for (const info of infos) {
      const expected = {
        replicas: args.int('current-replicas'),
        resourceVersion: args.string('resource-version'),
      };
      const scaled =
        dry.dryRun === 'client' ? info : scaleOne(context, info, replicas, expected, dry.dryRun === 'server');
      // What cannot be scaled ends it, and hides what could not be found.
      if ('failure' in scaled) return fail(context, scaled.failure);
      if (args.duration('timeout') > 0 && dry.dryRun === 'none') {
        const late = yield* waitForReplicas(context, info, replicas, args.duration('timeout'));
        if (late !== undefined) return fail(context, late);
      }
      const problem = printer.print(info.kind, scaled.object, `scaled${dryRunSuffix(dry.dryRun)}`);
      if (problem !== undefined) return fail(context, problem);
    }
    return fail(context, ...errors);
  },
};

interface Expected {
  /** -1: any. */
  readonly replicas: number;
  readonly resourceVersion: string;
}

function scaleOne(
  context: KubectlContext,
  info: ObjectInfo,
  replicas: number,
  expected: Expected,
  dryRun: boolean,
): { readonly object: KubeObject } | Failure {
  if (expected.replicas >= 0 || expected.resourceVersion !== '') {
    const current = context.client.getSubresource(info.kind, info.name, info.namespace, 'scale');
    if (!current.ok) return failure(current.status);
    printWarnings(context, current.warnings);
    const now = (current.value as { spec?: { replicas?: number } }).spec?.replicas ?? 0;
    if (expected.replicas >= 0 && now !== expected.replicas)
      return failure(`Expected replicas to be ${expected.replicas}, was ${now}`);
    const version = current.value.metadata.resourceVersion ?? '';
    if (expected.resourceVersion !== '' && version !== expected.resourceVersion)
      return failure(`Expected resource version to be ${expected.resourceVersion}, was ${version}`);
  }
  const patched = patchObject(
    context,
    info.kind,
    info.namespace,
    info.name,
    'merge',
    { spec: { replicas } },
    {
      subresource: 'scale',
      fieldManager: 'kubectl',
      ...(dryRun ? { dryRun } : {}),
    },
  );
  return isFailed(patched) ? patched : { object: info.object };
}

function* waitForReplicas(
  context: KubectlContext,
  info: ObjectInfo,
  replicas: number,
  timeout: number,
): Waiting<Status | string | undefined> {
  const options = { namespace: info.namespace, fieldSelector: `metadata.name=${info.name}` };
  const end = yield* until(context, info.kind, options, context.now() + timeout, (objects) => {
    for (const object of objects.values()) {
      const { spec, status } = object as { spec?: { replicas?: number }; status?: { replicas?: number } };
      // Somebody else may have set another size meanwhile: then there is nothing to wait for.
      if ((spec?.replicas ?? 0) !== replicas || (status?.replicas ?? 0) === replicas) return true;
    }
    return undefined;
  });
  if (end.type === 'timeout') return `timed out waiting for "${info.name}" to be synced`;
  return end.type === 'refused' ? end.status : undefined;
}
