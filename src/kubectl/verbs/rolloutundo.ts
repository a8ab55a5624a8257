import type { ControllerRevision, Deployment } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import { deepEqual } from '../../apimachinery/equal.ts';
import type { Status } from '../../apimachinery/status.ts';
import type { KubectlContext } from '../context.ts';
import { type Failure, fail, failure, isFailed } from '../errors.ts';
import {
  DRY_RUN_FLAG,
  type DryRun,
  dryRunOf,
  dryRunSuffix,
  FILENAME_FLAGS,
  namesFiles,
  PRINT_FLAGS,
  SELECTOR_FLAG,
} from '../flagsets.ts';
import { LAST_APPLIED } from '../lastapplied.ts';
import { templateOf } from '../podtemplates.ts';
import { resultPrinter } from '../printers/output.ts';
import { REVISION, withoutHash } from '../replicasets.ts';
import { patchObject } from '../requests.ts';
import { fetch, type ObjectInfo, resolve, selectionOf } from '../resources.ts';
import { atOnce } from '../run.ts';
import type { Verb } from '../verb.ts';
import { historyOf, type Revision, templateText } from './rollouthistory.ts';

/** Annotations that stay the deployment's own when it goes back (pkg/polymorphichelpers/rollback.go). */
const OWN_ANNOTATIONS: ReadonlySet<string> = new Set([
  LAST_APPLIED,
  REVISION,
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
]);

/** `kubectl rollout undo` (pkg/cmd/rollout/rollout_undo.go). */
export const rolloutUndo: Verb = {
  name: 'undo',
  short: 'Undo a previous rollout',
  usage: 'kubectl rollout undo (TYPE NAME | TYPE/NAME) [flags]',
  flags: [
    ...FILENAME_FLAGS,
    ...PRINT_FLAGS,
    SELECTOR_FLAG,
    DRY_RUN_FLAG,
    { name: 'to-revision', type: 'int', usage: 'The revision to rollback to. Default to 0 (last revision)' },
  ],
  run: atOnce((context, args) => {
    if (args.args.length === 0 && !namesFiles(args)) return fail(context, 'required resource not specified');
    const dry = dryRunOf(args);
    if ('failure' in dry) return fail(context, dry.failure);
    const printer = resultPrinter(context, args);
    if (isFailed(printer)) return fail(context, printer.failure);
    const resolved = resolve(context, {
      ...selectionOf(context, args, ['filename', 'selector']),
      allowEmptySelector: true,
    });
    if (isFailed(resolved)) return fail(context, resolved.failure);
    const { infos, errors: unfetched } = fetch(context, resolved.infos);
    const errors: (Status | string)[] = [...resolved.errors, ...unfetched];
    for (const info of infos) {
      const said = rollBack(context, info, args.int('to-revision'), dry.dryRun);
      if (isFailed(said)) errors.push(said.failure);
      else {
        const problem = printer.print(info.kind, info.object, said.text + dryRunSuffix(dry.dryRun));
        if (problem !== undefined) errors.push(problem);
      }
    }
    return fail(context, ...errors);
  }),
};

function rollBack(
  context: KubectlContext,
  info: ObjectInfo,
  toRevision: number,
  dryRun: DryRun,
): { readonly text: string } | Failure {
  if (toRevision < 0) return failure(`unable to find specified revision ${toRevision} in history`);
  if (info.kind.plural === 'daemonsets' || info.kind.plural === 'statefulsets')
    return restore(context, info, toRevision, dryRun);
  if (info.kind.plural !== 'deployments')
    return failure(`no rollbacker has been implemented for "${info.kind.kind}"`);
  const deployment = info.object as KubeObject as unknown as Deployment;
  const history = historyOf(context, info);
  if (isFailed(history)) return history;
  const target = targetOf(history.revisions, toRevision);
  if (target === undefined)
    return failure(
      toRevision > 0
        ? `unable to find specified revision ${toRevision} in history`
        : `no rollout history found for deployment "${info.name}"`,
    );
  const template = withoutHash(target.kept.template);
  if (dryRun === 'client') return { text: templateText(target.kept.template) };
  if (deployment.spec?.paused === true)
    return failure(
      `you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume deployment/${info.name}' and try again`,
    );
  if (deepEqual(template, deployment.spec?.template))
    return { text: `skipped rollback (current template already matches revision ${toRevision})` };
  const own = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) =>
    OWN_ANNOTATIONS.has(key),
  );
  const theirs = Object.entries(target.kept.object.metadata.annotations ?? {}).filter(
    ([key]) => !OWN_ANNOTATIONS.has(key),
  );
  const patch = [
    { op: 'replace', path: '/spec/template', value: template },
    // `add` also replaces, and does not need annotations to be there.
    { op: 'add', path: '/metadata/annotations', value: Object.fromEntries([...own, ...theirs]) },
  ];
  const patched = patchObject(context, info.kind, info.namespace, info.name, 'json', patch, {
    fieldManager: 'kubectl-rollout',
    ...(dryRun === 'server' ? { dryRun: true } : {}),
  });
  if (isFailed(patched))
    return failure(`failed restoring revision ${toRevision}: ${textOf(patched.failure)}`);
  return { text: 'rolled back' };
}

function textOf(error: Status | string): string {
  return typeof error === 'string' ? error : (error.message ?? '');
}

interface Target {
  readonly revision: number;
  readonly kept: Revision;
}

/** The rollout to go back to: the one asked for, or the one before the latest. */
function targetOf(revisions: ReadonlyMap<number, Revision>, toRevision: number): Target | undefined {
  const revision = toRevision > 0 ? toRevision : ([...revisions.keys()].at(-2) ?? 0);
  const kept = revisions.get(revision);
  return kept === undefined ? undefined : { revision, kept };
}

/** StatefulSets and DaemonSets: the patch that a ControllerRevision keeps is applied as it is. */
function restore(
  context: KubectlContext,
  info: ObjectInfo,
  toRevision: number,
  dryRun: DryRun,
): { readonly text: string } | Failure {
  const history = historyOf(context, info);
  if (isFailed(history)) return history;
  if (toRevision === 0 && history.revisions.size <= 1) return failure('no last revision to roll back to');
  const target = targetOf(history.revisions, toRevision);
  if (target === undefined) return failure(`unable to find specified revision ${toRevision} in history`);
  if (dryRun === 'client') return { text: `will roll back to ${templateText(target.kept.template)}` };
  if (deepEqual(target.kept.template, templateOf(info.object)))
    return { text: `skipped rollback (current template already matches revision ${toRevision})` };
  const patch = (target.kept.object as ControllerRevision).data;
  const patched = patchObject(context, info.kind, info.namespace, info.name, 'strategic', patch, {
    fieldManager: 'kubectl-rollout',
    ...(dryRun === 'server' ? { dryRun: true } : {}),
  });
  if (isFailed(patched))
    return failure(`failed restoring revision ${toRevision}: ${textOf(patched.failure)}`);
  return { text: 'rolled back' };
}
