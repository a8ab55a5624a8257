import type { DaemonSet, Deployment, StatefulSet } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import { notFound } from '../../apimachinery/status.ts';
import type { KubectlContext } from '../context.ts';
import { type Failure, fail, failure, isFailed } from '../errors.ts';
import { FILENAME_FLAGS, namesFiles, SELECTOR_FLAG } from '../flagsets.ts';
import { revisionNumber } from '../replicasets.ts';
import { fetch, type ObjectInfo, resolve, selectionOf } from '../resources.ts';
import type { Waiting } from '../run.ts';
import type { ParsedArgs, Verb } from '../verb.ts';
import { until } from '../watching.ts';

/** How far a rollout is: a line, and whether it is the last. */
export interface RolloutState {
  readonly text: string;
  readonly done: boolean;
}

/** `kubectl rollout status` (pkg/cmd/rollout/rollout_status.go). */
export const rolloutStatus: Verb = {
  name: 'status',
  short: 'Show the status of the rollout',
  usage: 'kubectl rollout status (TYPE NAME | TYPE/NAME) [flags]',
  flags: [
    ...FILENAME_FLAGS,
    SELECTOR_FLAG,
    {
      name: 'revision',
      type: 'int',
      usage: 'Pin to a specific revision for showing its status. Defaults to 0 (last revision)',
    },
    {
      name: 'timeout',
      type: 'duration',
      usage: 'The length of time to wait before ending watch, zero means never',
    },
    {
      name: 'watch',
      shorthand: 'w',
      type: 'bool',
      default: true,
      usage: "Watch the status of the rollout until it's done",
    },
  ],
  *run(context, args) {
    if (args.args.length === 0 && !namesFiles(args)) return fail(context, 'required resource not specified');
    if (args.int('revision') < 0)
      return fail(context, `revision must be a positive integer: ${args.int('revision')}`);
    const selection = selectionOf(context, args, ['filename', 'selector']);
    const resolved = resolve(context, { ...selection, allowEmptySelector: true });
    if (isFailed(resolved)) return fail(context, resolved.failure);
    const { infos, errors } = fetch(context, resolved.infos);
    if (errors.length > 0 || resolved.errors.length > 0) return fail(context, ...resolved.errors, ...errors);
    if (infos.length === 0) {
      context.stdio.err(`No resources found in ${selection.namespace} namespace.\n`);
      return 0;
    }
    for (const info of infos) {
      const code = yield* followOne(context, args, info);
      if (code !== 0) return code;
    }
    return 0;
  },
};

function* followOne(context: KubectlContext, args: ParsedArgs, info: ObjectInfo): Waiting<number> {
  const first = rolloutState(info.object, args.int('revision'));
  if (first === undefined)
    return fail(context, `no status viewer has been implemented for ${info.kind.kind}`);
  if (!args.bool('watch')) {
    if (isFailed(first)) return fail(context, first.failure);
    context.stdio.out(`${first.text}\n`);
    return 0;
  }
  const timeout = args.duration('timeout');
  const deadline = timeout === 0 ? undefined : context.now() + timeout;
  const options = { namespace: info.namespace, fieldSelector: `metadata.name=${info.name}` };
  const end = yield* until<Failure | 'done'>(context, info.kind, options, deadline, (objects) => {
    const [object] = objects.values();
    if (object === undefined) return failure('object has been deleted');
    const state = rolloutState(object, args.int('revision'));
    if (state === undefined || isFailed(state)) return state;
    context.stdio.out(`${state.text}\n`);
    return state.done ? 'done' : undefined;
  });
  if (end.type === 'timeout') return fail(context, 'timed out waiting for the condition');
  if (end.type === 'refused') return fail(context, end.status);
  if (end.type === 'closed')
    return fail(context, notFound({ group: info.kind.group, resource: info.kind.plural }, info.name));
  return end.value === 'done' ? 0 : fail(context, end.value.failure);
}

