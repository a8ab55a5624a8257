import type { KubectlContext } from './context.ts';
import type { Flag, ParsedArgs } from './verb.ts';

/** Flags that every verb takes. */
export const GLOBAL_FLAGS: readonly Flag[] = [
  {
    name: 'namespace',
    shorthand: 'n',
    type: 'string',
    usage: 'If present, the namespace scope for this CLI request',
  },
  {
    name: 'as',
    type: 'string',
    usage: 'Username to impersonate for the operation. User could be a regular user or a service account',
  },
  {
    name: 'as-group',
    type: 'array',
    usage: 'Group to impersonate for the operation, this flag can be repeated to specify multiple groups',
  },
  { name: 'as-uid', type: 'string', usage: 'UID to impersonate for the operation' },
  { name: 'context', type: 'string', usage: 'The name of the kubeconfig context to use' },
  { name: 'cluster', type: 'string', usage: 'The name of the kubeconfig cluster to use' },
  { name: 'user', type: 'string', usage: 'The name of the kubeconfig user to use' },
  {
    name: 'server',
    shorthand: 's',
    type: 'string',
    usage: 'The address and port of the Kubernetes API server',
  },
  { name: 'token', type: 'string', usage: 'Bearer token for authentication to the API server' },
  { name: 'v', shorthand: 'v', type: 'int', usage: 'number for the log level verbosity' },
  { name: 'help', shorthand: 'h', type: 'bool', usage: 'Show help and the flags of the command' },
];

/** Global flags of upstream's that this kubectl has no use for: known, so that they can be refused by name. */
export const REFUSED_GLOBAL_FLAGS: readonly Flag[] = [
  'cache-dir',
  'certificate-authority',
  'client-certificate',
  'client-key',
  'kubeconfig',
  'kuberc',
  'log-flush-frequency',
  'password',
  'profile',
  'profile-output',
  'request-timeout',
  'tls-server-name',
  'username',
  'vmodule',
]
  .map((name): Flag => ({ name, type: 'string', usage: '' }))
  .concat(
    ['disable-compression', 'insecure-skip-tls-verify', 'match-server-version', 'warnings-as-errors'].map(
      (name): Flag => ({ name, type: 'bool', usage: '' }),
    ),
  );

/** `-f`, `-R`. */
export const FILENAME_FLAGS: readonly Flag[] = [
  {
    name: 'filename',
    shorthand: 'f',
    type: 'strings',
    usage: 'Filename or directory that contains the configuration',
  },
  {
    name: 'kustomize',
    shorthand: 'k',
    type: 'string',
    usage: "Process the kustomization directory. This flag can't be used together with -f or -R",
  },
  {
    name: 'recursive',
    shorthand: 'R',
    type: 'bool',
    usage: 'Process the directory used in -f, --filename recursively',
  },
];

/** Whether `-f` or `-k` names anything. */
export function namesFiles(args: ParsedArgs): boolean {
  return args.strings('filename').length > 0 || args.string('kustomize') !== '';
}

/** `-l`. */
export const SELECTOR_FLAG: Flag = {
  name: 'selector',
  shorthand: 'l',
  type: 'string',
  usage: "Selector (label query) to filter on, supports '=', '==', '!=', 'in', 'notin'",
};

/** `--field-selector`. */
export const FIELD_SELECTOR_FLAG: Flag = {
  name: 'field-selector',
  type: 'string',
  usage: "Selector (field query) to filter on, supports '=', '==', and '!='",
};

/** `-A`. */
export const ALL_NAMESPACES_FLAG: Flag = {
  name: 'all-namespaces',
  shorthand: 'A',
  type: 'bool',
  usage: 'If present, list the requested object(s) across all namespaces',
};

/** `--dry-run`, upstream's values. */
export const DRY_RUN_FLAG: Flag = {
  name: 'dry-run',
  type: 'string',
  default: 'none',
  noOptDefault: 'unchanged',
  usage: 'Must be "none", "server", or "client"',
};

