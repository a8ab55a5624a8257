import { semanticEqual } from '../../apimachinery/equal.ts';
import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import { isValidPortName, isValidPortNum } from '../../apimachinery/validation.ts';
import type { IntOrString } from '../generated/types.ts';

/** Upstream's words for a value that may not change. */
export const FIELD_IMMUTABLE = 'field is immutable';
/** Upstream's words for a number below zero. */
export const IS_NEGATIVE = 'must be greater than or equal to 0';

const NO_COMPLAINTS: readonly string[] = Object.freeze([]);
const FILE_MODE_MESSAGE = 'must be a number between 0 and 0777 (octal), both inclusive';

/** Whether a text or list was not given; Go makes no difference between absent and empty. */
export function isUnset(
  value: string | readonly unknown[] | null | undefined,
): value is undefined | null | '' | readonly [] {
  return value === undefined || value === null || value.length === 0;
}

/** Makes an Invalid error of each complaint about a value. */
export function complain(
  errors: FieldError[],
  path: string,
  value: unknown,
  complaints: readonly string[],
): void {
  for (const complaint of complaints) errors.push(invalid(path, value, complaint));
}

/** The number is not negative; absent is fine. */
export function checkNonNegative(errors: FieldError[], path: string, value: number | undefined): void {
  if (value !== undefined && value < 0) errors.push(invalid(path, value, IS_NEGATIVE));
}

/** The text is one of an enumeration, and given. */
export function checkEnum(
  errors: FieldError[],
  path: string,
  value: string | undefined,
  supported: readonly string[],
): void {
  if (isUnset(value)) errors.push(required(path));
  else if (!supported.includes(value)) errors.push(notSupported(path, value, supported));
}

/** The value is what it was (apimachineryvalidation.ValidateImmutableField). */
export function checkImmutable(errors: FieldError[], path: string, next: unknown, old: unknown): void {
  if (!semanticEqual(next, old)) errors.push(invalid(path, next ?? null, FIELD_IMMUTABLE));
}

/** A port number, or a port's name (ValidatePortNumOrName). */
export function checkPortNumOrName(errors: FieldError[], path: string, port: IntOrString | undefined): void {
  if (typeof port === 'string') complain(errors, path, port, isValidPortName(port));
  else complain(errors, path, port ?? 0, isValidPortNum(port ?? 0));
}

/** Permission bits of a file; absent is fine. */
export function checkFileMode(errors: FieldError[], path: string, mode: number | undefined): void {
  if (mode !== undefined && (mode > 0o777 || mode < 0)) errors.push(invalid(path, mode, FILE_MODE_MESSAGE));
}

/** No `..` among the parts of a path (validatePathNoBacksteps). */
export function checkNoBacksteps(errors: FieldError[], path: string, value: string): void {
  if (value.split('/').includes('..')) errors.push(invalid(path, value, "must not contain '..'"));
}

/** A relative path that stays below where it starts (validateLocalDescendingPath). */
export function checkLocalDescendingPath(errors: FieldError[], path: string, value: string): void {
  if (value.startsWith('/')) errors.push(invalid(path, value, 'must be a relative path'));
  checkNoBacksteps(errors, path, value);
}

/** A relative path that the kubelet's own `..data` cannot collide with (ValidateLocalNonReservedPath). */
export function checkLocalNonReservedPath(errors: FieldError[], path: string, value: string): void {
  checkLocalDescendingPath(errors, path, value);
  if (value.startsWith('..') && !value.startsWith('../'))
    errors.push(invalid(path, value, "must not start with '..'"));
}

/**
 * A struct as upstream's messages show it: its internal types have no JSON names, so that each field is
 * there under its Go name, in the order of the declaration, null where it is not set.
 */
export function asInternal<T extends object>(
  value: T | undefined,
  fields: readonly (keyof T & string)[],
): Readonly<Record<string, unknown>> | null {
  if (value === undefined) return null;
  return Object.fromEntries(
    fields.map((field) => [field.charAt(0).toUpperCase() + field.slice(1), value[field] ?? null]),
  );
}

/** The field is not set. */
export function checkAbsent(errors: FieldError[], path: string, value: unknown, why: string): void {
  if (value !== undefined && value !== null) errors.push(forbidden(path, why));
}

/** The name may be anything that can stand in a path (path.IsValidPathSegmentName). */
export function isPathSegmentName(name: string): readonly string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  if (!name.includes('/') && !name.includes('%')) return NO_COMPLAINTS;
  return ['/', '%'].filter((char) => name.includes(char)).map((char) => `may not contain '${char}'`);
}
