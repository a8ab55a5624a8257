import type { Node } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Status } from '../../apimachinery/status.ts';
import { changeFlags, sendChange } from '../changing.ts';
import type { KubectlContext } from '../context.ts';
import { builtin } from '../discovery.ts';
import { type Failure, fail, isFailed, usageError } from '../errors.ts';
import { type DryRun, dryRunOf, dryRunSuffix, SELECTOR_FLAG } from '../flagsets.ts';
import { fetch, infoOf, type ObjectInfo, resolve } from '../resources.ts';
import { atOnce } from '../run.ts';
import type { Flag, ParsedArgs, Verb } from '../verb.ts';

const FLAGS: readonly Flag[] = [
  SELECTOR_FLAG,
  ...changeFlags('kubectl-cordon').filter((flag) => flag.name === 'dry-run'),
];

/** `kubectl cordon` (pkg/cmd/drain/drain.go). */
export const cordon: Verb = {
  name: 'cordon',
  short: 'Mark node as unschedulable',
  usage: 'kubectl cordon NODE',
  examples: `  # Mark node 'cargo-1' as unschedulable
  kubectl cordon cargo-1`,
  flags: FLAGS,
  run: atOnce((context, args) => run(context, args, true)),
};

/** `kubectl uncordon`. */
export const uncordon: Verb = {
  name: 'uncordon',
  short: 'Mark node as schedulable',
  usage: 'kubectl uncordon NODE',
  examples: `  # Mark node 'cargo-1' as schedulable
  kubectl uncordon cargo-1`,
  flags: FLAGS,
  run: atOnce((context, args) => run(context, args, false)),
};

function run(context: KubectlContext, args: ParsedArgs, unschedulable: boolean): number {
  const dry = dryRunOf(args);
  if ('failure' in dry) return fail(context, dry.failure);
  const nodes = nodesOf(context, args, unschedulable ? 'kubectl cordon' : 'kubectl uncordon');
  if (isFailed(nodes)) return fail(context, nodes.failure);
  const errors: (Status | string)[] = [...nodes.errors];
  for (const info of nodes.infos) {
    const refused = setSchedulable(context, info, unschedulable, dry.dryRun);
    if (refused !== undefined) errors.push(refused);
  }
  return fail(context, ...errors);
}

/** The nodes that the arguments of cordon, uncordon or drain name. */
export function nodesOf(
  context: KubectlContext,
  args: ParsedArgs,
  path: string,
): { readonly infos: readonly ObjectInfo[]; readonly errors: readonly (Status | string)[] } | Failure {
  const selector = args.string('selector');
  if (args.args.length === 0 && selector === '')
    return { failure: usageError(path, `USAGE: ${path.slice('kubectl '.length)} NODE [flags]`) };
  if (args.args.length > 0 && selector !== '')
    return { failure: 'error: cannot specify both a node name and a --selector option' };
  const named = args.args.map((arg) => arg.replace(/^nodes?\//, ''));
  const resolved = resolve(context, {
    args: ['nodes', ...named],
    namespace: '',
    enforceNamespace: false,
    ...(selector === '' ? {} : { labelSelector: selector }),
  });
  if (isFailed(resolved)) return resolved;
  const fetched = fetch(context, resolved.infos);
  return { infos: fetched.infos, errors: [...resolved.errors, ...fetched.errors] };
}

/** Cordons or uncordons one node and says so; why it could not be done otherwise. */
export function setSchedulable(
  context: KubectlContext,
  info: ObjectInfo,
  unschedulable: boolean,
  dryRun: DryRun,
): Status | string | undefined {
  const node = info.object as KubeObject as unknown as Node;
  const word = unschedulable ? 'cordoned' : 'uncordoned';
  if ((node.spec.unschedulable === true) === unschedulable) {
    context.stdio.out(`node/${info.name} already ${word}${dryRunSuffix(dryRun)}\n`);
    return undefined;
  }
  const { unschedulable: _, ...rest } = node.spec;
  const next = { ...node, spec: unschedulable ? { ...rest, unschedulable } : rest };
  const sent = sendChange(context, infoOf(builtin('nodes'), node), next, dryRun, 'kubectl-cordon');
  if (isFailed(sent))
    return `unable to ${unschedulable ? 'cordon' : 'uncordon'} node "${info.name}": ${textOf(sent.failure)}`;
  context.stdio.out(`node/${info.name} ${word}${dryRunSuffix(dryRun)}\n`);
  return undefined;
}

function textOf(error: Status | string): string {
  return typeof error === 'string' ? error : (error.message ?? '');
}
