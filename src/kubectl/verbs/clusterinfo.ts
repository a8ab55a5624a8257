import type { KubeObject } from '../../api/object.ts';
import { builtin } from '../discovery.ts';
import { fail, usageError } from '../errors.ts';
import { atOnce } from '../run.ts';
import type { Verb } from '../verb.ts';
import { clusterInfoDump } from './clusterinfodump.ts';

const CLUSTER_SERVICE = 'kubernetes.io/cluster-service';

/** `kubectl cluster-info` (pkg/cmd/clusterinfo). */
export const clusterInfo: Verb = {
  name: 'cluster-info',
  short: 'Display cluster information',
  usage: 'kubectl cluster-info',
  subcommands: [clusterInfoDump],
  flags: [],
  run: atOnce((context, args) => {
    if (args.args.length > 0)
      return fail(context, usageError('kubectl cluster-info', `unknown command "${args.args.join(' ')}"`));
    const list = context.client.list<KubeObject>(builtin('services'), {
      namespace: 'kube-system',
      labelSelector: `${CLUSTER_SERVICE}=true`,
    });
    if (!list.ok) {
      context.stdio.out(
        "\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n",
      );
      return fail(context, list.status);
    }
    context.stdio.out(`Kubernetes control plane is running at ${context.config.server}\n`);
    for (const service of list.value.items) {
      const name = service.metadata.labels?.['kubernetes.io/name'] ?? service.metadata.name ?? '';
      const port = (service as { spec?: { ports?: readonly { name?: string }[] } }).spec?.ports?.[0]?.name;
      const path = `/api/v1/namespaces/kube-system/services/${service.metadata.name ?? ''}${port === undefined ? '' : `:${port}`}/proxy`;
      context.stdio.out(`${name} is running at ${context.config.server}${path}\n`);
    }
    context.stdio.out("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n");
    return 0;
  }),
};
