import type { KubeObject } from '../api/object.ts';
import { isPatchError } from '../apimachinery/patcherror.ts';
import type { Status } from '../apimachinery/status.ts';
import type { KubectlContext } from './context.ts';
import { type Failure, fail, failure, isFailed } from './errors.ts';
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
} from './flagsets.ts';
import { type MergePatch, twoWayPatch } from './mergepatches.ts';
import { resultPrinter } from './printers/output.ts';
import { patchObject } from './requests.ts';
import { fetch, type ObjectInfo, resolve, type Selection, selectionOf } from './resources.ts';
import type { Flag, ParsedArgs } from './verb.ts';

/** With `--local` nothing can be asked for by its name (cli-runtime LocalResourceError). */
export const LOCAL_RESOURCE = `you must specify resources by --filename when --local is set.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'`;

/** Flags of verbs that change something in objects: `set`, `rollout pause`. */
export function changeFlags(manager: string): readonly Flag[] {
  return [
    ...FILENAME_FLAGS,
    ...PRINT_FLAGS,
    SELECTOR_FLAG,
    DRY_RUN_FLAG,
    fieldManagerFlag(manager),
    {
      name: 'all',
      type: 'bool',
      usage: 'Select all resources in the namespace of the specified resource types',
    },
    {
      name: 'local',
      type: 'bool',
      usage: 'If true, do not contact the server but run locally.',
    },
  ];
}

/** How a verb changes objects. */
export interface Change {
  /** What to say about a changed object: `image updated`. */
  readonly done: string;
  /** What to say about one that needs no change; undefined says nothing. */
  readonly unchanged?: string;
  /** The object as it is to be, the same object when nothing changes, or why it cannot be. */
  change(info: ObjectInfo): KubeObject | Failure;
}

/** Changes every object that the arguments name by a strategic merge patch, and says so. */
export function changeObjects(
  context: KubectlContext,
  args: ParsedArgs,
  resources: readonly string[],
  change: Change,
): number {
  if (args.bool('local') && !namesFiles(args)) return fail(context, LOCAL_RESOURCE);
  const selection: Selection = {
    ...selectionOf(context, args, ['filename', 'selector', 'all']),
    args: resources,
  };
  return changeSelected(context, args, selection, change);
}

/** The same for a selection made by the verb itself. */
export function changeSelected(
  context: KubectlContext,
  args: ParsedArgs,
  selection: Selection,
  change: Change,
): number {
  const dry = dryRunOf(args);
  if ('failure' in dry) return fail(context, dry.failure);
  const printer = resultPrinter(context, args);
  if (isFailed(printer)) return fail(context, printer.failure);
  const resolved = resolve(context, selection);
  if (isFailed(resolved)) return fail(context, resolved.failure);
  const local = isLocal(args);
  const { infos, errors: unfetched } = local
    ? { infos: resolved.infos as readonly ObjectInfo[], errors: [] }
    : fetch(context, resolved.infos);
  const errors: (Status | string)[] = [...resolved.errors, ...unfetched];
  for (const info of infos) {
    const next = change.change(info);
    if ('failure' in next) {
      errors.push(next.failure);
      continue;
    }
    const patched = sendChange(
      context,
      info,
      next,
      local ? 'client' : dry.dryRun,
      args.string('field-manager'),
    );
    if (isFailed(patched)) {
      errors.push(patched.failure);
      continue;
    }
    const said = patched.changed ? change.done : change.unchanged;
    if (said === undefined) continue;
    const problem = printer.print(info.kind, patched.object, said + dryRunSuffix(dry.dryRun));
    if (problem !== undefined) errors.push(problem);
  }
  return fail(context, ...errors);
}

/** Whether a verb is to work on files alone; not all that change something can. */
function isLocal(args: ParsedArgs): boolean {
  return args.given('local') && args.bool('local');
}

/** Sends the difference between an object and what it is to be. */
export function sendChange(
  context: KubectlContext,
  info: ObjectInfo,
  next: KubeObject,
  dryRun: DryRun,
  fieldManager: string,
): { readonly object: KubeObject; readonly changed: boolean } | Failure {
  if (next === info.object) return { object: next, changed: false };
  const patch = differenceOf(info, next);
  if (isFailed(patch)) return patch;
  if (Object.keys(patch.patch).length === 0) return { object: info.object, changed: false };
  if (dryRun === 'client') return { object: next, changed: true };
  const patched = patchObject(context, info.kind, info.namespace, info.name, patch.type, patch.patch, {
    fieldManager,
    ...(dryRun === 'server' ? { dryRun: true } : {}),
  });
  return isFailed(patched) ? patched : { object: patched.object, changed: true };
}

/** The patch from an object to another state of it. */
export function differenceOf(info: ObjectInfo, next: KubeObject): MergePatch | Failure {
  const patch = twoWayPatch(info.kind, info.object, next);
  return isPatchError(patch) ? failure(patch.error) : patch;
}
