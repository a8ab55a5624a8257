import type { Json, JsonObject } from '../../apimachinery/json.ts';
import { isList, isObject, own } from '../../apimachinery/object.ts';
import { parseManifests } from '../../apimachinery/yaml.ts';
import { type Failure, failure } from '../errors.ts';
import { Resource } from './resource.ts';

/** A List may hold lists; deeper nesting than this is refused. */
const MAX_LIST_DEPTH = 8;

/** The resources that a text holds, lists taken apart. `name` is the file's, for complaints. */
export function resourcesOf(text: string, name: string): readonly Resource[] | Failure {
  const { docs, errors } = parseManifests(text);
  const [malformed] = errors;
  if (malformed !== undefined) {
    const words = malformed.message.replace('error converting YAML to JSON: ', '');
    return failure(`MalformedYAMLError: ${words} in File: ${name}`);
  }
  const resources: Resource[] = [];
  for (const { value } of docs) {
    const problem = collect(value, resources, 0);
    if (problem !== undefined) return failure(problem);
  }
  return resources;
}

function collect(value: Json, into: Resource[], depth: number): string | undefined {
  if (!isObject(value)) return 'expected a map at the top of a resource';
  const kind = own(value, 'kind');
  const items = own(value, 'items');
  if (typeof kind === 'string' && kind.endsWith('List') && isList(items) && depth < MAX_LIST_DEPTH) {
    for (const item of items) {
      const problem = collect(item, into, depth + 1);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  const missing = missingPart(value);
  if (missing !== undefined) return missing;
  into.push(new Resource(value));
  return undefined;
}

/** The complaint about a resource that cannot be told from others. */
function missingPart(value: JsonObject): string | undefined {
  const metadata = own(value, 'metadata');
  const name = isObject(metadata) ? own(metadata, 'name') : undefined;
  const [kind, apiVersion] = [own(value, 'kind'), own(value, 'apiVersion')];
  if (typeof kind !== 'string' || kind === '') return `missing Resource metadata: kind is not set`;
  if (typeof name === 'string' && name !== '') return undefined;
  const type = [apiVersion, kind].filter((part) => typeof part === 'string').join(' ');
  return `missing metadata.name in object {{${type}} {{ } map[] map[]}}`;
}
