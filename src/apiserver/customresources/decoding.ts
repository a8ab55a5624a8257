import type { CustomKind } from '../../api/kind.ts';
import { schema } from '../../api/schema.ts';
import { validateAgainstSchema } from '../../apimachinery/decode.ts';
import type { JsonObject } from '../../apimachinery/json.ts';
import { isObject } from '../../apimachinery/object.ts';
import { normalizeAgainstSchema } from '../../apimachinery/prune.ts';
import type { Schema } from '../../apimachinery/schema.ts';

/** What every object has of its own, whatever its schema says. */
const METADATA: Schema = {
  ...schema,
  PartialObjectMetadata: {
    fields: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'ref', ref: 'ObjectMeta' },
    },
  },
};

/**
 * A custom object as its schema reads it, and the paths of what it does not know; or the decoder's complaint about
 * its metadata (schemaCoercingDecoder of apiextensions-apiserver pkg/apiserver/customresource_handler.go).
 */
export function readCustom(
  kind: CustomKind,
  given: JsonObject,
): { readonly object: JsonObject; readonly unknownFields: readonly string[] } | string {
  const metadata = given.metadata ?? {};
  const own = { metadata };
  const { typeErrors, unknownFields } = validateAgainstSchema(own, METADATA, 'PartialObjectMetadata');
  const wrong = typeErrors[0];
  if (wrong !== undefined || !isObject(metadata)) return wrong?.message ?? 'metadata must be an object';
  const normal = normalizeAgainstSchema(metadata, schema, 'ObjectMeta');
  const read = kind.read({ ...given, metadata: normal }, true);
  const unknown = [...unknownFields.map(({ path }) => path), ...read.unknownFields];
  return { object: read.object, unknownFields: unknown.sort() };
}
