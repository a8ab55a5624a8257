import type { KubeObject } from '../../api/object.ts';
import { compileJsonPath, printJsonPathValue, relaxedJsonPath } from '../../apimachinery/jsonpath.ts';
import { isNotFound, type Status } from '../../apimachinery/status.ts';
import type { KubectlContext } from '../context.ts';
import { type Failure, fail, failure, isFailed } from '../errors.ts';
import {
  ALL_NAMESPACES_FLAG,
  FIELD_SELECTOR_FLAG,
  FILENAME_FLAGS,
  PRINT_FLAGS,
  SELECTOR_FLAG,
  unsupported,
} from '../flagsets.ts';
import { resultPrinter } from '../printers/output.ts';
import { asJson } from '../printers/value.ts';
import { getObject } from '../requests.ts';
import { fetch, type Info, resolve, selectionOf } from '../resources.ts';
import type { Verb } from '../verb.ts';
import { until } from '../watching.ts';

/** A negative timeout waits this long: a week. */
const FOREVER = 7 * 24 * 3600 * 1000;

/** Whether an object is as awaited; undefined stands for an object that is not there. */
type Condition = (object: KubeObject | undefined) => boolean;

/** `kubectl wait` (pkg/cmd/wait). */
export const wait: Verb = {
  name: 'wait',
  short: 'Wait for a specific condition on one or many resources',
  usage:
    "kubectl wait ([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]",
  examples: `  # Wait until a pod is ready
  kubectl wait --for=condition=Ready pod/web

  # Wait until a pod runs
  kubectl wait --for=jsonpath='{.status.phase}'=Running pod/web

  # Wait until a pod is gone, for at most a minute
  kubectl wait --for=delete pod/web --timeout=60s`,
  flags: [
    ...FILENAME_FLAGS,
    ...PRINT_FLAGS,
    SELECTOR_FLAG,
    FIELD_SELECTOR_FLAG,
    ALL_NAMESPACES_FLAG,
    {
      name: 'all',
      type: 'bool',
      usage: 'Select all resources in the namespace of the specified resource types',
    },
    {
      name: 'for',
      type: 'array',
      usage:
        "The condition to wait on: [create|delete|condition=condition-name[=condition-value]|jsonpath='{JSONPath expression}'=[JSONPath value]]",
    },
    { name: 'local', type: 'bool', usage: 'If true, do not contact the server (not supported)' },
    {
      name: 'timeout',
      type: 'duration',
      default: '30s',
      usage:
        "The length of time to wait before giving up. Zero means check once and don't wait, negative means wait for a week",
    },
  ],
  *run(context, args) {
    const refused = unsupported(args, ['local']);
    if (refused !== undefined) return fail(context, refused);
    const condition = readCondition(args.strings('for').at(-1) ?? '');
    if ('failure' in condition) return fail(context, condition.failure);
    const printer = resultPrinter(context, args);
    if (isFailed(printer)) return fail(context, printer.failure);
    const resolved = resolve(
      context,
      selectionOf(context, args, ['filename', 'selector', 'field-selector', 'all', 'all-namespaces']),
    );
    if (isFailed(resolved)) return fail(context, resolved.failure);
    const timeout = args.duration('timeout') < 0 ? FOREVER : args.duration('timeout');
    const deadline = context.now() + timeout;
    const known =
      condition.awaits === 'presence'
        ? { infos: resolved.infos, errors: [] }
        : awaited(context, resolved.infos, condition.awaits === 'absence');
    const errors: (Status | string)[] = [...resolved.errors, ...known.errors];
    if (known.infos.length === 0 && errors.length === 0)
      return condition.awaits === 'absence' ? 0 : fail(context, 'no matching resources found');
    for (const info of known.infos) {
      const options = {
        fieldSelector: `metadata.name=${info.name}`,
        ...(info.namespace === '' ? {} : { namespace: info.namespace }),
      };
      let last = info.object;
      const end = yield* until(context, info.kind, options, deadline, (objects) => {
        const now = [...objects.values()][0];
        last = now ?? last;
        return condition.met(now) ? true : undefined;
      });
      const what = `${info.kind.plural}/${info.name}`;
      // Without time to wait it is looked at once.
      if (end.type === 'timeout')
        errors.push(
          timeout === 0 && condition.awaits !== 'presence'
            ? `condition not met for ${what}`
            : `timed out waiting for the condition on ${what}`,
        );
      else if (end.type === 'refused') errors.push(end.status);
      else if (last !== undefined) {
        const problem = printer.print(info.kind, last, 'condition met');
        if (problem !== undefined) errors.push(problem);
      }
    }
    return fail(context, ...errors);
  },
};

