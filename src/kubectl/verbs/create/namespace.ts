import type { Namespace, ServiceAccount } from '../../../api/generated/types.ts';
import { fail, isFailed } from '../../errors.ts';
import { atOnce } from '../../run.ts';
import type { Verb } from '../../verb.ts';
import { CREATE_FLAGS, createGenerated, nameArgument } from './generated.ts';

/** `kubectl create namespace` (pkg/cmd/create/create_namespace.go). */
export const createNamespace: Verb = {
  name: 'namespace',
  aliases: ['ns'],
  short: 'Create a namespace with the specified name',
  usage: 'kubectl create namespace NAME [--dry-run=server|client|none]',
  examples: `  # Create a new namespace named my-namespace
  kubectl create namespace my-namespace`,
  flags: CREATE_FLAGS,
  run: atOnce((context, args) => {
    const named = nameArgument('kubectl create namespace', args);
    if (isFailed(named)) return fail(context, named.failure);
    const object: Namespace = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: named.name },
      spec: {},
      status: {},
    };
    return createGenerated(context, args, 'namespaces', object).code;
  }),
};

/** `kubectl create serviceaccount` (pkg/cmd/create/create_serviceaccount.go). */
export const createServiceAccount: Verb = {
  name: 'serviceaccount',
  aliases: ['sa'],
  short: 'Create a service account with the specified name',
  usage: 'kubectl create serviceaccount NAME [--dry-run=server|client|none]',
  flags: CREATE_FLAGS,
  run: atOnce((context, args) => {
    const named = nameArgument('kubectl create serviceaccount', args);
    if (isFailed(named)) return fail(context, named.failure);
    const object: ServiceAccount = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: named.name },
    };
    return createGenerated(context, args, 'serviceaccounts', object).code;
  }),
};
