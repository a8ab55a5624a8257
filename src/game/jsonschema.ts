import { levelShape } from './level.ts';
import type { JsonSchema } from './shape.ts';

/** The JSON Schema of level.yaml, for editors: made from the same shapes that read it. */
export function levelJsonSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Shipshape level',
    description: 'level.yaml of a Shipshape level. `shipshape verify` checks more than this schema can say.',
    ...levelShape.schema(),
  };
}
