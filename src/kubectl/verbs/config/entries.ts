import { base64EncodeText } from '../../../apimachinery/base64.ts';
import type { KubectlContext } from '../../context.ts';
import { type Failure, fail, failure, isFailed, usageError } from '../../errors.ts';
import type { ClusterEntry, UserEntry } from '../../kubeconfig.ts';
import { atOnce } from '../../run.ts';
import type { ParsedArgs, Verb } from '../../verb.ts';

const EMBED = {
  name: 'embed-certs',
  type: 'bool',
  usage: 'Embed the certificates and keys in kubeconfig, instead of their paths',
} as const;

/** The one NAME argument. */
function nameOf(path: string, args: ParsedArgs): { readonly name: string } | Failure {
  const [name] = args.args;
  return name === undefined || args.args.length !== 1
    ? failure(usageError(path, `Unexpected args: [${args.args.join(' ')}]`))
    : { name };
}

/** The text of a file in base64, for entries that keep it themselves. */
function embedded(context: KubectlContext, path: string): { readonly data: string } | Failure {
  const text = context.files.read(path);
  return text === undefined
    ? failure(`could not stat ${path}: stat ${path}: no such file or directory`)
    : { data: base64EncodeText(text) };
}

export const setCluster: Verb = {
  name: 'set-cluster',
  short: 'Set a cluster entry in kubeconfig',
  usage:
    'kubectl config set-cluster NAME [--server=server] [--certificate-authority=path/to/certificate/authority]',
  flags: [
    { name: 'server', type: 'string', usage: 'server for the cluster entry in kubeconfig' },
    { name: 'certificate-authority', type: 'string', usage: 'Path to certificate-authority file' },
    {
      name: 'insecure-skip-tls-verify',
      type: 'bool',
      usage: 'insecure-skip-tls-verify for the cluster entry',
    },
    EMBED,
  ],
  run: atOnce((context, args) => {
    const named = nameOf('kubectl config set-cluster', args);
    if (isFailed(named)) return fail(context, named.failure);
    const { clusters } = context.config.file;
    const entry: ClusterEntry = { server: '', ...clusters.get(named.name) };
    if (args.given('server')) entry.server = args.string('server');
    if (args.given('insecure-skip-tls-verify')) entry.insecure = args.bool('insecure-skip-tls-verify');
    const authority = args.string('certificate-authority');
    if (authority !== '' && args.bool('embed-certs')) {
      const read = embedded(context, authority);
      if (isFailed(read)) return fail(context, read.failure);
      entry.certificateAuthorityData = read.data;
    } else if (authority !== '') entry.certificateAuthority = authority;
    clusters.set(named.name, entry);
    context.stdio.out(`Cluster "${named.name}" set.\n`);
    return 0;
  }),
};

export const setCredentials: Verb = {
  name: 'set-credentials',
  short: 'Set a user entry in kubeconfig',
  usage:
    'kubectl config set-credentials NAME [--client-certificate=path/to/certfile] [--client-key=path/to/keyfile] [--token=bearer_token]',
  examples: `  # Sign in with a certificate that was signed for jane
  kubectl config set-credentials jane --client-certificate=jane.crt --client-key=jane.key --embed-certs=true

  # Sign in as a service account
  kubectl config set-credentials bot --token=$(kubectl create token bot)`,
  flags: [
    {
      name: 'client-certificate',
      type: 'string',
      usage: 'Path to client-certificate file for the user entry',
    },
    { name: 'client-key', type: 'string', usage: 'Path to client-key file for the user entry' },
    { name: 'token', type: 'string', usage: 'token for the user entry in kubeconfig' },
    { name: 'username', type: 'string', usage: 'username for the user entry in kubeconfig' },
    { name: 'password', type: 'string', usage: 'password for the user entry in kubeconfig' },
    EMBED,
  ],
  run: atOnce((context, args) => {
    const named = nameOf('kubectl config set-credentials', args);
    if (isFailed(named)) return fail(context, named.failure);
    if (args.string('token') !== '' && args.string('username') !== '')
      return fail(
        context,
        'you cannot specify more than one authentication method at the same time: --token, --username/--password',
      );
    const entry = userEntry(context, args, context.config.file.users.get(named.name));
    if (isFailed(entry)) return fail(context, entry.failure);
    context.config.file.users.set(named.name, entry);
    context.stdio.out(`User "${named.name}" set.\n`);
    return 0;
  }),
};

function userEntry(context: KubectlContext, args: ParsedArgs, before: UserEntry = {}): UserEntry | Failure {
  const entry: UserEntry = { ...before };
  const embed = args.bool('embed-certs');
  for (const [flag, path, data] of [
    ['client-certificate', 'clientCertificate', 'clientCertificateData'],
    ['client-key', 'clientKey', 'clientKeyData'],
  ] as const) {
    const file = args.string(flag);
    if (file === '') continue;
    // A file in place of what was embedded, or the other way round. Whoever signs in with it is its subject.
    delete entry[path];
    delete entry[data];
    delete entry.admin;
    if (!embed) {
      entry[path] = file;
      continue;
    }
    const read = embedded(context, file);
    if (isFailed(read)) return read;
    entry[data] = read.data;
  }
  if (args.given('token')) {
    entry.token = args.string('token');
    delete entry.admin;
  }
  if (args.given('username')) entry.username = args.string('username');
  if (args.given('password')) entry.password = args.string('password');
  return entry;
}

/** `delete-cluster`, `delete-context`, `delete-user`. */
export function deleteEntry(noun: 'cluster' | 'context' | 'user'): Verb {
  const path = `kubectl config delete-${noun}`;
  return {
    name: `delete-${noun}`,
    short: `Delete the specified ${noun} from the kubeconfig`,
    usage: `${path} NAME`,
    flags: [],
    run: atOnce((context, args) => {
      const named = nameOf(path, args);
      if (isFailed(named)) return fail(context, named.failure);
      const { file } = context.config;
      const map = noun === 'cluster' ? file.clusters : noun === 'user' ? file.users : file.contexts;
      if (!map.delete(named.name))
        return fail(context, `cannot delete ${noun} ${named.name}, not in ${file.path}`);
      if (noun === 'context' && file.currentContext === named.name)
        context.stdio.err(
          'warning: this removed your active context, use "kubectl config use-context" to select a different one\n',
        );
      context.stdio.out(`deleted ${noun} ${named.name} from ${file.path}\n`);
      return 0;
    }),
  };
}

/** `get-clusters`, `get-users`. */
export function listEntries(noun: 'clusters' | 'users'): Verb {
  return {
    name: `get-${noun}`,
    short: `Display ${noun} defined in the kubeconfig`,
    usage: `kubectl config get-${noun}`,
    flags: [],
    run: atOnce((context) => {
      const names = [...context.config.file[noun].keys()].sort();
      context.stdio.out(`NAME\n${names.map((name) => `${name}\n`).join('')}`);
      return 0;
    }),
  };
}
