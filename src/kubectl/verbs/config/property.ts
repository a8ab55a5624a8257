import { fail, usageError } from '../../errors.ts';
import type { KubeConfig } from '../../kubeconfig.ts';
import { atOnce } from '../../run.ts';
import type { Verb } from '../../verb.ts';

/** The fields that `set` and `unset` reach, by kind of entry. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  contexts: { cluster: 'cluster', user: 'user', namespace: 'namespace' },
  clusters: {
    server: 'server',
    'certificate-authority': 'certificateAuthority',
    'certificate-authority-data': 'certificateAuthorityData',
  },
  users: {
    'client-certificate': 'clientCertificate',
    'client-certificate-data': 'clientCertificateData',
    'client-key': 'clientKey',
    'client-key-data': 'clientKeyData',
    token: 'token',
    username: 'username',
    password: 'password',
  },
};

/** Sets `contexts.NAME.namespace` and the like, or with undefined unsets it; says what is wrong with the property. */
function change(file: KubeConfig, property: string, value: string | undefined): string | undefined {
  if (property === 'current-context') {
    file.currentContext = value ?? '';
    return undefined;
  }
  const [kind = '', ...rest] = property.split('.');
  const fields = Object.hasOwn(FIELDS, kind) ? FIELDS[kind] : undefined;
  if (fields === undefined) return `unable to find the property "${property}"`;
  const field = rest.at(-1) ?? '';
  const known = Object.hasOwn(fields, field) ? fields[field] : undefined;
  const map = (kind === 'contexts' ? file.contexts : kind === 'clusters' ? file.clusters : file.users) as Map<
    string,
    object
  >;
  if (value === undefined && rest.length >= 1 && map.has(rest.join('.'))) {
    map.delete(rest.join('.'));
    return undefined;
  }
  const name = rest.slice(0, -1).join('.');
  if (known === undefined || name === '') return `unable to find the property "${property}"`;
  const before = (map.get(name) ?? EMPTY[kind] ?? {}) as Record<string, string>;
  const { [known]: _, admin: _admin, ...kept } = before;
  const needed = kind !== 'users' && known !== 'certificateAuthority' && known !== 'certificateAuthorityData';
  map.set(name, value === undefined && !needed ? kept : { ...kept, [known]: value ?? '' });
  return undefined;
}

const EMPTY: Readonly<Record<string, object>> = {
  contexts: { cluster: '', user: '', namespace: '' },
  clusters: { server: '' },
  users: {},
};

export const setProperty: Verb = {
  name: 'set',
  short: 'Set an individual value in a kubeconfig file',
  usage: 'kubectl config set PROPERTY_NAME PROPERTY_VALUE',
  flags: [
    {
      name: 'set-raw-bytes',
      type: 'bool',
      usage: 'When writing a []byte PROPERTY_VALUE, write the given string directly without base64 decoding',
    },
  ],
  run: atOnce((context, args) => {
    const [property, value, ...more] = args.args;
    if (property === undefined || value === undefined || more.length > 0)
      return fail(context, usageError('kubectl config set', `Unexpected args: [${args.args.join(' ')}]`));
    const problem = change(context.config.file, property, value);
    if (problem !== undefined) return fail(context, problem);
    context.stdio.out(`Property "${property}" set.\n`);
    return 0;
  }),
};

export const unsetProperty: Verb = {
  name: 'unset',
  short: 'Unset an individual value in a kubeconfig file',
  usage: 'kubectl config unset PROPERTY_NAME',
  flags: [],
  run: atOnce((context, args) => {
    const [property, ...more] = args.args;
    if (property === undefined || more.length > 0)
      return fail(context, usageError('kubectl config unset', `Unexpected args: [${args.args.join(' ')}]`));
    const problem = change(context.config.file, property, undefined);
    if (problem !== undefined) return fail(context, problem);
    context.stdio.out(`Property "${property}" unset.\n`);
    return 0;
  }),
};
