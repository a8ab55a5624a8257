import { base64EncodeText } from '../../apimachinery/base64.ts';
import type { JsonObject } from '../../apimachinery/json.ts';
import { put } from '../../apimachinery/object.ts';
import { type Failure, failure, isFailed } from '../errors.ts';
import type { Folder } from './folder.ts';
import type { GeneratorArgs, GeneratorOptions } from './kustomization.ts';
import { Resource } from './resource.ts';

type Pair = readonly [key: string, value: string];

/** The ConfigMap or Secret that a generator makes (api/internal/generators). */
export function generate(
  kind: 'ConfigMap' | 'Secret',
  args: GeneratorArgs,
  shared: GeneratorOptions | undefined,
  folder: Folder,
): Resource | Failure {
  const { name = '', namespace = '', behavior = '' } = args;
  if (name === '') return failure(`a ${kind.toLowerCase()} must have a name`);
  if (!['', 'create', 'merge', 'replace'].includes(behavior)) return failure(`unknown behavior: ${behavior}`);
  const pairs = readPairs(args, folder);
  if (isFailed(pairs)) return failure(`loading KV pairs: ${String(pairs.failure)}`);
  const data = dataOf(name, pairs, kind === 'Secret' ? wrappedBase64 : (value) => value);
  if (isFailed(data)) return data;
  const options = merged(args.options, shared);
  const object: JsonObject = {
    apiVersion: 'v1',
    kind,
    metadata: {
      name,
      ...(namespace === '' ? {} : { namespace }),
      ...(options.labels === undefined ? {} : { labels: options.labels }),
      ...(options.annotations === undefined ? {} : { annotations: options.annotations }),
    },
    ...(kind === 'Secret' ? { type: args.type ?? 'Opaque' } : {}),
    ...(pairs.length === 0 ? {} : { data: data.data }),
    ...(options.immutable === true ? { immutable: true } : {}),
  };
  const resource = new Resource(object);
  resource.behavior = behavior;
  resource.needsHash = options.disableNameSuffixHash !== true;
  return resource;
}

/** The generator's own options over those of all generators. */
function merged(own: GeneratorOptions = {}, shared: GeneratorOptions = {}): GeneratorOptions {
  const both = (key: 'labels' | 'annotations'): GeneratorOptions =>
    own[key] === undefined && shared[key] === undefined ? {} : { [key]: { ...shared[key], ...own[key] } };
  return {
    ...both('labels'),
    ...both('annotations'),
    disableNameSuffixHash: own.disableNameSuffixHash === true || shared.disableNameSuffixHash === true,
    immutable: own.immutable === true || shared.immutable === true,
  };
}

function dataOf(
  name: string,
  pairs: readonly Pair[],
  encode: (value: string) => string,
): { readonly data: JsonObject } | Failure {
  const data: JsonObject = {};
  for (const [key, value] of pairs) {
    if (!/^[-._a-zA-Z0-9]{1,253}$/.test(key)) return failure(`"${key}" is not a valid key name`);
    if (Object.hasOwn(data, key)) return failure(`configmap ${name} illegally repeats the key \`${key}\``);
    put(data, key, encode(value));
  }
  return { data };
}

const BASE64_LINE = 70;

/** Base64 in lines, as kustomize writes what does not fit into one. */
function wrappedBase64(value: string): string {
  const text = base64EncodeText(value);
  if (text.length < BASE64_LINE) return text;
  return text.replace(new RegExp(`.{1,${BASE64_LINE}}`, 'g'), (line) => `${line}\n`);
}

/** What the env files, the literals and the files hold, in this order (api/kv). */
function readPairs(args: GeneratorArgs, folder: Folder): readonly Pair[] | Failure {
  const { literals = [], files = [] } = args;
  const envs = [...(args.envs ?? []), ...(args.env === undefined || args.env === '' ? [] : [args.env])];
  const pairs: Pair[] = [];
  const sources: readonly (readonly [
    string,
    readonly string[],
    (source: string) => readonly Pair[] | Failure,
  ])[] = [
    ['env source files:', envs, (source) => envPairs(source, folder)],
    ['literal sources', literals, literalPair],
    ['file sources:', files, (source) => filePair(source, folder)],
  ];
  for (const [what, list, read] of sources) {
    for (const source of list) {
      const found = read(source);
      if (isFailed(found)) return failure(`${what} [${list.join(' ')}]: ${String(found.failure)}`);
      pairs.push(...found);
    }
  }
  return pairs;
}

function envPairs(path: string, folder: Folder): readonly Pair[] | Failure {
  const loaded = folder.load(path);
  if (isFailed(loaded)) return loaded;
  const pairs: Pair[] = [];
  for (const raw of loaded.text.replace(/^\ufeff/, '').split(/\r?\n/)) {
    const line = raw.trimStart();
    if (line === '' || line.startsWith('#')) continue;
    const equals = line.indexOf('=');
    const key = equals < 0 ? line : line.slice(0, equals);
    if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(key)) return failure(`"${key}" is not a valid key name`);
    pairs.push([key, equals < 0 ? '' : line.slice(equals + 1)]);
  }
  return pairs;
}

function literalPair(source: string): readonly Pair[] | Failure {
  const equals = source.indexOf('=');
  if (equals < 1) return failure(`invalid literal source ${source}, expected key=value`);
  const value = source.slice(equals + 1);
  const quoted = /^(["'])[\s\S]*\1$/.test(value) && value.length > 1;
  return [[source.slice(0, equals), quoted ? value.slice(1, -1) : value]];
}

function filePair(source: string, folder: Folder): readonly Pair[] | Failure {
  const parts = source.split('=');
  if (parts.length > 2) return failure(`source "${source}" key name or file path contains '='`);
  const [key = '', path] = parts;
  if (path !== undefined && key === '')
    return failure(`missing key name for file path "${path}" in source "${source}"`);
  if (path === '') return failure(`missing file path for key name "${key}" in source "${source}"`);
  const loaded = folder.load(path ?? source);
  if (isFailed(loaded)) return loaded;
  return [[path === undefined ? (source.split('/').at(-1) ?? source) : key, loaded.text]];
}
