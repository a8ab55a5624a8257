import type { KubeObject } from '../../api/object.ts';
import { isPatchError } from '../../apimachinery/patcherror.ts';
import { isNotFound, type Status } from '../../apimachinery/status.ts';
import { unifiedDiff } from '../../apimachinery/textdiff.ts';
import { toYaml } from '../../apimachinery/yaml.ts';
import type { KubectlContext } from '../context.ts';
import { type Failure, fail, failure, isFailed, withSource } from '../errors.ts';
import { FILENAME_FLAGS, fieldManagerFlag, namesFiles, SELECTOR_FLAG, unsupported } from '../flagsets.ts';
import { lastApplied, withoutLastApplied } from '../lastapplied.ts';
import { threeWayPatch } from '../mergepatches.ts';
import { asJson, withoutManagedFields } from '../printers/value.ts';
import { createObject, getObject, patchObject } from '../requests.ts';
import { type ObjectInfo, resolve, selectionOf } from '../resources.ts';
import { atOnce } from '../run.ts';
import type { ParsedArgs, Verb } from '../verb.ts';

/** `kubectl diff` (pkg/cmd/diff/diff.go): exit code 1 means differences, above that trouble. */
export const diff: Verb = {
  name: 'diff',
  short: 'Diff the live version against a would-be applied version',
  usage: 'kubectl diff -f FILENAME',
  examples: `  # What would apply change?
  kubectl diff -f web.yaml`,
  flags: [
    ...FILENAME_FLAGS,
    SELECTOR_FLAG,
    fieldManagerFlag('kubectl-client-side-apply'),
    {
      name: 'prune',
      type: 'bool',
      usage: 'Include resources that would be deleted by pruning (not supported)',
    },
    {
      name: 'server-side',
      type: 'bool',
      usage: 'If true, apply runs in the server instead of the client.',
    },
    {
      name: 'force-conflicts',
      type: 'bool',
      usage: 'If true, server-side apply will force the changes against conflicts.',
    },
    { name: 'show-managed-fields', type: 'bool', usage: 'If true, include managed fields in the diff' },
  ],
  run: atOnce((context, args) => {
    const refused = unsupported(args, ['prune']);
    if (refused !== undefined) return fail(context, refused) + 1;
    if (args.bool('force-conflicts') && !args.bool('server-side'))
      return fail(context, '--force-conflicts only works with --server-side') + 1;
    if (!namesFiles(args)) return fail(context, 'must specify one of -f and -k') + 1;
    const resolved = resolve(context, selectionOf(context, args, ['filename', 'selector']));
    if (isFailed(resolved)) return fail(context, resolved.failure) + 1;
    if (resolved.errors.length > 0) return fail(context, ...resolved.errors) + 1;
    let differs = false;
    for (const info of resolved.infos as readonly ObjectInfo[]) {
      const found = args.bool('server-side')
        ? statesByServer(context, info, args)
        : statesOf(context, info, args.string('field-manager'));
      if ('failure' in found) return fail(context, found.failure) + 1;
      const states = info.kind.plural === 'secrets' ? masked(found) : found;
      const text = (object: KubeObject | undefined): string =>
        object === undefined
          ? ''
          : toYaml(asJson(args.bool('show-managed-fields') ? object : withoutManagedFields(object)));
      const name = `${info.kind.group === '' ? info.kind.version : `${info.kind.group}.${info.kind.version}`}.${info.kind.kind}.${info.namespace}.${info.name}`;
      const out = unifiedDiff(text(states.live), text(states.merged), `LIVE/${name}`, `MERGED/${name}`);
      if (out === '') continue;
      differs = true;
      context.stdio.out(`diff -u -N LIVE/${name} MERGED/${name}\n${out}`);
    }
    return differs ? 1 : 0;
  }),
};

interface States {
  readonly live: KubeObject | undefined;
  readonly merged: KubeObject;
}

/** The same where the server itself merges. */
function statesByServer(context: KubectlContext, info: ObjectInfo, args: ParsedArgs): States | Failure {
  const live = getObject(context, info.kind, info.namespace, info.name);
  if (isFailed(live) && (typeof live.failure === 'string' || !isNotFound(live.failure))) return live;
  const merged = patchObject(context, info.kind, info.namespace, info.name, 'apply', info.object, {
    dryRun: true,
    fieldManager: args.given('field-manager') ? args.string('field-manager') : 'kubectl',
    force: args.bool('force-conflicts'),
  });
  if (isFailed(merged)) return sourced(info, merged.failure);
  return { live: isFailed(live) ? undefined : live.object, merged: merged.object };
}

type Data = Readonly<Record<string, string>>;

/** The states of a Secret without what it hides: only which values differ shows (Masker). */
function masked({ live, merged }: States): States {
  const [before, after] = [dataOf(live), dataOf(merged)];
  const hide = (data: Data, other: Data, suffix: string): Data =>
    Object.fromEntries(
      Object.entries(data).map(([key, value]) => [
        key,
        Object.hasOwn(other, key) && other[key] !== value ? `*** (${suffix})` : '***',
      ]),
    );
  const withData = <T extends KubeObject | undefined>(object: T, data: Data): T =>
    object === undefined || Object.keys(data).length === 0 ? object : { ...object, data };
  return {
    live: withData(live, hide(before, after, 'before')),
    merged: withData(merged, hide(after, before, 'after')),
  };
}

function dataOf(object: KubeObject | undefined): Data {
  return (object as { readonly data?: Data } | undefined)?.data ?? {};
}

/** The object as it is, and as the server says it would be after apply. */
function statesOf(context: KubectlContext, info: ObjectInfo, fieldManager: string): States | Failure {
  const modified = withoutLastApplied(info.object);
  const options = { dryRun: true, fieldManager } as const;
  const live = getObject(context, info.kind, info.namespace, info.name);
  if (isFailed(live)) {
    if (typeof live.failure === 'string' || !isNotFound(live.failure)) return live;
    const created = createObject(context, info.kind, info.namespace, modified, options);
    return isFailed(created) ? sourced(info, created.failure) : { live: undefined, merged: created.object };
  }
  const original = lastApplied(live.object) ?? {};
  const difference = threeWayPatch(info.kind, original, modified, live.object);
  if (isPatchError(difference)) return failure(difference.error);
  const { type, patch } = difference;
  if (Object.keys(patch).length === 0) return { live: live.object, merged: live.object };
  const patched = patchObject(context, info.kind, info.namespace, info.name, type, patch, options);
  return isFailed(patched) ? sourced(info, patched.failure) : { live: live.object, merged: patched.object };
}

function sourced(info: ObjectInfo, refusal: Status | string): Failure {
  return failure(withSource('diffing', info.source, refusal));
}
