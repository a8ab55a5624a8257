import type { Container, PodSpec, ResourceRequirements } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import { isQuantityError, parseQuantity } from '../../apimachinery/quantity.ts';
import { changeFlags, changeObjects } from '../changing.ts';
import { type Failure, fail, failure, usageError } from '../errors.ts';
import { namesFiles } from '../flagsets.ts';
import { group } from '../group.ts';
import { podSpecOf, withPodSpec } from '../podtemplates.ts';
import { atOnce } from '../run.ts';
import type { Flag, ParsedArgs, Verb } from '../verb.ts';
import { setEnv } from './setenv.ts';
import { setSubject } from './setsubject.ts';

const RESOURCES_NEEDED = 'one or more resources must be specified as <resource> <name> or <resource>/<name>';

const CONTAINERS: Flag = {
  name: 'containers',
  shorthand: 'c',
  type: 'string',
  default: '*',
  usage: 'The names of containers in the selected pod templates to change, may use wildcards',
};

const setImage: Verb = {
  name: 'image',
  short: 'Update the image of a pod template',
  usage:
    'kubectl set image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
  examples: `  # Set the image of the container 'web' of a deployment
  kubectl set image deployment/web web=nginx:1.28

  # Set the image of all containers of all deployments
  kubectl set image deployments --all *=nginx:1.28`,
  flags: changeFlags('kubectl-set'),
  run: atOnce((context, args) => {
    const split = splitPairs(args.args);
    if (split.pairs.size === 0)
      return fail(
        context,
        split.resources.length === 0 && !namesFiles(args)
          ? RESOURCES_NEEDED
          : 'at least one image update is required',
      );
    if (split.resources.length === 0 && !namesFiles(args)) return fail(context, RESOURCES_NEEDED);
    if (split.pairs.has('*') && split.pairs.size > 1)
      return fail(context, 'all containers are already specified as *, but are also specified explicitly');
    return changeObjects(context, args, split.resources, {
      done: 'image updated',
      change: (info) =>
        changeSpec(info.object, info.kind.plural, (spec) => {
          let next = spec;
          for (const [name, image] of split.pairs) {
            const changed = mapContainers(next, name, (container) => ({ ...container, image }));
            if (changed === undefined) return failure(`unable to find container named "${name}"`);
            next = changed;
          }
          return next;
        }),
    });
  }),
};

const setResources: Verb = {
  name: 'resources',
  short: 'Update resource requests/limits on objects with pod templates',
  usage: 'kubectl set resources (-f FILENAME | TYPE NAME) ([--limits=LIMITS & --requests=REQUESTS])',
  examples: `  # Set a deployment's cpu limit to 200m and its memory limit to 512Mi
  kubectl set resources deployment web -c=web --limits=cpu=200m,memory=512Mi`,
  flags: [
    ...changeFlags('kubectl-set'),
    CONTAINERS,
    {
      name: 'limits',
      type: 'string',
      usage: "The resource requirement limits, e.g. 'cpu=100m,memory=256Mi'",
    },
    {
      name: 'requests',
      type: 'string',
      usage: "The resource requirement requests, e.g. 'cpu=100m,memory=256Mi'",
    },
  ],
  run: atOnce((context, args) => {
    const [limits, requests] = [
      readQuantities(args.string('limits')),
      readQuantities(args.string('requests')),
    ];
    if (typeof limits === 'string') return fail(context, limits);
    if (typeof requests === 'string') return fail(context, requests);
    if (!args.given('limits') && !args.given('requests'))
      return fail(
        context,
        'you must specify an update to requests or limits (in the form of --requests/--limits)',
      );
    return changeObjects(context, args, args.args, {
      done: 'resource requirements updated',
      change: (info) =>
        changeSpec(info.object, info.kind.plural, (spec) => {
          const change = (container: Container): Container => ({
            ...container,
            resources: mergeResources(container.resources, limits, requests),
          });
          const changed = mapContainers(spec, args.string('containers'), change);
          return changed ?? failure(`unable to find container named ${args.string('containers')}`);
        }),
    });
  }),
};

const setServiceAccount: Verb = {
  name: 'serviceaccount',
  aliases: ['sa'],
  short: 'Update the service account of a resource',
  usage: 'kubectl set serviceaccount (-f FILENAME | TYPE NAME) SERVICE_ACCOUNT',
  flags: changeFlags('kubectl-set'),
  run: atOnce((context, args) => {
    const account = args.args.at(-1);
    if (account === undefined)
      return fail(context, usageError('kubectl set serviceaccount', 'serviceaccount is required'));
    return changeObjects(context, args, args.args.slice(0, -1), {
      done: 'serviceaccount updated',
      change: (info) =>
        changeSpec(info.object, info.kind.plural, (spec) => ({ ...spec, serviceAccountName: account })),
    });
  }),
};

