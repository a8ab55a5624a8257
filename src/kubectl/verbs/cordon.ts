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
  for (const info of nodes) setSchedulable(context, info, unschedulable, dry.dryRun);
  return 0;
}

/** The nodes that the arguments of cordon, uncordon or drain name; the first that is not there ends it. */
export function nodesOf(
  context: KubectlContext,
  args: ParsedArgs,
  path: string,
): readonly ObjectInfo[] | Failure {
  const selector = args.string('selector');
  if (args.args.length === 0 && selector === '')
    return { failure: usageError(path, `USAGE: ${path.slice('kubectl '.length)} NODE [flags]`) };
  if (args.args.length > 0 && selector !== '')
    return { failure: usageError(path, 'error: cannot specify both a node name and a --selector option') };
  const named = args.args.map((arg) => arg.replace(/^nodes?\//, ''));
  const resolved = resolve(context, {
    args: ['nodes', ...named],
    namespace: '',
    enforceNamespace: false,
    ...(selector === '' ? {} : { labelSelector: selector }),
  });
  if (isFailed(resolved)) return resolved;
  const fetched = fetch(context, resolved.infos);
  const [error] = [...resolved.errors, ...fetched.errors];
  return error === undefined ? fetched.infos : { failure: error };
}

/** Cordons or uncordons one node and says so, or why not; that is no failure of the verb, upstream neither. */
export function setSchedulable(
  context: KubectlContext,
  info: ObjectInfo,
  unschedulable: boolean,
  dryRun: DryRun,
): void {
  const node = info.object as KubeObject as unknown as Node;
  const word = unschedulable ? 'cordoned' : 'uncordoned';
  if ((node.spec.unschedulable === true) === unschedulable) {
    context.stdio.out(`node/${info.name} already ${word}${dryRunSuffix(dryRun)}\n`);
    return;
  }
  const { unschedulable: _, ...rest } = node.spec;
  const next = { ...node, spec: unschedulable ? { ...rest, unschedulable } : rest };
  const sent = sendChange(context, infoOf(builtin('nodes'), node), next, dryRun, 'kubectl-cordon');
  if (isFailed(sent)) {
    const verb = unschedulable ? 'cordon' : 'uncordon';
    context.stdio.err(`error: unable to ${verb} node "${info.name}": ${textOf(sent.failure)}\n`);
  } else context.stdio.out(`node/${info.name} ${word}${dryRunSuffix(dryRun)}\n`);
}

function textOf(error: Status | string): string {
  return typeof error === 'string' ? error : (error.message ?? '');
}
