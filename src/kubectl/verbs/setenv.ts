import type { ConfigMap, Container, EnvVar, PodSpec, Secret } from '../../api/generated/types.ts';
import { changeFlags, changeObjects } from '../changing.ts';
import type { KubectlContext } from '../context.ts';
import { kindFor } from '../discovery.ts';
import { type Failure, fail, failure, isFailed, usageError } from '../errors.ts';
import { namesFiles, namespaceFor } from '../flagsets.ts';
import { readPairs } from '../keyvalues.ts';
import { podSpecOf, withPodSpec } from '../podtemplates.ts';
import { getObject } from '../requests.ts';
import { fetch, resolve, selectionOf } from '../resources.ts';
import { atOnce } from '../run.ts';
import type { ParsedArgs, Verb } from '../verb.ts';

/** `kubectl set env` (pkg/cmd/set/set_env.go). */
export const setEnv: Verb = {
  name: 'env',
  short: 'Update environment variables on a pod template',
  usage: 'kubectl set env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N',
  examples: `  # Set a variable of a deployment
  kubectl set env deployment/web COLOR=blue

  # List the variables of all pods
  kubectl set env pods --all --list

  # Take all keys of a config map
  kubectl set env --from=configmap/settings deployment/web

  # Remove a variable
  kubectl set env deployment/web COLOR-`,
  flags: [
    ...changeFlags('kubectl-set'),
    {
      name: 'containers',
      shorthand: 'c',
      type: 'string',
      default: '*',
      usage: 'The names of containers in the selected pod templates to change',
    },
    {
      name: 'env',
      shorthand: 'e',
      type: 'array',
      usage: 'Specify a key-value pair for an environment variable to set into each container',
    },
    {
      name: 'from',
      type: 'string',
      usage: 'The name of a resource from which to inject environment variables',
    },
    {
      name: 'keys',
      type: 'strings',
      usage: 'Comma-separated list of keys to import from specified resource',
    },
    {
      name: 'list',
      type: 'bool',
      usage: 'If true, display the environment and any changes in the standard format',
    },
    { name: 'overwrite', type: 'bool', default: true, usage: 'If true, allow environment to be overwritten' },
    { name: 'prefix', type: 'string', usage: 'Prefix to append to variable names' },
  ],
  run: atOnce((context, args) => {
    const pairs = readPairs([...args.args, ...args.strings('env')], 'environment variable');
    if (typeof pairs === 'string') return fail(context, pairs);
    if (pairs.resources.length === 0 && !namesFiles(args))
      return fail(
        context,
        usageError(
          'kubectl set env',
          'one or more resources must be specified as <resource> <name> or <resource>/<name>',
        ),
      );
    const imported = args.string('from') === '' ? [] : importEnv(context, args);
    if ('failure' in imported) return fail(context, imported.failure);
    if (args.bool('list')) return list(context, args, pairs.resources);
    if (pairs.set.size === 0 && pairs.remove.length === 0 && imported.length === 0)
      return fail(
        context,
        usageError('kubectl set env', 'at least one environment variable must be provided'),
      );
    const variables = [...imported, ...[...pairs.set].map(([name, value]): EnvVar => ({ name, value }))];
    return changeObjects(context, args, pairs.resources, {
      done: 'env updated',
      change(info) {
        const spec = podSpecOf(info.object);
        if (spec === undefined) return failure(`${info.kind.plural} does not have a pod template`);
        if (!args.bool('overwrite')) {
          const there = existing(spec, args.string('containers'), variables);
          if (there !== undefined) return failure(`'${there}' already has a value, and --overwrite is false`);
        }
        return withPodSpec(info.object, changeEnv(spec, args.string('containers'), variables, pairs.remove));
      },
    });
  }),
};

function matches(container: Container, pattern: string): boolean {
  return pattern === '*' || container.name === pattern;
}

function existing(spec: PodSpec, pattern: string, variables: readonly EnvVar[]): string | undefined {
  const names = new Set(variables.map((v) => v.name));
  for (const container of spec.containers.filter((c) => matches(c, pattern)))
    for (const { name } of container.env ?? []) if (names.has(name)) return name;
  return undefined;
}

function changeEnv(
  spec: PodSpec,
  pattern: string,
  variables: readonly EnvVar[],
  remove: readonly string[],
): PodSpec {
  const change = (container: Container): Container => {
    if (!matches(container, pattern)) return container;
    const added = new Map(variables.map((v) => [v.name, v]));
    const kept = (container.env ?? [])
      .filter((v) => !remove.includes(v.name))
      .map((v) => {
        const next = added.get(v.name) ?? v;
        added.delete(v.name);
        return next;
      });
    const env = [...kept, ...added.values()];
    const { env: _, ...rest } = container;
    return env.length === 0 ? rest : { ...rest, env };
  };
  return {
    ...spec,
    containers: spec.containers.map(change),
    ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(change) }),
  };
}

/** A variable for each key of a ConfigMap or Secret: `--from=configmap/x`. */
function importEnv(context: KubectlContext, args: ParsedArgs): readonly EnvVar[] | Failure {
  const [type = '', name = ''] = args.string('from').split('/');
  const kind = kindFor(context, type);
  if (isFailed(kind)) return kind;
  const isSecret = kind.kind.plural === 'secrets';
  if (!isSecret && kind.kind.plural !== 'configmaps')
    return failure(`unsupported resource specified in --from`);
  const found = getObject(context, kind.kind, namespaceFor(context, args), name);
  if (isFailed(found)) return found;
  const keys = args.strings('keys');
  const data = (found.object as unknown as ConfigMap | Secret).data ?? {};
  return Object.keys(data)
    .filter((key) => keys.length === 0 || keys.includes(key))
    .sort()
    .map((key) => ({
      name: args.string('prefix') + key.toUpperCase().replace(/[^A-Z0-9]/g, '_'),
      valueFrom: isSecret ? { secretKeyRef: { name, key } } : { configMapKeyRef: { name, key } },
    }));
}

function list(context: KubectlContext, args: ParsedArgs, resources: readonly string[]): number {
  const resolved = resolve(context, {
    ...selectionOf(context, args, ['filename', 'selector', 'all']),
    args: resources,
  });
  if (isFailed(resolved)) return fail(context, resolved.failure);
  const { infos, errors } = fetch(context, resolved.infos);
  for (const info of infos) {
    for (const container of (podSpecOf(info.object)?.containers ?? []).filter((c) =>
      matches(c, args.string('containers')),
    )) {
      context.stdio.out(`# ${info.kind.plural} ${info.name}, container ${container.name}\n`);
      for (const variable of container.env ?? []) context.stdio.out(`${formatVariable(variable)}\n`);
    }
  }
  return fail(context, ...resolved.errors, ...errors);
}

function formatVariable({ name, value, valueFrom }: EnvVar): string {
  if (valueFrom === undefined) return `${name}=${value ?? ''}`;
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = valueFrom;
  if (configMapKeyRef !== undefined)
    return `# ${name} from configmap ${configMapKeyRef.name}, key ${configMapKeyRef.key}`;
  if (secretKeyRef !== undefined)
    return `# ${name} from secret ${secretKeyRef.name}, key ${secretKeyRef.key}`;
  if (fieldRef !== undefined) return `# ${name} from field path ${fieldRef.fieldPath}`;
  return `# ${name} from resource field ${resourceFieldRef?.resource ?? ''}`;
}