const setSelector: Verb = {
  name: 'selector',
  short: 'Set the selector on a resource',
  usage: 'kubectl set selector (-f FILENAME | TYPE NAME) EXPRESSIONS',
  flags: changeFlags('kubectl-set').filter((flag) => flag.name !== 'selector'),
  run: atOnce((context, args) => {
    const expression = args.args.at(-1) ?? '';
    const pairs = expression.split(',').map((pair) => pair.split('='));
    if (expression === '' || pairs.some((pair) => pair.length !== 2))
      return fail(
        context,
        usageError('kubectl set selector', 'one selector is required, as KEY=VALUE[,KEY=VALUE]'),
      );
    return changeObjects(context, withoutSelectorFlag(args), args.args.slice(0, -1), {
      done: 'selector updated',
      change(info) {
        if (info.kind.plural !== 'services')
          return failure('setting a selector is only supported for Services');
        const spec = (info.object as { spec?: object }).spec;
        return { ...info.object, spec: { ...spec, selector: Object.fromEntries(pairs) } } as KubeObject;
      },
    });
  }),
};

/** `set selector` has no `-l`: the shared code then finds none given. */
function withoutSelectorFlag(args: ParsedArgs): ParsedArgs {
  return {
    args: args.args,
    afterDash: args.afterDash,
    bool: (flag) => args.bool(flag),
    string: (flag) => (flag === 'selector' ? '' : args.string(flag)),
    int: (flag) => args.int(flag),
    strings: (flag) => args.strings(flag),
    duration: (flag) => args.duration(flag),
    given: (flag) => args.given(flag),
  };
}

/** `kubectl set` (pkg/cmd/set). */
export const set: Verb = group({
  name: 'set',
  short: 'Set specific features on objects',
  usage: 'kubectl set SUBCOMMAND',
  subcommands: [setEnv, setImage, setResources, setSelector, setServiceAccount, setSubject],
});

function splitPairs(args: readonly string[]): {
  resources: readonly string[];
  pairs: ReadonlyMap<string, string>;
} {
  const first = args.findIndex((arg) => arg.includes('='));
  if (first < 0) return { resources: args, pairs: new Map() };
  const pairs = args.slice(first).map((arg): [string, string] => {
    const equals = arg.indexOf('=');
    return [arg.slice(0, equals), arg.slice(equals + 1)];
  });
  return { resources: args.slice(0, first), pairs: new Map(pairs) };
}

function changeSpec(
  object: KubeObject,
  resource: string,
  change: (spec: PodSpec) => PodSpec | Failure,
): KubeObject | Failure {
  const spec = podSpecOf(object);
  if (spec === undefined) return failure(`${resource} does not have a pod template`);
  const next = change(spec);
  return 'failure' in next ? next : withPodSpec(object, next);
}

/** Changes the containers, init containers included, of that name; `*` stands for all. Undefined: there is none. */
function mapContainers(
  spec: PodSpec,
  name: string,
  change: (container: Container) => Container,
): PodSpec | undefined {
  let found = false;
  const map = (container: Container): Container => {
    if (name !== '*' && container.name !== name) return container;
    found = true;
    return change(container);
  };
  const containers = spec.containers.map(map);
  const initContainers = spec.initContainers?.map(map);
  if (!found) return undefined;
  return { ...spec, containers, ...(initContainers === undefined ? {} : { initContainers }) };
}

type Quantities = Readonly<Record<string, string>>;

function readQuantities(text: string): Quantities | string {
  const out: Record<string, string> = {};
  for (const pair of text.split(',').filter((p) => p !== '')) {
    const [name, value, ...more] = pair.split('=');
    if (name === undefined || value === undefined || more.length > 0 || name === '')
      return `Invalid argument syntax ${text}, expected <resource>=<value>`;
    const parsed = parseQuantity(value);
    if (isQuantityError(parsed)) return parsed.error;
    out[name] = value;
  }
  return out;
}

function mergeResources(
  before: ResourceRequirements | undefined,
  limits: Quantities,
  requests: Quantities,
): ResourceRequirements {
  return {
    ...before,
    ...(Object.keys(limits).length === 0 ? {} : { limits: { ...before?.limits, ...limits } }),
    ...(Object.keys(requests).length === 0 ? {} : { requests: { ...before?.requests, ...requests } }),
  };
}
