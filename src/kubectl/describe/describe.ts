import type { KindDefinition } from '../../api/kind.ts';
import type { KubeObject } from '../../api/object.ts';
import type { KubectlContext } from '../context.ts';
import { eventsOf, writeEvents } from './events.ts';
import { describeGeneric } from './generic.ts';
import { describers } from './registry.ts';
import { DescribeWriter } from './writer.ts';

const byResource = new Map(describers.map((describer) => [describer.resource, describer]));

/** What `kubectl describe` prints about one object. */
export function describeObject(
  context: KubectlContext,
  kind: KindDefinition,
  object: KubeObject,
  showEvents: boolean,
): string {
  const w = new DescribeWriter();
  // A definition may call its kind like one that is built in.
  const describer = kind.custom === undefined ? byResource.get(kind.plural) : undefined;
  // The pages know of the stored version only, as upstream's do.
  const shown = kind.conversion?.toStored(object) ?? object;
  if (describer === undefined) describeGeneric(w, object, kind);
  else describer.describe(w, shown, context, kind);
  if (showEvents && describer?.events !== false) writeEvents(w, eventsOf(context, object), context.now());
  return w.toString();
}
