import type { KubeObject } from '../../api/object.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { changeFlags, changeSelected } from '../changing.ts';
import type { KubectlContext } from '../context.ts';
import { type Failure, fail, failure } from '../errors.ts';
import { namesFiles, unsupported } from '../flagsets.ts';
import { group } from '../group.ts';
import { templateOf } from '../podtemplates.ts';
import { type ObjectInfo, selectionOf } from '../resources.ts';
import { atOnce } from '../run.ts';
import type { ParsedArgs, Verb } from '../verb.ts';
import { rolloutHistory } from './rollouthistory.ts';
import { rolloutStatus } from './rolloutstatus.ts';
import { rolloutUndo } from './rolloutundo.ts';

const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

function qualified(info: ObjectInfo): string {
  return info.kind.group === '' ? info.kind.plural : `${info.kind.plural}.${info.kind.group}`;
}

function refuse(info: ObjectInfo, why: string): Failure {
  // The prefix stays even where several errors are told, a line each.
  return failure(`error: ${qualified(info)} "${info.name}" ${why}`);
}

function isPaused(info: ObjectInfo): boolean {
  return (info.object as { spec?: { paused?: boolean } }).spec?.paused === true;
}

function subcommand(
  name: string,
  short: string,
  done: string,
  change: (info: ObjectInfo, context: KubectlContext) => KubeObject | Failure,
): Verb {
  return {
    name,
    short,
    usage: `kubectl rollout ${name} RESOURCE`,
    flags: changeFlags('kubectl-rollout'),
    run: atOnce((context, args: ParsedArgs) => {
      if (args.args.length === 0 && !namesFiles(args))
        return fail(context, 'required resource not specified');
      const refused = unsupported(args, ['local']);
      if (refused !== undefined) return fail(context, refused);
      // A type alone means all objects of the type.
      const selection = {
        ...selectionOf(context, args, ['filename', 'selector', 'all']),
        allowEmptySelector: true,
      };
      return changeSelected(context, args, selection, { done, change: (info) => change(info, context) });
    }),
  };
}

const pause = subcommand('pause', 'Mark the provided resource as paused', 'paused', (info) => {
  if (info.kind.plural !== 'deployments') return refuse(info, 'pausing is not supported');
  if (isPaused(info)) return refuse(info, 'is already paused');
  return { ...info.object, spec: { ...(info.object as { spec?: object }).spec, paused: true } } as KubeObject;
});

const resume = subcommand('resume', 'Resume a paused resource', 'resumed', (info) => {
  if (info.kind.plural !== 'deployments') return refuse(info, 'resuming is not supported');
  if (!isPaused(info)) return refuse(info, 'is not paused');
  const { paused: _, ...spec } = (info.object as { spec?: { paused?: boolean } }).spec ?? {};
  return { ...info.object, spec } as KubeObject;
});

const restart = subcommand('restart', 'Restart a resource', 'restarted', (info, context) => {
  const template = templateOf(info.object);
  if (!['deployments', 'daemonsets', 'statefulsets'].includes(info.kind.plural) || template === undefined)
    return refuse(info, 'restarting is not supported');
  if (isPaused(info)) return refuse(info, "can't restart paused deployment (run rollout resume first)");
  const now = formatTime(context.now());
  if (template.metadata?.annotations?.[RESTARTED_AT] === now)
    return refuse(
      info,
      'if restart has already been triggered within the past second, please wait before attempting to trigger another',
    );
  const annotations = { ...template.metadata?.annotations, [RESTARTED_AT]: now };
  const next = { ...template, metadata: { ...template.metadata, annotations } };
  return {
    ...info.object,
    spec: { ...(info.object as { spec?: object }).spec, template: next },
  } as KubeObject;
});

/** `kubectl rollout` (pkg/cmd/rollout). */
export const rollout: Verb = group({
  name: 'rollout',
  short: 'Manage the rollout of a resource',
  usage: 'kubectl rollout SUBCOMMAND',
  examples: `  # Go back to the previous deployment
  kubectl rollout undo deployment/web

  # Watch a rollout until it is done
  kubectl rollout status deployment/web

  # Replace all pods of a deployment
  kubectl rollout restart deployment/web`,
  subcommands: [rolloutHistory, pause, restart, resume, rolloutStatus, rolloutUndo],
});
