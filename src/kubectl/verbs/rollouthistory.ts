import type { Deployment, ReplicaSet } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import type { KubectlContext } from '../context.ts';
import { writePodTemplate } from '../describe/podtemplate.ts';
import { DescribeWriter } from '../describe/writer.ts';
import { builtin, nameWithKind } from '../discovery.ts';
import { type Failure, fail, failure, isFailed, usageError } from '../errors.ts';
import { FILENAME_FLAGS, PRINT_FLAGS, SELECTOR_FLAG, unsupported } from '../flagsets.ts';
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
    const refused = unsupported(args, ['kustomize']);
    if (refused !== undefined) return fail(context, refused);
    if (args.args.length === 0 && args.strings('filename').length === 0)
      return fail(context, usageError('kubectl rollout history', 'required resource not specified'));
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
        const sets = [...history.sets].filter(([number]) => revision === 0 || number === revision);
        const items = sets.map(([, object]) => ({
          kind: builtin('replicasets'),
          object: object as KubeObject,
        }));
        if (items.length === 0) return fail(context, `unable to find the specified revision`);
        const text = printer.print(items, items.length > 1);
        if (typeof text !== 'string') return fail(context, text.failure);
        context.stdio.out(text);
        continue;
      }
      const text = revision === 0 ? table(history.sets) : details(history.sets.get(revision));
      if (text === undefined) return fail(context, `unable to find the specified revision`);
      const which = revision === 0 ? '' : `with revision #${revision}`;
      context.stdio.out(`${nameWithKind(info.kind, info.name)} ${which}\n${text}\n`);
    }
    return fail(context, ...resolved.errors, ...errors);
  }),
};

/** The rollouts of a deployment by number, oldest first. */
export function historyOf(
  context: KubectlContext,
  info: ObjectInfo,
): { readonly sets: ReadonlyMap<number, ReplicaSet> } | Failure {
  if (info.kind.plural !== 'deployments')
    return failure(`no history viewer has been implemented for "${info.kind.kind}"`);
  const { all } = replicaSetsOf(context, info.object as KubeObject as unknown as Deployment);
  const numbered = all
    .map((rs): [number, ReplicaSet] => [revisionNumber(rs), rs])
    .filter(([number]) => number > 0)
    .sort(([a], [b]) => a - b);
  return { sets: new Map(numbered) };
}

function table(sets: ReadonlyMap<number, ReplicaSet>): string {
  if (sets.size === 0) return 'No rollout history found.\n';
  const rows = [...sets].map(([number, rs]) => {
    const cause = rs.metadata.annotations?.[CHANGE_CAUSE] ?? '';
    return `${number}\t${cause === '' ? '<none>' : cause}\n`;
  });
  return align(`REVISION\tCHANGE-CAUSE\n${rows.join('')}`, DESCRIBE_LAYOUT);
}

function details(set: ReplicaSet | undefined): string | undefined {
  const template = set?.spec?.template;
  if (set === undefined || template === undefined) return undefined;
  const cause = set.metadata.annotations?.[CHANGE_CAUSE];
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
  const w = new DescribeWriter();
  writePodTemplate(w, shown);
  return w.toString();
}