/** `--validate`. */
export const VALIDATE_FLAG: Flag = {
  name: 'validate',
  type: 'string',
  default: 'strict',
  noOptDefault: 'strict',
  usage: 'Must be one of: strict (or true), warn, ignore (or false)',
};

/** `-o` of verbs that print the object they wrote. */
export const OUTPUT_FLAG: Flag = {
  name: 'output',
  shorthand: 'o',
  type: 'string',
  usage:
    'Output format. One of: (json, yaml, kyaml, name, go-template, go-template-file, template, templatefile, jsonpath, jsonpath-as-json, jsonpath-file)',
};

/** Flags that go with `-o`. */
export const PRINT_FLAGS: readonly Flag[] = [
  OUTPUT_FLAG,
  {
    name: 'show-managed-fields',
    type: 'bool',
    usage: 'If true, keep the managedFields when printing objects in JSON or YAML format',
  },
  {
    name: 'template',
    type: 'string',
    usage: 'Template string or path to template file to use when -o=go-template, -o=go-template-file',
  },
  {
    name: 'allow-missing-template-keys',
    type: 'bool',
    default: true,
    usage: 'If true, ignore errors in templates when a field is missing',
  },
];

/** `-c` of verbs that go into a container. */
export const CONTAINER_FLAG: Flag = {
  name: 'container',
  shorthand: 'c',
  type: 'string',
  usage:
    'Container name. If omitted, use the kubectl.kubernetes.io/default-container annotation for selecting the container to be attached or the first container in the pod will be chosen',
};

/** `--pod-running-timeout`. */
export const POD_RUNNING_TIMEOUT_FLAG: Flag = {
  name: 'pod-running-timeout',
  type: 'duration',
  default: '1m0s',
  usage:
    'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running',
};

/** `--field-manager` with the verb's own default. */
export function fieldManagerFlag(manager: string): Flag {
  return {
    name: 'field-manager',
    type: 'string',
    default: manager,
    usage: 'Name of the manager used to track field ownership',
  };
}

/** The namespace a call is about: `-n`, or the one of the kubeconfig. */
export function namespaceFor(context: KubectlContext, args: ParsedArgs): string {
  const given = args.string('namespace');
  return given !== '' ? given : context.config.namespace;
}

/** How a call is to be tried out: not at all, by kubectl alone, or by the server. */
export type DryRun = 'none' | 'client' | 'server';

/** Reads `--dry-run`; an error text where its value is none of upstream's. */
export function dryRunOf(args: ParsedArgs): { readonly dryRun: DryRun } | { readonly failure: string } {
  const value = args.string('dry-run');
  if (value === 'none' || value === 'client' || value === 'server') return { dryRun: value };
  return { failure: `Invalid dry-run value (${value}). Must be "none", "server", or "client".` };
}

/** What a dry run adds to a line such as `pod/x created`. */
export function dryRunSuffix(dryRun: DryRun): string {
  if (dryRun === 'client') return ' (dry run)';
  return dryRun === 'server' ? ' (server dry run)' : '';
}

/** Reads `--validate`; an error text where its value is none of upstream's. */
export function validationOf(
  args: ParsedArgs,
): { readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore' } | { readonly failure: string } {
  switch (args.string('validate')) {
    case 'true':
    case 'strict':
      return { fieldValidation: 'Strict' };
    case 'warn':
      return { fieldValidation: 'Warn' };
    case 'false':
    case 'ignore':
      return { fieldValidation: 'Ignore' };
    default:
      return { failure: `invalid - validate option "${args.string('validate')}"` };
  }
}

/** Refuses flags of upstream's that this kubectl knows but does not do: nothing is silently ignored. */
export function unsupported(args: ParsedArgs, flags: readonly string[]): string | undefined {
  const flag = flags.find((name) => args.given(name));
  return flag === undefined ? undefined : `--${flag} is not supported here`;
}
