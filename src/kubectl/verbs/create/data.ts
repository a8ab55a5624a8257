import type { ConfigMap, Secret } from '../../../api/generated/types.ts';
import type { KubectlContext } from '../../context.ts';
import { type Failure, failure } from '../../errors.ts';
import { contentHash } from '../../kustomize/hash.ts';
import type { Flag, ParsedArgs } from '../../verb.ts';

/** Flags that say what goes into a ConfigMap or Secret. */
export const DATA_FLAGS: readonly Flag[] = [
  {
    name: 'from-literal',
    type: 'array',
    usage: 'Specify a key and literal value to insert (i.e. mykey=somevalue)',
  },
  { name: 'from-file', type: 'strings', usage: 'A file, a folder of files, or key=file' },
  { name: 'from-env-file', type: 'strings', usage: 'A file of lines key=value' },
];

/** `--append-hash`. */
export const APPEND_HASH_FLAG: Flag = {
  name: 'append-hash',
  type: 'bool',
  usage: 'Append a hash of the object to its name',
};

/** The object under a name with the hash of its content behind it, if `--append-hash` asks for that. */
export function withHash<T extends ConfigMap | Secret>(args: ParsedArgs, object: T): T {
  if (!args.bool('append-hash')) return object;
  const { kind, metadata = {}, data = {} } = object;
  const name = metadata.name ?? '';
  const type = kind === 'Secret' ? { type: (object as Secret).type ?? '' } : {};
  const hash = contentHash({ kind: kind ?? '', name, data, ...type });
  return { ...object, metadata: { ...metadata, name: `${name}-${hash}` } };
}

/** The keys and values that the flags name. `what` is e.g. `ConfigMap "x"`, for refusals. */
export function readData(
  context: KubectlContext,
  args: ParsedArgs,
  what: string,
): { readonly data: ReadonlyMap<string, string> } | Failure {
  const data = new Map<string, string>();
  const add = (key: string, value: string): string | undefined => {
    if (data.has(key))
      return `cannot add key "${key}", another key by that name already exists in Data for ${what}`;
    data.set(key, value);
    return undefined;
  };
  if (args.given('from-env-file') && (args.given('from-file') || args.given('from-literal')))
    return failure('from-env-file cannot be combined with from-file or from-literal');
  for (const literal of args.strings('from-literal')) {
    const equals = literal.indexOf('=');
    if (equals < 1) return failure(`invalid literal source ${literal}, expected key=value`);
    const problem = add(literal.slice(0, equals), literal.slice(equals + 1));
    if (problem !== undefined) return failure(problem);
  }
  for (const source of args.strings('from-file')) {
    const problem = addFiles(context, source, add);
    if (problem !== undefined) return failure(problem);
  }
  for (const path of args.strings('from-env-file')) {
    const problem = addEnvFile(context, path, add);
    if (problem !== undefined) return failure(problem);
  }
  return { data };
}

type Add = (key: string, value: string) => string | undefined;

function addFiles(context: KubectlContext, source: string, add: Add): string | undefined {
  const equals = source.indexOf('=');
  if (equals === 0) return `key name for file path ${source.slice(1)} missing`;
  const path = source.slice(equals + 1);
  if (path === '') return `file path for key name ${source.slice(0, equals)} missing`;
  const names = context.files.list(path);
  if (names !== undefined) {
    if (equals > 0) return 'cannot give a key name for a directory path';
    for (const name of names.filter((n) => !n.endsWith('/'))) {
      const problem = add(name, context.files.read(`${path.replace(/\/$/, '')}/${name}`) ?? '');
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  const text = context.files.read(path);
  if (text === undefined) return `error reading ${path}: no such file or directory`;
  return add(equals > 0 ? source.slice(0, equals) : (path.split('/').at(-1) ?? path), text);
}

function addEnvFile(context: KubectlContext, path: string, add: Add): string | undefined {
  const text = context.files.read(path);
  if (text === undefined) return `error reading ${path}: no such file or directory`;
  for (const raw of text.split('\n')) {
    const line = raw.trimStart();
    if (line.trim() === '' || line.startsWith('#')) continue;
    const equals = line.indexOf('=');
    const key = equals < 0 ? line.trim() : line.slice(0, equals);
    // Upstream takes the value of a bare name from kubectl's own environment, which is empty here.
    const problem = add(key, equals < 0 ? '' : line.slice(equals + 1).replace(/\r$/, ''));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** The data as an object with sorted keys. */
export function sortedData(
  data: ReadonlyMap<string, string>,
  encode: (value: string) => string = (value) => value,
): Record<string, string> {
  const keys = [...data.keys()].sort();
  return Object.fromEntries(keys.map((key) => [key, encode(data.get(key) ?? '')]));
}
