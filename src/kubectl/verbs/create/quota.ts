import type { PriorityClass, ResourceQuota, TokenRequest } from '../../../api/generated/types.ts';
import { isQuantityError, parseQuantity } from '../../../apimachinery/quantity.ts';
import { type Failure, fail, failure, isFailed } from '../../errors.ts';
import { namespaceFor } from '../../flagsets.ts';
import { atOnce } from '../../run.ts';
import type { ParsedArgs, Verb } from '../../verb.ts';
import { CREATE_FLAGS, createGenerated, nameArgument } from './generated.ts';

function hardOf(args: ParsedArgs): { readonly hard: Record<string, string> } | Failure {
  const hard: Record<string, string> = {};
  for (const pair of args.strings('hard')) {
    const [name = '', text, ...more] = pair.split('=');
    if (text === undefined || more.length > 0)
      return failure(`Invalid argument syntax ${pair}, expected <resource>=<value>`);
    const amount = parseQuantity(text);
    if (isQuantityError(amount)) return failure(amount.error);
    hard[name] = text;
  }
  return { hard };
}

/** `kubectl create quota` (pkg/cmd/create/create_quota.go). */
export const createQuota: Verb = {
  name: 'quota',
  aliases: ['resourcequota'],
  short: 'Create a quota with the specified name',
  usage:
    'kubectl create quota NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none]',
  examples: `  # Create a new resource quota named my-quota
  kubectl create quota my-quota --hard=cpu=1,memory=1G,pods=2,services=3`,
  flags: [
    ...CREATE_FLAGS,
    {
      name: 'hard',
      type: 'strings',
      usage: 'A comma-delimited set of resource=quantity pairs that define a hard limit',
    },
    {
      name: 'scopes',
      type: 'strings',
      usage: 'A comma-delimited set of quota scopes that must all match each object tracked by the quota',
    },
  ],
  run: atOnce((context, args) => {
    const name = nameArgument('kubectl create quota', args);
    if (isFailed(name)) return fail(context, name.failure);
    const read = hardOf(args);
    if (isFailed(read)) return fail(context, read.failure);
    const scopes = args.strings('scopes');
    const object: ResourceQuota = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: name.name },
      spec: {
        ...(Object.keys(read.hard).length === 0 ? {} : { hard: read.hard }),
        ...(scopes.length === 0 ? {} : { scopes }),
      },
      status: {},
    };
    return createGenerated(context, args, 'resourcequotas', object).code;
  }),
};

/** `kubectl create priorityclass` (pkg/cmd/create/create_priorityclass.go). */
export const createPriorityClass: Verb = {
  name: 'priorityclass',
  aliases: ['pc'],
  short: 'Create a priority class with the specified name',
  usage:
    'kubectl create priorityclass NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none]',
  examples: `  # Create a priority class named high-priority
  kubectl create priorityclass high-priority --value=1000 --description="high priority"`,
  flags: [
    ...CREATE_FLAGS,
    { name: 'value', type: 'int', usage: 'the value of this priority class' },
    {
      name: 'global-default',
      type: 'bool',
      usage: 'whether this is the priority of pods without a class of their own',
    },
    { name: 'description', type: 'string', usage: 'when this priority class should be used' },
    {
      name: 'preemption-policy',
      type: 'string',
      default: 'PreemptLowerPriority',
      usage: 'the policy for preempting pods with lower priority',
    },
  ],
  run: atOnce((context, args) => {
    const name = nameArgument('kubectl create priorityclass', args);
    if (isFailed(name)) return fail(context, name.failure);
    const description = args.string('description');
    const object: PriorityClass = {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: name.name },
      value: args.int('value'),
      ...(args.bool('global-default') ? { globalDefault: true } : {}),
      ...(description === '' ? {} : { description }),
      preemptionPolicy: args.string('preemption-policy'),
    };
    return createGenerated(context, args, 'priorityclasses', object).code;
  }),
};

const BINDABLE: ReadonlySet<string> = new Set(['Node', 'Pod', 'Secret']);

/** `kubectl create token` (pkg/cmd/create/create_token.go). */
export const createToken: Verb = {
  name: 'token',
  short: 'Request a service account token',
  usage: 'kubectl create token SERVICE_ACCOUNT_NAME',
  examples: `  # Request a token to authenticate to the kube-apiserver as the service account "myapp"
  kubectl create token myapp --duration 10m`,
  flags: [
    { name: 'audience', type: 'array', usage: 'Audience of the requested token' },
    { name: 'duration', type: 'duration', usage: 'Requested lifetime of the issued token' },
    { name: 'bound-object-kind', type: 'string', usage: 'Kind of an object to bind the token to' },
    { name: 'bound-object-name', type: 'string', usage: 'Name of an object to bind the token to' },
    { name: 'bound-object-uid', type: 'string', usage: 'UID of an object to bind the token to' },
  ],
  run: atOnce((context, args) => {
    const name = nameArgument('kubectl create token', args);
    if (isFailed(name)) return fail(context, name.failure);
    const spec = tokenSpec(args);
    if (isFailed(spec)) return fail(context, spec.failure);
    const response = context.client.raw({
      verb: 'create',
      group: '',
      resource: 'serviceaccounts',
      subresource: 'token',
      namespace: namespaceFor(context, args),
      name: name.name,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec },
    });
    if (response.kind === 'error')
      return fail(
        context,
        response.status.code === 0
          ? response.status
          : `failed to create token: ${response.status.message ?? ''}`,
      );
    const token = response.kind === 'object' ? (response.object as TokenRequest).status?.token : undefined;
    if (token === undefined) return fail(context, 'failed to create token: no token in server response');
    context.stdio.out(`${token}\n`);
    return 0;
  }),
};

function tokenSpec(args: ParsedArgs): NonNullable<TokenRequest['spec']> | Failure {
  const kind = args.string('bound-object-kind');
  const bound = args.string('bound-object-name');
  const uid = args.string('bound-object-uid');
  if (kind === '') {
    if (bound !== '')
      return failure('--bound-object-name can only be set if --bound-object-kind is provided');
    if (uid !== '') return failure('--bound-object-uid can only be set if --bound-object-kind is provided');
  } else {
    if (!BINDABLE.has(kind))
      return failure(`supported --bound-object-kind values are ${[...BINDABLE].sort().join(', ')}`);
    if (bound === '') return failure('--bound-object-name must be set if --bound-object-kind is provided');
  }
  const duration = args.duration('duration');
  if (duration < 0) return failure('--duration must be greater than or equal to 0');
  if (duration % 1000 !== 0) return failure('--duration cannot be expressed in units less than seconds');
  const audiences = args.strings('audience');
  return {
    ...(audiences.length === 0 ? {} : { audiences }),
    ...(duration === 0 ? {} : { expirationSeconds: duration / 1000 }),
    ...(kind === ''
      ? {}
      : { boundObjectRef: { apiVersion: 'v1', kind, name: bound, ...(uid === '' ? {} : { uid }) } }),
  };
}
