import type { ControllerRevision, Deployment, PodTemplateSpec } from '../../api/generated/types.ts';
import type { KindDefinition } from '../../api/kind.ts';
import { controllerOf, type KubeObject } from '../../api/object.ts';
import { byRevision, templateOfRevision } from '../../api/revision.ts';
import type { KubectlContext } from '../context.ts';
import { writePodTemplate } from '../describe/podtemplate.ts';
import { DescribeWriter } from '../describe/writer.ts';
import { builtin, nameWithKind } from '../discovery.ts';
import { type Failure, fail, failure, isFailed } from '../errors.ts';
import { FILENAME_FLAGS, namesFiles, PRINT_FLAGS, SELECTOR_FLAG } from '../flagsets.ts';
import { printerFor } from '../printers/output.ts';
import { align, DESCRIBE_LAYOUT } from '../printers/tabwriter.ts';
import { CHANGE_CAUSE, replicaSetsOf, revisionNumber } from '../replicasets.ts';
import { fetch, type ObjectInfo, resolve, selectionOf } from '../resources.ts';
import { atOnce } from '../run.ts';
import type { Verb } from '../verb.ts';

/** `kubectl rollout history` (pkg/cmd/rollout/rollout_history.go, pkg/polymorphichelpers/history.go). */
export const rolloutHistory: Verb = {
  name: 'history',
  short: 'View rollout history',
  usage: 'kubectl rollout history (TYPE NAME | TYPE/NAME) [flags]',
  flags: [
    ...FILENAME_FLAGS,
    ...PRINT_FLAGS,
    SELECTOR_FLAG,
    {
      name: 'revision',
      type: 'int',
      usage: 'See the details, including podTemplate of the revision specified',
    },
  ],
  run: atOnce((context, args) => {
    if (args.args.length === 0 && !namesFiles(args)) return fail(context, 'required resource not specified');
    const revision = args.int('revision');
    if (revision < 0) return fail(context, `revision must be a positive integer: ${revision}`);
    const printer = printerFor(context, args);
    if (printer !== undefined && isFailed(printer)) return fail(context, printer.failure);
    const resolved = resolve(context, {
      ...selectionOf(context, args, ['filename', 'selector']),
      allowEmptySelector: true,
    });
    if (isFailed(resolved)) return fail(context, resolved.failure);
    const { infos, errors } = fetch(context, resolved.infos);
    for (const info of infos) {
      const history = historyOf(context, info);
      if (isFailed(history)) return fail(context, history.failure);
      if (printer !== undefined) {
        const kept = [...history.revisions].filter(([number]) => revision === 0 || number === revision);
        const items = kept.map(([, { object }]) => ({ kind: history.kind, object }));
        if (items.length === 0) return fail(context, `unable to find the specified revision`);
        const text = printer.print(items, items.length > 1);
        if (typeof text !== 'string') return fail(context, text.failure);
        context.stdio.out(text);
        continue;
      }
      const text = revision === 0 ? table(history.revisions) : details(history.revisions.get(revision));
      if (text === undefined) return fail(context, 'unable to find the specified revision');
      const which = revision === 0 ? '' : `with revision #${revision}`;
      context.stdio.out(`${nameWithKind(info.kind, info.name)} ${which}\n${text}\n`);
    }
    return fail(context, ...resolved.errors, ...errors);
  }),
};

/** One rollout: the object that keeps its template, and the template. */
export interface Revision {
  readonly object: KubeObject;
  readonly template: PodTemplateSpec | undefined;
}

/** The rollouts of a workload by number, oldest first, and the kind of object that keeps them. */
export interface RolloutHistory {
  readonly kind: KindDefinition;
  readonly revisions: ReadonlyMap<number, Revision>;
}

/** Deployments keep former templates in ReplicaSets, StatefulSets and DaemonSets in ControllerRevisions. */
export function historyOf(context: KubectlContext, info: ObjectInfo): RolloutHistory | Failure {
  switch (info.kind.plural) {
    case 'deployments':
      return deploymentHistory(context, info.object as KubeObject as unknown as Deployment);
    case 'daemonsets':
    case 'statefulsets':
      return controllerHistory(context, info);
    default:
      return failure(`no history viewer has been implemented for "${info.kind.kind}"`);
  }
}

function deploymentHistory(context: KubectlContext, deployment: Deployment): RolloutHistory {
  const { all } = replicaSetsOf(context, deployment);
  const numbered = all
    .map((rs): [number, Revision] => [revisionNumber(rs), { object: rs, template: rs.spec?.template }])
    .filter(([number]) => number > 0)
    .sort(([a], [b]) => a - b);
  return { kind: builtin('replicasets'), revisions: new Map(numbered) };
}

function controllerHistory(context: KubectlContext, info: ObjectInfo): RolloutHistory | Failure {
  const kind = builtin('controllerrevisions');
  const { namespace, uid } = info.object.metadata;
  const list = context.client.list<KubeObject>(kind, namespace === undefined ? {} : { namespace });
  if (!list.ok) return failure(list.status);
  const revisions = (list.value.items as unknown as readonly ControllerRevision[])
    .filter((revision) => controllerOf(revision)?.uid === uid)
    .sort(byRevision)
    .map((object): [number, Revision] => [object.revision, { object, template: templateOfRevision(object) }]);
  return { kind, revisions: new Map(revisions) };
}

function table(revisions: ReadonlyMap<number, Revision>): string {
  if (revisions.size === 0) return 'No rollout history found.';
  const rows = [...revisions].map(([number, { object }]) => {
    const cause = object.metadata.annotations?.[CHANGE_CAUSE] ?? '';
    return `${number}\t${cause === '' ? '<none>' : cause}\n`;
  });
  return align(`REVISION\tCHANGE-CAUSE\n${rows.join('')}`, DESCRIBE_LAYOUT);
}

function details(revision: Revision | undefined): string | undefined {
  const template = revision?.template;
  if (revision === undefined || template === undefined) return undefined;
  const cause =
    revision.object.kind === 'ReplicaSet' ? revision.object.metadata.annotations?.[CHANGE_CAUSE] : undefined;
  const shown =
    cause === undefined
      ? template
      : {
          ...template,
          metadata: {
            ...template.metadata,
            annotations: { ...template.metadata?.annotations, [CHANGE_CAUSE]: cause },
          },
        };
  return templateText(shown);
}

/** A template as `rollout` shows it: with its tabs, for nothing aligns them (`printTemplate`). */
export function templateText(template: PodTemplateSpec | undefined): string {
  const w = new DescribeWriter();
  writePodTemplate(w, template);
  return w.raw();
}
