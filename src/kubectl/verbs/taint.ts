import type { Node, Taint } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import { isQualifiedName, isValidLabelValue } from '../../apimachinery/validation.ts';
import { changeFlags, changeSelected } from '../changing.ts';
import { formatTaint } from '../describe/common.ts';
import { type Failure, fail, failure, usageError } from '../errors.ts';
import { selectionOf } from '../resources.ts';
import { atOnce } from '../run.ts';
import type { Verb } from '../verb.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** `kubectl taint` (pkg/cmd/taint/taint.go). */
export const taint: Verb = {
  name: 'taint',
  short: 'Update the taints on one or more nodes',
  usage: 'kubectl taint NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N',
  examples: `  # Keep pods off a node that do not tolerate the taint
  kubectl taint nodes cargo-1 dedicated=special:NoSchedule

  # Remove all taints of a key
  kubectl taint nodes cargo-1 dedicated-`,
  flags: [
    ...changeFlags('kubectl-taint').filter(
      (flag) => !['filename', 'kustomize', 'recursive', 'local'].includes(flag.name),
    ),
    { name: 'overwrite', type: 'bool', usage: 'If true, allow taints to be overwritten' },
  ],
  run: atOnce((context, args) => {
    const isTaint = (arg: string): boolean => arg.includes('=') || arg.includes(':') || arg.endsWith('-');
    const first = args.args.findIndex(isTaint);
    const resources = first < 0 ? args.args : args.args.slice(0, first);
    const specs = first < 0 ? [] : args.args.slice(first);
    const bulk = args.bool('all') || args.string('selector') !== '';
    if (resources.length < (bulk ? 1 : 2) && !(resources[0]?.includes('/') === true))
      return fail(
        context,
        usageError(
          'kubectl taint',
          "at least one resource name must be specified since 'all' parameter is not set",
        ),
      );
    if (specs.length === 0)
      return fail(context, usageError('kubectl taint', 'at least one taint update is required'));
    const changes = readTaints(specs);
    if ('failure' in changes) return fail(context, usageError('kubectl taint', String(changes.failure)));
    const done =
      changes.add.length === 0 ? 'untainted' : changes.remove.length === 0 ? 'tainted' : 'modified';
    return changeSelected(
      context,
      args,
      { ...selectionOf(context, args, ['selector', 'all']), args: resources },
      {
        done: args.bool('overwrite') && done === 'tainted' ? 'modified' : done,
        unchanged: done,
        change(info) {
          if (info.kind.plural !== 'nodes')
            return failure(`invalid resource type ${info.kind.plural}, only node types are supported`);
          return retaint(info.object as KubeObject as unknown as Node, changes, args.bool('overwrite'));
        },
      },
    );
  }),
};

interface Changes {
  readonly add: readonly Taint[];
  /** An empty effect stands for all. */
  readonly remove: readonly { readonly key: string; readonly effect: string }[];
}

function readTaints(specs: readonly string[]): Changes | Failure {
  const add: Taint[] = [];
  const remove: { key: string; effect: string }[] = [];
  for (const spec of specs) {
    if (spec.endsWith('-')) {
      const [key = '', effect = ''] = spec.slice(0, -1).split(':');
      if (effect !== '' && !EFFECTS.includes(effect))
        return failure(`invalid taint effect: ${effect}, unsupported taint effect`);
      remove.push({ key: key.split('=')[0] ?? key, effect });
      continue;
    }
    const parsed = parseTaint(spec);
    if ('failure' in parsed) return parsed;
    if (add.some((t) => t.key === parsed.key && t.effect === parsed.effect))
      return failure(`duplicated taints with the same key and effect: ${formatTaint(parsed)}`);
    add.push(parsed);
  }
  const both = add.find((t) =>
    remove.some((r) => r.key === t.key && (r.effect === '' || r.effect === t.effect)),
  );
  if (both !== undefined)
    return failure(
      `can not both modify and remove the following taint(s) in the same command: ${formatTaint(both)}`,
    );
  return { add, remove };
}

function parseTaint(spec: string): Taint | Failure {
  const [left = '', effect, ...more] = spec.split(':');
  if (effect === undefined || more.length > 0) return failure(`invalid taint spec: ${spec}`);
  const [key = '', value = '', ...rest] = left.split('=');
  if (rest.length > 0) return failure(`invalid taint spec: ${spec}`);
  if (!EFFECTS.includes(effect)) return failure(`invalid taint effect: ${effect}, unsupported taint effect`);
  const bad = [...isQualifiedName(key), ...(value === '' ? [] : isValidLabelValue(value))];
  if (bad.length > 0) return failure(`invalid taint spec: ${spec}, ${bad.join('; ')}`);
  return { key, ...(value === '' ? {} : { value }), effect };
}

function retaint(node: Node, { add, remove }: Changes, overwrite: boolean): KubeObject | Failure {
  const before = node.spec.taints ?? [];
  const same = (a: Pick<Taint, 'key' | 'effect'>, b: Pick<Taint, 'key' | 'effect'>): boolean =>
    a.key === b.key && a.effect === b.effect;
  const there = add.filter((t) => before.some((b) => same(b, t)));
  if (there.length > 0 && !overwrite)
    return failure(
      `node ${node.metadata.name} already has ${there.map((t) => t.key).join(',')} taint(s) with same effect(s) and --overwrite is false`,
    );
  for (const { key, effect } of remove) {
    if (!before.some((t) => t.key === key && (effect === '' || t.effect === effect)))
      return failure(`taint "${key}${effect === '' ? '' : `:${effect}`}" not found`);
  }
  const kept = before.filter(
    (t) =>
      !remove.some((r) => r.key === t.key && (r.effect === '' || r.effect === t.effect)) &&
      !add.some((a) => same(a, t)),
  );
  const taints = [...add, ...kept];
  const { taints: _, ...spec } = node.spec;
  const next: Node = { ...node, spec: taints.length === 0 ? spec : { ...spec, taints } };
  return next;
}
