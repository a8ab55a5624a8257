import type { KubeObject } from '../../api/object.ts';
import type { Status } from '../../apimachinery/status.ts';
import { isQualifiedName, isValidLabelValue } from '../../apimachinery/validation.ts';
import { LOCAL_RESOURCE } from '../changing.ts';
import type { KubectlContext } from '../context.ts';
import { fail, isFailed } from '../errors.ts';
import {
  ALL_NAMESPACES_FLAG,
  DRY_RUN_FLAG,
  dryRunOf,
  dryRunSuffix,
  FIELD_SELECTOR_FLAG,
  FILENAME_FLAGS,
  fieldManagerFlag,
  namesFiles,
  PRINT_FLAGS,
  SELECTOR_FLAG,
} from '../flagsets.ts';
import { type Pairs, readPairs } from '../keyvalues.ts';
import { resultPrinter } from '../printers/output.ts';
import { patchObject } from '../requests.ts';
import { fetch, type ObjectInfo, resolve, selectionOf } from '../resources.ts';
import { atOnce } from '../run.ts';
import type { ParsedArgs, Verb } from '../verb.ts';

/** What differs between `label` and `annotate`. */
interface MetadataVerb {
  readonly name: 'label' | 'annotate';
  readonly noun: 'label' | 'annotation';
  readonly field: 'labels' | 'annotations';
  readonly short: string;
  readonly examples: string;
  conflict(key: string, value: string): string;
  invalid(pairs: Pairs): string | undefined;
}

/** `kubectl label` (pkg/cmd/label/label.go). */
export const label = metadataVerb({
  name: 'label',
  noun: 'label',
  field: 'labels',
  short: 'Update the labels on a resource',
  examples: `  # Set the label 'tier' of a pod
  kubectl label pods web tier=front

  # Change a label that is there already
  kubectl label --overwrite pods web tier=back

  # Remove a label
  kubectl label pods web tier-`,
  conflict: (key, value) => `'${key}' already has a value (${value}), and --overwrite is false`,
  invalid(pairs) {
    for (const [key, value] of pairs.set) {
      if (value.includes('=')) return `invalid label spec: ${key}=${value}`;
      const bad = isValidLabelValue(value);
      if (bad.length > 0) return `invalid label value: "${key}=${value}": ${bad.join(';')}`;
    }
    return undefined;
  },
});

/** `kubectl annotate` (pkg/cmd/annotate/annotate.go). */
export const annotate = metadataVerb({
  name: 'annotate',
  noun: 'annotation',
  field: 'annotations',
  short: 'Update the annotations on a resource',
  examples: `  # Say why a deployment was changed
  kubectl annotate deployment/web kubernetes.io/change-cause='image 1.28'

  # Remove an annotation
  kubectl annotate pods web description-`,
  conflict: (key, value) =>
    `--overwrite is false but found the following declared annotation(s): '${key}' already has a value (${value})`,
  invalid(pairs) {
    for (const key of pairs.set.keys()) {
      const bad = isQualifiedName(key);
      if (bad.length > 0) return `invalid annotation key: "${key}": ${bad.join(';')}`;
    }
    return undefined;
  },
});

function metadataVerb(kind: MetadataVerb): Verb {
  return {
    name: kind.name,
    short: kind.short,
    usage: `kubectl ${kind.name} [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]`,
    examples: kind.examples,
    flags: [
      ...FILENAME_FLAGS,
      ...PRINT_FLAGS,
      SELECTOR_FLAG,
      FIELD_SELECTOR_FLAG,
      ALL_NAMESPACES_FLAG,
      DRY_RUN_FLAG,
      fieldManagerFlag(`kubectl-${kind.name}`),
      {
        name: 'all',
        type: 'bool',
        usage: 'Select all resources, in the namespace of the specified resource types',
      },
      { name: 'list', type: 'bool', usage: `If true, display the ${kind.field} for a given resource` },
      {
        name: 'local',
        type: 'bool',
        usage: 'If true, do not contact the server but run locally.',
      },
      { name: 'overwrite', type: 'bool', usage: `If true, allow ${kind.field} to be overwritten` },
      {
        name: 'resource-version',
        type: 'string',
        usage: 'Only succeed if the current resource-version matches',
      },
    ],
    run: atOnce((context, args) => run(kind, context, args)),
  };
}