/** The objects to watch; those that are gone already need not be waited for when absence is awaited. */
function awaited(
  context: KubectlContext,
  infos: readonly Info[],
  absence: boolean,
): { readonly infos: readonly Info[]; readonly errors: readonly (Status | string)[] } {
  if (!absence) return fetch(context, infos);
  const there: Info[] = [];
  for (const info of infos) {
    const found = getObject(context, info.kind, info.namespace, info.name);
    if (!isFailed(found)) there.push({ ...info, object: found.object });
    else if (typeof found.failure === 'string' || !isNotFound(found.failure))
      return { infos: [], errors: [found.failure] };
  }
  return { infos: there, errors: [] };
}

interface Awaited {
  readonly met: Condition;
  readonly awaits: 'state' | 'presence' | 'absence';
}

/** Reads `--for`. */
export function readCondition(text: string): Awaited | Failure {
  const lower = text.toLowerCase();
  if (lower === 'delete') return { met: (object) => object === undefined, awaits: 'absence' };
  if (lower === 'create') return { met: (object) => object !== undefined, awaits: 'presence' };
  if (lower.startsWith('condition=')) return conditionMet(text.slice('condition='.length));
  if (lower.startsWith('jsonpath=')) return pathMet(text.slice('jsonpath='.length));
  return failure(`unrecognized condition: "${text}"`);
}

function conditionMet(text: string): Awaited | Failure {
  const [name = '', value = 'true'] = text.split('=');
  if (name === '') return failure(`unrecognized condition: "condition=${text}"`);
  const met: Condition = (object) => {
    const { status } = (object ?? {}) as {
      status?: {
        observedGeneration?: number;
        conditions?: readonly { type: string; status: string; observedGeneration?: number }[];
      };
    };
    const found = status?.conditions?.find((c) => c.type.toLowerCase() === name.toLowerCase());
    if (found === undefined || object === undefined) return false;
    const seen = found.observedGeneration ?? status?.observedGeneration;
    if (seen !== undefined && seen < (object.metadata.generation ?? 0)) return false;
    return found.status.toLowerCase() === value.toLowerCase();
  };
  return { met, awaits: 'state' };
}

function pathMet(text: string): Awaited | Failure {
  const end = text.lastIndexOf('}=');
  const expression =
    end >= 0 ? text.slice(0, end + 1) : text.endsWith('}') ? text : (text.split('=')[0] ?? '');
  const value = text.length > expression.length ? text.slice(expression.length + 1) : undefined;
  if (expression === '') return failure('jsonpath expression cannot be empty');
  if (value === '')
    return failure(
      "jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3",
    );
  const relaxed = relaxedJsonPath(expression.replace(/^'|'$/g, ''));
  if (typeof relaxed !== 'string') return failure(relaxed.error);
  const path = compileJsonPath(relaxed, true);
  if ('error' in path) return failure(path.error);
  const met: Condition = (object) => {
    if (object === undefined) return false;
    const found = path.find(asJson(object));
    if ('error' in found) return false;
    const values = found.flat();
    const [first] = values;
    if (first === undefined) return false;
    if (value === undefined) return true;
    return (
      values.length === 1 && printJsonPathValue(first).trim() === value.trim().replace(/^["']|["']$/g, '')
    );
  };
  return { met, awaits: 'state' };
}
