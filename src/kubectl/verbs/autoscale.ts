import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerStatus,
  MetricSpec,
} from '../../api/generated/types.ts';
import { apiVersionOf } from '../../api/kind.ts';
import { fail, isFailed, usageError } from '../errors.ts';
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
    if (!args.given('max'))
      return fail(context, usageError('kubectl autoscale', 'required flag(s) "max" not set'));
    const [min, max] = [args.int('min'), args.int('max')];
    if (max < 1) return fail(context, `--max=MAXPODS is required and must be at least 1, max: ${max}`);
    if (max < min)
      return fail(
        context,
        `--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`,
      );
    if (args.given('cpu') && args.given('cpu-percent'))
      return fail(context, 'if any flags in the group [cpu-percent cpu] are set none of the others can be');
    if (args.given('cpu-percent'))
      context.stdio.err(
        "Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).\n",
      );
    const resolved = resolve(context, selectionOf(context, args, ['filename']));
    if (isFailed(resolved)) return fail(context, resolved.failure);
    const { infos, errors } = fetch(context, resolved.infos);
    if (errors.length + resolved.errors.length > 0) return fail(context, ...resolved.errors, ...errors);
    if (infos.length === 0) return fail(context, 'no objects passed to autoscale');
    let code = 0;
    for (const { kind, name } of infos) {
      if (kind.subresources?.includes('scale') !== true) {
        const what = `cannot autoscale a ${kind.kind}.${kind.version}${kind.group === '' ? '' : `.${kind.group}`}`;
        code = fail(context, `${what}: selector for ${kind.kind} is not available`);
        continue;
      }
      const metrics = metricsOf(args);
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
      const made = createGenerated(context, args, 'horizontalpodautoscalers', object, 'autoscaled');
      code = Math.max(code, made.code);
    }
    return code;
  }),
};

/** What Go writes of an autoscaler that no controller has seen. */
const UNSEEN = { currentMetrics: null, desiredReplicas: 0 } as unknown as HorizontalPodAutoscalerStatus;

function metricsOf(args: ParsedArgs): readonly MetricSpec[] {
  const cpu = args.int('cpu-percent') > 0 ? `${args.int('cpu-percent')}%` : args.string('cpu');
  return [
    ['cpu', cpu],
    ['memory', args.string('memory')],
  ].flatMap(([name = '', text = '']): MetricSpec[] => {
    if (text === '') return [];
    const target = /^\d+%$/.test(text)
      ? { type: 'Utilization', averageUtilization: Number(text.slice(0, -1)) }
      : { type: 'AverageValue', averageValue: text };
    return [{ type: 'Resource', resource: { name, target } }];
  });
}
