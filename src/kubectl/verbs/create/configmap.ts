import type { ConfigMap } from '../../../api/generated/types.ts';
import { fail, isFailed } from '../../errors.ts';
import { atOnce } from '../../run.ts';
import type { Verb } from '../../verb.ts';
import { APPEND_HASH_FLAG, DATA_FLAGS, readData, sortedData, withHash } from './data.ts';
import { CREATE_FLAGS, createGenerated, nameArgument } from './generated.ts';

/** `kubectl create configmap` (pkg/cmd/create/create_configmap.go). */
export const createConfigMap: Verb = {
  name: 'configmap',
  aliases: ['cm'],
  short: 'Create a config map from a local file, directory or literal value',
  usage:
    'kubectl create configmap NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  examples: `  # Create a config map from literals
  kubectl create configmap my-config --from-literal=key1=config1 --from-literal=key2=config2

  # Create a config map from the files of a folder
  kubectl create configmap my-config --from-file=path/to/dir`,
  flags: [...CREATE_FLAGS, APPEND_HASH_FLAG, ...DATA_FLAGS],
  run: atOnce((context, args) => {
    const named = nameArgument('kubectl create configmap', args);
    if (isFailed(named)) return fail(context, named.failure);
    const read = readData(context, args, `ConfigMap "${named.name}"`);
    if (isFailed(read)) return fail(context, read.failure);
    const object: ConfigMap = {
      apiVersion: 'v1',
      ...(read.data.size === 0 ? {} : { data: sortedData(read.data) }),
      kind: 'ConfigMap',
      metadata: { name: named.name },
    };
    return createGenerated(context, args, 'configmaps', withHash(args, object)).code;
  }),
};
