import type { KindDefinition } from '../api/kind.ts';
import { kindByGVK } from '../api/kinds/registry.ts';
import type { KubeObject } from '../api/object.ts';
import type { JsonObject } from '../apimachinery/json.ts';
import { own } from '../apimachinery/object.ts';

/** A kind whose objects are only known to be objects: what lists over several kinds are made of. */
export function anyKindOf<T extends KubeObject>(kind: KindDefinition<T>): KindDefinition {
  return kind as unknown as KindDefinition;
}

/** The kind that an object from a file names, if the API has it. */
export function kindNamed(object: JsonObject): KindDefinition | undefined {
  return kindByGVK(String(own(object, 'apiVersion')), String(own(object, 'kind')));
}
