import type { Secret } from '../../../api/generated/types.ts';
import { base64EncodeText } from '../../../apimachinery/base64.ts';
import { goJson } from '../../../apimachinery/gostring.ts';
import { fail, isFailed } from '../../errors.ts';
import { atOnce } from '../../run.ts';
import type { Verb } from '../../verb.ts';
import { APPEND_HASH_FLAG, DATA_FLAGS, readData, sortedData, withHash } from './data.ts';
import { CREATE_FLAGS, createGenerated, nameArgument, requireFlags } from './generated.ts';

function secretOf(name: string, data: ReadonlyMap<string, string>, type: string): Secret {
  return {
    apiVersion: 'v1',
    ...(data.size === 0 ? {} : { data: sortedData(data, base64EncodeText) }),
    kind: 'Secret',
    metadata: { name },
    ...(type === '' ? {} : { type }),
  };
}

const generic: Verb = {
  name: 'generic',
  short: 'Create a secret from a local file, directory, or literal value',
  usage:
    'kubectl create secret generic NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1]',
  flags: [
    ...CREATE_FLAGS,
    APPEND_HASH_FLAG,
    ...DATA_FLAGS,
    { name: 'type', type: 'string', usage: 'The type of secret to create' },
  ],
  run: atOnce((context, args) => {
    const named = nameArgument('kubectl create secret generic', args);
    if (isFailed(named)) return fail(context, named.failure);
    const read = readData(context, args, `Secret "${named.name}"`);
    if (isFailed(read)) return fail(context, read.failure);
    return createGenerated(
      context,
      args,
      'secrets',
      withHash(args, secretOf(named.name, read.data, args.string('type'))),
    ).code;
  }),
};

const tls: Verb = {
  name: 'tls',
  short: 'Create a TLS secret',
  usage: 'kubectl create secret tls NAME --cert=path/to/cert/file --key=path/to/key/file',
  flags: [
    ...CREATE_FLAGS,
    APPEND_HASH_FLAG,
    { name: 'cert', type: 'string', usage: 'Path to PEM encoded public key certificate' },
    { name: 'key', type: 'string', usage: 'Path to private key associated with given certificate' },
  ],
  run: atOnce((context, args) => {
    const named = nameArgument('kubectl create secret tls', args);
    if (isFailed(named)) return fail(context, named.failure);
    if (args.string('key') === '' || args.string('cert') === '')
      return fail(context, 'key and cert must be specified');
    const data = new Map<string, string>();
    for (const [flag, key] of [
      ['cert', 'tls.crt'],
      ['key', 'tls.key'],
    ] as const) {
      const text = context.files.read(args.string(flag));
      if (text === undefined) return fail(context, `open ${args.string(flag)}: no such file or directory`);
      data.set(key, text);
    }
    return createGenerated(
      context,
      args,
      'secrets',
      withHash(args, secretOf(named.name, data, 'kubernetes.io/tls')),
    ).code;
  }),
};

const dockerRegistry: Verb = {
  name: 'docker-registry',
  short: 'Create a secret for use with a Docker registry',
  usage:
    'kubectl create secret docker-registry NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string]',
  flags: [
    ...CREATE_FLAGS,
    APPEND_HASH_FLAG,
    { name: 'docker-username', type: 'string', usage: 'Username for Docker registry authentication' },
    { name: 'docker-password', type: 'string', usage: 'Password for Docker registry authentication' },
    { name: 'docker-email', type: 'string', usage: 'Email for Docker registry' },
    {
      name: 'docker-server',
      type: 'string',
      default: 'https://index.docker.io/v1/',
      usage: 'Server location for Docker registry',
    },
  ],
  run: atOnce((context, args) => {
    const named = nameArgument('kubectl create secret docker-registry', args);
    if (isFailed(named)) return fail(context, named.failure);
    const missing = requireFlags(args, ['docker-password', 'docker-username']);
    if (missing !== undefined)
      return fail(
        context,
        'either --from-file or the combination of --docker-username, --docker-password and --docker-server is required',
      );
    const [username, password] = [args.string('docker-username'), args.string('docker-password')];
    const email = args.string('docker-email');
    const entry = {
      username,
      password,
      ...(email === '' ? {} : { email }),
      auth: base64EncodeText(`${username}:${password}`),
    };
    const text = goJson({ auths: { [args.string('docker-server')]: entry } });
    const data = new Map([['.dockerconfigjson', text]]);
    return createGenerated(
      context,
      args,
      'secrets',
      withHash(args, secretOf(named.name, data, 'kubernetes.io/dockerconfigjson')),
    ).code;
  }),
};

/** The kinds of `kubectl create secret` (pkg/cmd/create/create_secret*.go). */
export const secretSubcommands: readonly Verb[] = [dockerRegistry, generic, tls];
