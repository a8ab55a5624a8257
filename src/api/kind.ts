import type { FieldError } from '../apimachinery/fielderror.ts';
import type { JsonObject } from '../apimachinery/json.ts';
import type { Schema } from '../apimachinery/schema.ts';
import type { CustomResourceSubresourceScale } from './generated/types.ts';
import type { KubeObject } from './object.ts';

/** A column of `kubectl get`. */
export interface Column<T extends KubeObject> {
  /** As upstream prints it before upper-casing, e.g. `Up-To-Date`. */
  readonly name: string;
  /** Only with `-o wide`. */
  readonly wide?: true;
  /** The cell; `now` is virtual time in ms since the epoch, for ages. */
  cell(object: T, now: number): string | number;
}

/**
 * Reads a selectable field. Taken from a method's type, which TypeScript compares bivariantly, so that
 * a KindDefinition<Pod> is a KindDefinition.
 */
export type FieldGetter<T> = { of(object: T): string }['of'];

/** How a subresource writes a part of an object (the strategies of pods/resize and pods/ephemeralcontainers). */
export interface PartStrategy<T> {
  /** The old state with the part that may be written as wished for, defaults filled in (PrepareForUpdate). */
  prepare(wished: T, old: T): T;
  /** Rules that compare with the old state, instead of the kind's own. */
  validateUpdate(next: T, old: T): readonly FieldError[];
}

/**
 * Everything the API server and kubectl need to know of one kind: its names, defaults, rules and
 * columns. One file a kind; `kinds/registry.ts` lists them. All functions are pure: they return the
 * very object they were given when nothing changes, and share what they did not touch.
 */
export interface KindDefinition<T extends KubeObject = KubeObject> {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Plural, lower case: the resource's name in paths and in RBAC. */
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  /** `all` puts the kind into `kubectl get all`. */
  readonly categories?: readonly string[];
  readonly namespaced: boolean;
  /** The verbs kubectl api-resources lists; the default is all of them. */
  readonly verbs?: readonly string[];
  /** The type's name in the schema; differs from `kind` only where upstream's does. */
  readonly schemaType: string;
  /** Complaints about a name; the name is valid when there are none. */
  validateName(name: string): readonly string[];

  /** Fills in defaults (pkg/apis/.../defaults.go). */
  applyDefaults(object: T): T;
  /** Clears or sets what a client may not decide at creation (strategy.PrepareForCreate). */
  prepareForCreate?(object: T): T;
  /** Carries over what an update may not touch (strategy.PrepareForUpdate); status is handled by the server. */
  prepareForUpdate?(next: T, old: T): T;
  validate(object: T): readonly FieldError[];
  /** What a write through one of its subresources may change, and by which rules, by the subresource's name. */
  readonly parts?: Readonly<Record<string, PartStrategy<T>>>;
  /** Rules that compare with the old state; the server also runs `validate` on `next`. */
  validateUpdate?(next: T, old: T): readonly FieldError[];
  /** Whether upstream tells of those rules before the others. */
  readonly updateRulesFirst?: boolean;
  /** The warning that all who read or write the kind get (prerelease-lifecycle-gen). */
  readonly deprecation?: string;
  /** Non-fatal remarks, sent as warnings. */
  warnings?(object: T): readonly string[];

  /** True: `status` is written through the `status` subresource only. */
  readonly statusSubresource: boolean;
  /** Metadata that a write through `status` cannot change (the status strategy's PrepareForUpdate). */
  readonly keptByStatusUpdate?: readonly ('labels' | 'ownerReferences')[];
  /** True: `metadata.generation` counts spec changes. */
  readonly hasGeneration: boolean;
  /** Overrides "spec changed" where upstream counts more (Deployment: annotations too). */
  generationChanged?(next: T, old: T): boolean;
  /** True: an update without resourceVersion wins (strategy.AllowUnconditionalUpdate). */
  readonly allowUnconditionalUpdate: boolean;
  /** What delete does to dependents when the request does not say. */
  readonly defaultPropagation: 'Background' | 'Orphan';
  /** Milliseconds until objects of this kind expire by themselves; only events do. */
  readonly ttl?: number;
  /** Extra fields for field selectors, by path; metadata.name and metadata.namespace always work. */
  readonly selectableFields?: Readonly<Record<string, FieldGetter<T>>>;
  /** Subresources beside `status`, e.g. `scale`, `binding`, for api-resources and routing. */
  readonly subresources?: readonly string[];
  readonly columns: readonly Column<T>[];
  /** For kinds that a CustomResourceDefinition brought. */
  readonly custom?: CustomKind;
  /** The kind in the other versions in which the same objects are served (`inVersion`). */
  readonly versions?: readonly KindDefinition[];
  /** Of such a version: how its objects become those that are stored, and back. */
  readonly conversion?: Conversion;
}

/** Between the objects of a version and those of the version they are stored in; pure. */
export interface Conversion {
  toStored(object: KubeObject): KubeObject;
  fromStored(object: KubeObject): KubeObject;
}

/** An object of a custom kind as it was read, and what it says that its schema does not know. */
export interface CustomObject {
  readonly object: JsonObject;
  /** Paths, sorted: `spec.img`. */
  readonly unknownFields: readonly string[];
}

/** What the server and kubectl need to know of a kind that a CustomResourceDefinition brought. */
export interface CustomKind {
  /** The name of the definition: `crontabs.stable.example.com`. */
  readonly definition: string;
  /** The types of its objects by name, and those of metadata: who owns which field, what may be explained. */
  readonly schema: Schema;
  /** `CronTabList`. */
  readonly listKind: string;
  /** What the definition says of a type's field; of the type itself when the field is empty. */
  describe(typeName: string, field: string): string | undefined;
  /** Drops what the schema does not know; `withDefaults` also fills in defaults. */
  read(object: JsonObject, withDefaults: boolean): CustomObject;
  /** Field errors of a new state, whose rules may look at the old one. */
  validate(object: KubeObject, old: KubeObject | undefined): readonly FieldError[];
  /** Where the scale subresource finds its numbers. */
  readonly scale?: CustomResourceSubresourceScale;
}

/** `apps/v1`, or `v1` for the core group. */
export function apiVersionOf(kind: { readonly group: string; readonly version: string }): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}

/** `deployments.apps`, or `pods` for the core group: how errors name a resource. */
export function qualifiedResource(kind: { readonly group: string; readonly plural: string }): string {
  return kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
}

/**
 * The object with each key of `defaults` that it lacks; the same object when it lacks none. Only
 * own, top-level keys are looked at.
 */
export function withDefaults<T extends object>(object: T, defaults: Partial<T>): T {
  let out: T | undefined;
  for (const key of Object.keys(defaults) as (keyof T)[]) {
    if (object[key] !== undefined) continue;
    out ??= { ...object };
    out[key] = defaults[key] as T[keyof T];
  }
  return out ?? object;
}

/** Maps a list, returning the same list when no element changed. */
export function mapShared<T>(list: readonly T[], change: (item: T, index: number) => T): readonly T[] {
  let out: T[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const item = list[i] as T;
    const next = change(item, i);
    if (next === item) continue;
    out ??= list.slice();
    out[i] = next;
  }
  return out ?? list;
}

/** The object with one key replaced; the same object when the value is the same. */
export function withField<T extends object, K extends keyof T>(object: T, key: K, value: T[K]): T {
  return object[key] === value ? object : { ...object, [key]: value };
}
