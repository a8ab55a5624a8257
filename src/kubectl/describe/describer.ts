import type { KindDefinition } from '../../api/kind.ts';
import type { KubeObject } from '../../api/object.ts';
import type { KubectlContext } from '../context.ts';
import type { DescribeWriter } from './writer.ts';

/** Writes what `kubectl describe` shows of one kind, events aside. */
export interface Describer {
  /** The kind's plural name. */
  readonly resource: string;
  describe(w: DescribeWriter, object: KubeObject, context: KubectlContext, kind: KindDefinition): void;
  /** False where upstream shows no events. */
  readonly events?: false;
}

/** A describer of a typed object; the registry knows its kind by name only. */
export function describer<T extends KubeObject>(
  resource: string,
  describe: (w: DescribeWriter, object: T, context: KubectlContext) => void,
  options: { readonly events?: false } = {},
): Describer {
  return { resource, describe: (w, object, context) => describe(w, object as T, context), ...options };
}
