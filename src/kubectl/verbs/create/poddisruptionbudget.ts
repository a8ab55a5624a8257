import type { PodDisruptionBudget } from '../../../api/generated/types.ts';
import { parseIntOrString } from '../../../apimachinery/intorstring.ts';
import { fail, isFailed } from '../../errors.ts';
import { readLabels } from '../../keyvalues.ts';
import { atOnce } from '../../run.ts';
import type { Verb } from '../../verb.ts';
import { CREATE_FLAGS, createGenerated, nameArgument } from './generated.ts';

const AMOUNT = /^[0-9]+%?$/;

/** `kubectl create poddisruptionbudget` (pkg/cmd/create/create_pdb.go). */
export const createPodDisruptionBudget: Verb = {
  name: 'poddisruptionbudget',
  aliases: ['pdb'],
  short: 'Create a pod disruption budget with the specified name',
  usage:
    'kubectl create poddisruptionbudget NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none]',
  examples: `  # At least one pod labelled app=web stays
  kubectl create pdb web --selector=app=web --min-available=1

  # At most half of them go at a time
  kubectl create pdb web --selector=app=web --max-unavailable=50%`,
  flags: [
    ...CREATE_FLAGS,
    {
      name: 'min-available',
      type: 'string',
      usage: 'The minimum number or percentage of available pods this budget requires',
    },
    {
      name: 'max-unavailable',
      type: 'string',
      usage: 'The maximum number or percentage of unavailable pods this budget requires',
    },
    {
      name: 'selector',
      type: 'string',
      usage:
        'A label selector to use for this budget. Only equality-based selector requirements are supported.',
    },
  ],
  run: atOnce((context, args) => {
    const named = nameArgument('kubectl create poddisruptionbudget', args);
    if (isFailed(named)) return fail(context, named.failure);
    const [least, most] = [args.string('min-available'), args.string('max-unavailable')];
    if (args.string('selector') === '') return fail(context, 'a selector must be specified');
    if (least === '' && most === '')
      return fail(context, 'one of min-available or max-unavailable must be specified');
    if (least !== '' && most !== '')
      return fail(context, 'min-available and max-unavailable cannot be both specified');
    const [flag, amount] = least === '' ? ['max-unavailable', most] : ['min-available', least];
    if (!AMOUNT.test(amount)) return fail(context, `invalid format specified for ${flag}`);
    const selected = readLabels(args.string('selector'));
    if (isFailed(selected)) return fail(context, selected.failure);
    const limit = parseIntOrString(amount);
    const object: PodDisruptionBudget = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: named.name },
      spec: {
        ...(least === '' ? { maxUnavailable: limit } : { minAvailable: limit }),
        selector: { matchLabels: selected.labels },
      },
      status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 },
    };
    return createGenerated(context, args, 'poddisruptionbudgets', object).code;
  }),
};
