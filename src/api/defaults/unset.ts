/**
 * The object with each key of `defaults` whose value is absent, empty text or zero: what upstream's
 * defaulting takes for "not given" in fields that are not pointers. The same object when none is.
 */
export function withUnset<T extends object>(object: T, defaults: Partial<T>): T {
  let out: T | undefined;
  for (const key of Object.keys(defaults) as (keyof T)[]) {
    const value: unknown = object[key];
    if (value !== undefined && value !== '' && value !== 0) continue;
    out ??= { ...object };
    out[key] = defaults[key] as T[keyof T];
  }
  return out ?? object;
}

/** withChanged for a struct that upstream holds by value: where it is absent, it is there and empty. */
export function withStruct<T extends object, K extends keyof T>(
  object: T,
  key: K,
  change: (value: NonNullable<T[K]>) => T[K],
): T {
  const value = object[key];
  if (value !== undefined && value !== null) return withChanged(object, key, change);
  return { ...object, [key]: change({} as NonNullable<T[K]>) };
}

/** The object with a key's value replaced by what `change` makes of it; an absent value stays absent. */
export function withChanged<T extends object, K extends keyof T>(
  object: T,
  key: K,
  change: (value: NonNullable<T[K]>) => T[K],
): T {
  const value = object[key];
  if (value === undefined || value === null) return object;
  const next = change(value);
  return next === value ? object : { ...object, [key]: next };
}