function run(kind: MetadataVerb, context: KubectlContext, args: ParsedArgs): number {
  const local = args.bool('local');
  if (local && !namesFiles(args)) return fail(context, LOCAL_RESOURCE);
  const pairs = readPairs(args.args, kind.noun);
  if (typeof pairs === 'string') return fail(context, pairs);
  if (pairs.resources.length === 0 && !namesFiles(args))
    return fail(context, 'one or more resources must be specified as <resource> <name> or <resource>/<name>');
  if (pairs.set.size === 0 && pairs.remove.length === 0 && !args.bool('list'))
    return fail(context, `at least one ${kind.noun} update is required`);
  const invalid = kind.invalid(pairs);
  if (invalid !== undefined) return fail(context, invalid);
  const dry = dryRunOf(args);
  if ('failure' in dry) return fail(context, dry.failure);
  const printer = resultPrinter(context, args);
  if (isFailed(printer)) return fail(context, printer.failure);
  const selection = selectionOf(context, args, [
    'filename',
    'selector',
    'field-selector',
    'all',
    'all-namespaces',
  ]);
  const resolved = resolve(context, { ...selection, args: pairs.resources });
  if (isFailed(resolved)) return fail(context, resolved.failure);
  const { infos, errors: unfetched } = local
    ? { infos: resolved.infos as readonly ObjectInfo[], errors: [] }
    : fetch(context, resolved.infos);
  const errors: (Status | string)[] = [...resolved.errors, ...unfetched];
  for (const info of infos) {
    if (args.bool('list')) {
      list(kind, context, info, infos.length > 1);
      continue;
    }
    const before = info.object.metadata[kind.field] ?? {};
    const conflict = [...pairs.set].find(
      ([key, value]) => !args.bool('overwrite') && Object.hasOwn(before, key) && before[key] !== value,
    );
    if (conflict !== undefined) {
      errors.push(kind.conflict(conflict[0], before[conflict[0]] ?? ''));
      continue;
    }
    const changed = changeOne(kind, context, args, info, pairs, local ? 'client' : dry.dryRun);
    if ('failure' in changed) errors.push(changed.failure);
    else {
      const problem = printer.print(info.kind, changed.object, changed.said + dryRunSuffix(dry.dryRun));
      if (problem !== undefined) errors.push(problem);
    }
  }
  return fail(context, ...errors);
}

function list(kind: MetadataVerb, context: KubectlContext, info: ObjectInfo, several: boolean): void {
  const indent = several ? ' ' : '';
  if (several)
    context.stdio.out(`Listing ${kind.field} for ${info.kind.kind}.${info.kind.group}/${info.name}:\n`);
  for (const [key, value] of Object.entries(info.object.metadata[kind.field] ?? {}).sort(([a], [b]) =>
    a < b ? -1 : 1,
  ))
    context.stdio.out(`${indent}${key}=${value}\n`);
}

function changeOne(
  kind: MetadataVerb,
  context: KubectlContext,
  args: ParsedArgs,
  info: ObjectInfo,
  pairs: Pairs,
  dryRun: 'none' | 'client' | 'server',
): { readonly object: KubeObject; readonly said: string } | { readonly failure: Status | string } {
  const before: Readonly<Record<string, string>> = info.object.metadata[kind.field] ?? {};
  const change: Record<string, string | null> = {};
  for (const [key, value] of pairs.set) if (before[key] !== value) change[key] = value;
  for (const key of pairs.remove) {
    if (Object.hasOwn(before, key)) change[key] = null;
    else context.stdio.out(`${kind.noun} "${key}" not found.\n`);
  }
  const touched = Object.keys(change).length > 0;
  const said = kind.name === 'annotate' ? 'annotated' : saidOfLabels(change, touched);
  const version = args.string('resource-version');
  if (!touched && version === '') return { object: info.object, said };
  const after = Object.fromEntries(
    Object.entries({ ...before, ...change }).filter(([, value]) => value !== null),
  );
  if (dryRun === 'client')
    return { object: { ...info.object, metadata: { ...info.object.metadata, [kind.field]: after } }, said };
  const patch = {
    metadata: { [kind.field]: change, ...(version === '' ? {} : { resourceVersion: version }) },
  };
  const patched = patchObject(context, info.kind, info.namespace, info.name, 'merge', patch, {
    fieldManager: args.string('field-manager'),
    ...(dryRun === 'server' ? { dryRun: true } : {}),
  });
  return isFailed(patched) ? patched : { object: patched.object, said };
}

function saidOfLabels(change: Readonly<Record<string, string | null>>, touched: boolean): string {
  if (!touched) return 'not labeled';
  return Object.values(change).every((value) => value === null) ? 'unlabeled' : 'labeled';
}
