/** Descriptions by type, then by field; the empty field name describes the type itself. */
export type Descriptions = Readonly<Record<string, Readonly<Record<string, string>>>>;

let load: (() => Descriptions) | undefined;
let loaded: Descriptions | undefined;

/**
 * Says how the descriptions (assets/descriptions.json) are to be had. They are large and needed by
 * `kubectl explain` only, so whoever starts the program registers a loader that reads them then.
 */
export function registerDescriptions(loader: () => Descriptions): void {
  load = loader;
  loaded = undefined;
}

/** What the API reference says about a field, or about a type when the field is empty; undefined where it is silent. */
export function describeField(type: string, field = ''): string | undefined {
  loaded ??= load?.();
  const fields = loaded !== undefined && Object.hasOwn(loaded, type) ? loaded[type] : undefined;
  return fields !== undefined && Object.hasOwn(fields, field) ? fields[field] : undefined;
}