/** How far the rollout of an object is; undefined for kinds that are not rolled out. */
export function rolloutState(object: KubeObject, revision: number): RolloutState | Failure | undefined {
  switch (object.kind) {
    case 'Deployment':
      return deploymentState(object as KubeObject as unknown as Deployment, revision);
    case 'DaemonSet':
      return daemonSetState(object as KubeObject as unknown as DaemonSet);
    case 'StatefulSet':
      return statefulSetState(object as KubeObject as unknown as StatefulSet);
    default:
      return undefined;
  }
}

const going = (text: string): RolloutState => ({ text, done: false });
const done = (text: string): RolloutState => ({ text, done: true });

function deploymentState(object: Deployment, revision: number): RolloutState | Failure {
  const { metadata, spec, status = {} } = object;
  const name = `deployment "${metadata.name}"`;
  if (revision > 0 && revisionNumber(object) !== revision)
    return failure(
      `desired revision (${revision}) is different from the running revision (${revisionNumber(object)})`,
    );
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0))
    return going('Waiting for deployment spec update to be observed...');
  const progressing = status.conditions?.find((c) => c.type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded')
    return failure(`${name} exceeded its progress deadline`);
  const wanted = spec?.replicas ?? 1;
  const { updatedReplicas: updated = 0, replicas = 0, availableReplicas: available = 0 } = status;
  const waiting = `Waiting for ${name} rollout to finish:`;
  if (updated < wanted)
    return going(`${waiting} ${updated} out of ${wanted} new replicas have been updated...`);
  if (replicas > updated)
    return going(`${waiting} ${replicas - updated} old replicas are pending termination...`);
  if (available < updated)
    return going(`${waiting} ${available} of ${updated} updated replicas are available...`);
  return done(`${name} successfully rolled out`);
}

function daemonSetState({ metadata, spec, status }: DaemonSet): RolloutState | Failure {
  const name = `daemon set "${metadata.name}"`;
  if (spec?.updateStrategy?.type !== undefined && spec.updateStrategy.type !== 'RollingUpdate')
    return failure(`rollout status is only available for RollingUpdate strategy type`);
  if ((metadata.generation ?? 0) > (status?.observedGeneration ?? 0))
    return going('Waiting for daemon set spec update to be observed...');
  const {
    updatedNumberScheduled: updated = 0,
    desiredNumberScheduled: wanted = 0,
    numberAvailable: available = 0,
  } = status ?? {};
  if (updated < wanted)
    return going(
      `Waiting for ${name} rollout to finish: ${updated} out of ${wanted} new pods have been updated...`,
    );
  if (available < wanted)
    return going(
      `Waiting for ${name} rollout to finish: ${available} of ${wanted} updated pods are available...`,
    );
  return done(`${name} successfully rolled out`);
}

function statefulSetState({ metadata, spec, status }: StatefulSet): RolloutState | Failure {
  if (spec?.updateStrategy?.type !== undefined && spec.updateStrategy.type !== 'RollingUpdate')
    return failure(`rollout status is only available for RollingUpdate strategy type`);
  if (
    (status?.observedGeneration ?? 0) === 0 ||
    (metadata.generation ?? 0) > (status?.observedGeneration ?? 0)
  )
    return going('Waiting for statefulset spec update to be observed...');
  const wanted = spec?.replicas ?? 1;
  const {
    readyReplicas: ready = 0,
    updatedReplicas: updated = 0,
    currentReplicas: current = 0,
  } = status ?? {};
  if (ready < wanted) return going(`Waiting for ${wanted - ready} pods to be ready...`);
  const rolling = spec?.updateStrategy?.rollingUpdate;
  // The server's defaults make every rolling update a partitioned one, of partition 0.
  if (rolling !== undefined) {
    const { partition } = rolling;
    if (partition !== undefined && updated < wanted - partition)
      return going(
        `Waiting for partitioned roll out to finish: ${updated} out of ${wanted - partition} new pods have been updated...`,
      );
    return done(`partitioned roll out complete: ${updated} new pods have been updated...`);
  }
  if (status?.updateRevision !== status?.currentRevision)
    return going(
      `waiting for statefulset rolling update to complete ${updated} pods at revision ${status?.updateRevision ?? ''}...`,
    );
  return done(
    `statefulset rolling update complete ${current} pods at revision ${status?.currentRevision ?? ''}...`,
  );
}
