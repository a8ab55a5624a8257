import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerStatus,
  MetricSpec,
  MetricTarget,
} from '../../api/generated/types.ts';
import { apiVersionOf } from '../../api/kind.ts';
import { isQuantityError, parseQuantity } from '../../apimachinery/quantity.ts';
import { type Failure, fail, failure, isFailed } from '../errors.ts';
import { FILENAME_FLAGS } from '../flagsets.ts';
import { fetch, resolve, selectionOf } from '../resources.ts';
import { atOnce } from '../run.ts';
import type { ParsedArgs, Verb } from '../verb.ts';
import { CREATE_FLAGS, createGenerated } from './create/generated.ts';

/** `kubectl autoscale` (pkg/cmd/autoscale/autoscale.go). */
export const autoscale: Verb = {
  name: 'autoscale',
  short: 'Auto-scale a deployment, replica set, stateful set, or replication controller',
  usage:
    'kubectl autoscale (-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY]',
  examples: `  # Between 2 and 10 pods of deployment 'web', at 80% of the cpu they request
  kubectl autoscale deployment web --min=2 --max=10 --cpu=80%`,
  flags: [
    ...FILENAME_FLAGS,
    ...CREATE_FLAGS,
    {
      name: 'name',
      type: 'string',
      usage:
        'The name for the newly created object. If not specified, the name of the input resource will be used.',
    },
    {
      name: 'min',
      type: 'int',
      default: -1,
      usage: 'The lower limit for the number of pods that can be set by the autoscaler',
    },
    {
      name: 'max',
      type: 'int',
      default: -1,
      usage: 'The upper limit for the number of pods that can be set by the autoscaler. Required.',
    },
    {
      name: 'cpu',
      type: 'string',
      usage:
        "Target CPU utilization over all the pods. When specified as a percentage (e.g. '70%'), the utilization of the request; else an average (e.g. '500m')",
    },
    {
      name: 'memory',
      type: 'string',
      usage:
        "Target memory utilization over all the pods, as a percentage (e.g. '70%') or an average (e.g. '200Mi')",
    },
    {
      name: 'cpu-percent',
      type: 'int',
      default: -1,
      usage: 'The target average CPU utilization over all the pods (deprecated: use --cpu)',
    },
  ],
  run: atOnce((context, args) => {
    if (!args.given('max')) return fail(context, 'required flag(s) "max" not set');
    const [min, max] = [args.int('min'), args.int('max')];
    if (max < 1) return fail(context, `--max=MAXPODS is required and must be at least 1, max: ${max}`);
    if (max < min)
      return fail(
        context,
        `--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`,
      );
    if (args.int('cpu-percent') > 0 && args.string('cpu') !== '')
      return fail(context, '--cpu-percent and --cpu are mutually exclusive');
    const metrics = metricsOf(args);
    if (isFailed(metrics)) return fail(context, metrics.failure);
    if (args.given('cpu-percent'))
      context.stdio.err(
        "Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).\n",
      );
    const resolved = resolve(context, selectionOf(context, args, ['filename']));
    if (isFailed(resolved)) return fail(context, resolved.failure);
    const { infos, errors } = fetch(context, resolved.infos);
    if (errors.length + resolved.errors.length > 0) return fail(context, ...resolved.errors, ...errors);
    if (infos.length === 0) return fail(context, 'no objects passed to autoscale');
    const verbed = args.string('dry-run') === 'client' ? 'created' : 'autoscaled';
    let code = 0;
    for (const { kind, name } of infos) {
      if (kind.subresources?.includes('scale') !== true) {
        const resource = `${kind.group}/${kind.version}, Resource=${kind.plural}`;
        code = fail(
          context,
          `cannot autoscale a ${kind.kind}: could not find scale subresource for ${resource} in discovery information`,
        );
        continue;
      }
      const object: HorizontalPodAutoscaler = {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: args.string('name') === '' ? name : args.string('name') },
        spec: {
          scaleTargetRef: { apiVersion: apiVersionOf(kind), kind: kind.kind, name },
          maxReplicas: max,
          ...(min > 0 ? { minReplicas: min } : {}),
          ...(metrics.length === 0 ? {} : { metrics }),
        },
        status: UNSEEN,
      };
      const made = createGenerated(context, args, 'horizontalpodautoscalers', object, verbed);
      code = Math.max(code, made.code);
    }
    return code;
  }),
};

/** What Go writes of an autoscaler that no controller has seen. */
const UNSEEN = { currentMetrics: null, desiredReplicas: 0 } as unknown as HorizontalPodAutoscalerStatus;

function metricsOf(args: ParsedArgs): readonly MetricSpec[] | Failure {
  const cpu = args.int('cpu-percent') > 0 ? `${args.int('cpu-percent')}%` : args.string('cpu');
  const metrics: MetricSpec[] = [];
  for (const [name, text, unit] of [
    ['cpu', cpu, 'm'],
    ['memory', args.string('memory'), 'Mi'],
  ] as const) {
    if (text === '') continue;
    const target = targetOf(name, text.trim(), unit);
    if (isFailed(target)) return target;
    metrics.push({ type: 'Resource', resource: { name, target } });
  }
  return metrics;
}

/** A target as `70%`, as a quantity, or as a number of the resource's usual unit (`parseResourceInput`). */
function targetOf(name: string, text: string, unit: string): MetricTarget | Failure {
  if (text.endsWith('%')) {
    const percent = text.slice(0, -1);
    return /^\+?\d+$/.test(percent) && Number(percent) < 2 ** 31
      ? { type: 'Utilization', averageUtilization: Number(percent) }
      : failure(`invalid percentage value: ${percent}`);
  }
  const bare = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
  const averageValue = bare ? `${Number(text)}${unit}` : text;
  return isQuantityError(parseQuantity(averageValue))
    ? failure(`invalid resource ${name} value: ${text}`)
    : { type: 'AverageValue', averageValue };
}
