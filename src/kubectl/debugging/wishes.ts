import type { EnvVar } from '../../api/generated/types.ts';
import { parseImageName } from '../../api/imagename.ts';
import { type Failure, failure } from '../errors.ts';
import { unsupported } from '../flagsets.ts';
import type { ParsedArgs } from '../verb.ts';
import { PROFILES } from './profiles.ts';

/** What the flags of `kubectl debug` say. */
export interface DebugWishes {
  readonly image: string;
  readonly pullPolicy: string;
  readonly container: string;
  readonly copyTo: string;
  readonly replace: boolean;
  readonly sameNode: boolean;
  /** Undefined: not said. */
  readonly shareProcesses: boolean | undefined;
  /** Container name, or `*`, to image. */
  readonly images: ReadonlyMap<string, string>;
  readonly env: readonly EnvVar[];
  readonly command: readonly string[];
  readonly argumentsOnly: boolean;
  readonly target: string;
  readonly profile: string;
  readonly keep: {
    readonly labels: boolean;
    readonly annotations: boolean;
    readonly liveness: boolean;
    readonly readiness: boolean;
    readonly startup: boolean;
    readonly initContainers: boolean;
  };
  readonly stdin: boolean;
  readonly tty: boolean;
  readonly quiet: boolean;
  readonly attach: boolean;
}

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never', ''];

/** Reads the flags, or says why they do not go together (DebugOptions.Validate). */
export function wishesOf(args: ParsedArgs): DebugWishes | Failure {
  const refused = unsupported(args, ['custom', 'kustomize']);
  if (refused !== undefined) return failure(refused);
  if (!PROFILES.has(args.string('profile'))) return failure(`unknown profile: ${args.string('profile')}`);
  const wishes = read(args);
  const complaint = checkTogether(args, wishes) ?? checkImages(wishes);
  if (complaint !== undefined) return failure(complaint);
  if (args.args.length === 0 && args.strings('filename').length === 0)
    return failure('NAME or filename is required for debug');
  if (!PULL_POLICIES.includes(wishes.pullPolicy))
    return failure(`invalid image pull policy: ${wishes.pullPolicy}`);
  if (wishes.target !== '' && wishes.copyTo !== '')
    return failure('--target is incompatible with --copy-to. Use --share-processes instead.');
  return wishes;
}

function read(args: ParsedArgs): DebugWishes {
  return {
    image: args.string('image'),
    pullPolicy: args.string('image-pull-policy'),
    container: args.string('container'),
    copyTo: args.string('copy-to'),
    replace: args.bool('replace'),
    sameNode: args.bool('same-node'),
    shareProcesses: args.given('share-processes') ? args.bool('share-processes') : undefined,
    images: new Map(args.strings('set-image').map(split)),
    env: args.strings('env').map((pair) => {
      const [name, value] = split(pair);
      return { name, value };
    }),
    command: args.afterDash ?? [],
    argumentsOnly: args.bool('arguments-only'),
    target: args.string('target'),
    profile: args.string('profile'),
    keep: {
      labels: args.bool('keep-labels'),
      annotations: args.bool('keep-annotations'),
      liveness: args.bool('keep-liveness'),
      readiness: args.bool('keep-readiness'),
      startup: args.bool('keep-startup'),
      initContainers: args.bool('keep-init-containers'),
    },
    stdin: args.bool('stdin'),
    tty: args.bool('tty'),
    quiet: args.bool('quiet'),
    attach: args.given('attach') ? args.bool('attach') : args.bool('stdin'),
  };
}

function split(pair: string): [string, string] {
  const equals = pair.indexOf('=');
  return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
}

function checkTogether(args: ParsedArgs, w: DebugWishes): string | undefined {
  if (w.attach && args.given('attach') && w.image === '' && w.container === '')
    return 'you must specify --container or create a new container using --image in order to attach.';
  if (w.copyTo !== '') {
    if (w.image === '' && w.images.size === 0 && w.command.length === 0)
      return 'you must specify --image, --set-image or command arguments.';
    if (w.command.length > 0 && w.container === '' && w.image === '')
      return 'you must specify an existing container or a new image when specifying args.';
    return undefined;
  }
  if (w.replace) return '--replace may only be used with --copy-to.';
  if (w.sameNode) return '--same-node may only be used with --copy-to.';
  if (w.images.size > 0) return '--set-image may only be used with --copy-to.';
  return w.image === '' ? 'you must specify --image when not using --copy-to.' : undefined;
}

function checkImages(w: DebugWishes): string | undefined {
  const isWrong = (image: string): boolean => 'error' in parseImageName(image);
  if (w.image !== '' && isWrong(w.image)) return `invalid image name "${w.image}": invalid reference format`;
  for (const [name, image] of w.images)
    if (isWrong(image))
      return `invalid image name "${image}" for container "${name}": invalid reference format`;
  return undefined;
}
