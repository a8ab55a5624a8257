import type { Status } from '../../apimachinery/status.ts';
import { defaultAccount } from '../defaultaccount.ts';
import { fail, isFailed, usageError, withSource } from '../errors.ts';
import {
  dryRunOf,
  dryRunSuffix,
  FILENAME_FLAGS,
  namesFiles,
  SELECTOR_FLAG,
  unsupported,
  validationOf,
} from '../flagsets.ts';
import { group } from '../group.ts';
import { helpText } from '../help.ts';
import { withLastApplied } from '../lastapplied.ts';
import { resultPrinter } from '../printers/output.ts';
import { createObject } from '../requests.ts';
import { type ObjectInfo, resolve, selectionOf } from '../resources.ts';
import type { Verb } from '../verb.ts';
import { createConfigMap } from './create/configmap.ts';
import { createDeployment } from './create/deployment.ts';
import { CREATE_FLAGS } from './create/generated.ts';
import { createIngress } from './create/ingress.ts';
import { createCronJob, createJob } from './create/job.ts';
import { createNamespace, createServiceAccount } from './create/namespace.ts';
import { createPodDisruptionBudget } from './create/poddisruptionbudget.ts';
import { createPriorityClass, createQuota, createToken } from './create/quota.ts';
import { createClusterRole, createRole } from './create/role.ts';
import { createClusterRoleBinding, createRoleBinding } from './create/rolebinding.ts';
import { secretSubcommands } from './create/secret.ts';
import { serviceSubcommands } from './create/service.ts';

/** `kubectl create` (pkg/cmd/create/create.go). */
export const create: Verb = {
  name: 'create',
  short: 'Create a resource from a file or from stdin',
  usage: 'kubectl create -f FILENAME',
  examples: `  # Create a pod using the data in pod.yaml
  kubectl create -f ./pod.yaml

  # Write the manifest of a deployment without creating it
  kubectl create deployment web --image=nginx --dry-run=client -o yaml`,
  flags: [
    ...FILENAME_FLAGS,
    SELECTOR_FLAG,
    ...CREATE_FLAGS,
    { name: 'edit', type: 'bool', usage: 'Edit the API resource before creating (not supported)' },
    { name: 'raw', type: 'string', usage: 'Raw URI to POST to the server (not supported)' },
  ],
  subcommands: [
    createClusterRole,
    createClusterRoleBinding,
    createConfigMap,
    createCronJob,
    createDeployment,
    createJob,
    createIngress,
    createNamespace,
    createPodDisruptionBudget,
    createPriorityClass,
    createQuota,
    createRole,
    createRoleBinding,
    group(
      {
        name: 'secret',
        short: 'Create a secret using a specified subcommand',
        usage: 'kubectl create secret (docker-registry | generic | tls)',
        subcommands: secretSubcommands,
      },
      'kubectl create',
    ),
    group(
      {
        name: 'service',
        aliases: ['svc'],
        short: 'Create a service using a specified subcommand',
        usage: 'kubectl create service (clusterip | externalname | loadbalancer | nodeport)',
        subcommands: serviceSubcommands,
      },
      'kubectl create',
    ),
    createServiceAccount,
    createToken,
  ],
  *run(context, args) {
    const refused = unsupported(args, ['edit', 'raw']);
    if (refused !== undefined) return fail(context, refused);
    if (!namesFiles(args)) {
      context.stdio.err('Error: must specify one of -f and -k\n\n');
      if (args.args.length > 0)
        return fail(context, usageError('kubectl create', `unknown command "${args.args.join(' ')}"`));
      context.stdio.err(helpText(create, 'kubectl create'));
      return 1;
    }
    const dry = dryRunOf(args);
    if ('failure' in dry) return fail(context, dry.failure);
    const validation = validationOf(args);
    if ('failure' in validation) return fail(context, validation.failure);
    const printer = resultPrinter(context, args);
    if (isFailed(printer)) return fail(context, printer.failure);
    const resolved = resolve(context, selectionOf(context, args, ['filename', 'selector']));
    if (isFailed(resolved)) return fail(context, resolved.failure);
    const errors: (Status | string)[] = [...resolved.errors];
    if (resolved.infos.length === 0 && errors.length === 0)
      return fail(context, 'no objects passed to create');
    for (const info of resolved.infos as readonly ObjectInfo[]) {
      const object = args.bool('save-config') ? withLastApplied(info.object) : info.object;
      const options = {
        fieldManager: args.string('field-manager'),
        fieldValidation: validation.fieldValidation,
        ...(dry.dryRun === 'server' ? { dryRun: true } : {}),
      };
      if (dry.dryRun !== 'client') yield* defaultAccount(context, info.kind, info.namespace, object);
      const created =
        dry.dryRun === 'client'
          ? { object }
          : createObject(context, info.kind, info.namespace, object, options);
      if (isFailed(created)) {
        errors.push(withSource('creating', info.source, created.failure));
        continue;
      }
      const problem = printer.print(info.kind, created.object, `created${dryRunSuffix(dry.dryRun)}`);
      if (problem !== undefined) errors.push(problem);
    }
    return fail(context, ...errors);
  },
};
