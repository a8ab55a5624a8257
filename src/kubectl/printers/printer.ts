import type { KindDefinition } from '../../api/kind.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Failure } from '../errors.ts';

/** An object of a known kind. */
export interface Printable {
  readonly kind: KindDefinition;
  readonly object: KubeObject;
}

/** Prints objects as `-o` asks. Undefined stands for the table that `get` makes itself. */
export interface OutputPrinter {
  /** True where several objects are wrapped in one List. */
  readonly wraps: boolean;
  /** The text of some objects; an error where a template does not fit them. */
  print(items: readonly Printable[], asList: boolean): string | Failure;
}
