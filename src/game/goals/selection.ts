import type { KindDefinition } from '../../api/kind.ts';
import { type KubeObject, keyOf, makeKey, nameOf, namespaceOf } from '../../api/object.ts';
import type { JsonObject } from '../../apimachinery/json.ts';
import { parseSelector } from '../../apimachinery/labelparser.ts';
import { EVERYTHING, type Selector } from '../../apimachinery/labels.ts';
import { isObject, own } from '../../apimachinery/object.ts';
import { type CelExpression, type CelScope, compileCel } from '../cel.ts';
import { type Issues, shown } from '../issue.ts';
import { kindNamed } from '../kindof.ts';
import { localized } from '../localized.ts';
import type { Mirror } from '../mirror.ts';
import { compilePartial, type Partial } from '../partial.ts';
import { type Shape, text } from '../shape.ts';
import type { Count, Phrases } from '../texts/phrases.ts';
import type { GoalLeaf, Texts } from '../types.ts';
import type { Subject } from './goal.ts';

/** Which objects a goal means, and what should be true of each of them. */
export interface SelectionSpec {
  readonly object: JsonObject;
  readonly selector?: string | undefined;
  readonly namespace?: string | undefined;
  readonly cel?: string | undefined;
  /** The author's words for `cel`. */
  readonly text?: Texts | undefined;
}

/** An author's words for an expression, which no player should have to read. */
export const celTextShape: Shape<Texts> = localized(150);

/** Whether there are words where there is an expression, and only there; says so when not. */
export function checkCelText(
  expression: string | undefined,
  words: Texts | undefined,
  path: string,
  issues: Issues,
): boolean {
  if (expression !== undefined && words === undefined)
    issues.add('MissingField', path, 'a field "text" that says in words what the expression means', 'none');
  else if (expression === undefined && words !== undefined)
    issues.add('Conflict', `${path}.text`, 'no text: only an expression needs one', 'text');
  else return true;
  return false;
}

/** A label selector as kubectl takes it: `app=web,tier in (a,b)`. */
export const selectorShape: Shape<string> = {
  read(value, path, issues) {
    const read = text({ max: 300 }).read(value, path, issues);
    if (read === undefined) return undefined;
    const selector = parseSelector(read);
    if (!('error' in selector)) return read;
    issues.add('InvalidValue', path, 'a label selector such as app=web', shown(read), selector.error);
    return undefined;
  },
  schema: () => text({ max: 300 }).schema(),
};

/** A part of an object of a kind that the API has. */
export const partialShape: Shape<JsonObject> = {
  read(value, path, issues) {
    if (!isObject(value) || kindNamed(value) === undefined) {
      issues.add(
        'InvalidValue',
        path,
        'an object with the apiVersion and kind of something the cluster has',
        shown(value),
      );
      return undefined;
    }
    return value;
  },
  schema: () => ({
    type: 'object',
    properties: { apiVersion: { type: 'string' }, kind: { type: 'string' } },
    required: ['apiVersion', 'kind'],
  }),
};

export interface CelShapeOptions {
  /** True: it may speak of `object` only, else of everything but `object`. */
  readonly perObject: boolean;
  /** True: whatever it gives is good; else it must be true or false. */
  readonly anyValue?: boolean;
}

/** A CEL expression that can be parsed and whose types fit. */
export function celShape(options: CelShapeOptions): Shape<string> {
  return {
    read(value, path, issues) {
      const read = text({ max: 1000 }).read(value, path, issues);
      if (read === undefined) return undefined;
      const compiled = compileCel(read);
      if ('error' in compiled) {
        const { message, offset } = compiled.error;
        issues.add(
          'InvalidValue',
          path,
          'a CEL expression',
          shown(read),
          `${message}, at character ${offset + 1}`,
        );
        return undefined;
      }
      if (options.anyValue !== true && compiled.type !== 'bool' && compiled.type !== 'dyn') {
        issues.add('InvalidValue', path, 'an expression that is true or false', shown(read), compiled.type);
        return undefined;
      }
      if (options.perObject && compiled.kinds.length > 0) {
        issues.add('InvalidValue', path, 'an expression about "object" only', shown(read));
        return undefined;
      }
      return read;
    },
    schema: () => text({ max: 1000 }).schema(),
  };
}

/** The CEL expression of a shape that was read, so known to be good. */
export function mustCompile(expression: string): CelExpression {
  const compiled = compileCel(expression);
  if ('error' in compiled) throw new Error(`unchecked expression ${expression}: ${compiled.error.message}`);
  return compiled;
}

/** The kind of a partial object that was read, so known. */
export function mustKind(object: JsonObject): KindDefinition {
  const kind = kindNamed(object);
  if (kind === undefined) throw new Error(`unchecked kind ${shown(object)}`);
  return kind;
}

/** The name in a partial object's metadata; undefined where any name will do. */
export function partialName(object: JsonObject): string | undefined {
  const metadata = own(object, 'metadata');
  const name = isObject(metadata) ? own(metadata, 'name') : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** The namespace a selection means; empty for kinds without. */
export function namespaceFor(spec: SelectionSpec): string {
  const kind = mustKind(spec.object);
  if (!kind.namespaced) return '';
  const metadata = own(spec.object, 'metadata');
  const given = isObject(metadata) ? own(metadata, 'namespace') : undefined;
  return spec.namespace ?? (typeof given === 'string' ? given : 'default');
}

/**
 * The objects a goal means, with how many leaves of each match, kept up to date change by change:
 * asking how many match, or how well the best do, costs nothing like the number of objects.
 */
export class Selection {
  readonly kind: KindDefinition;
  readonly namespace: string;
  readonly name: string | undefined;
  /** Leaves of one object. */
  readonly size: number;
  readonly partial: Partial;
  readonly #cel: CelExpression | undefined;
  readonly #text: Texts | undefined;
  readonly #selector: Selector;
  readonly #mirror: Mirror;
  /** How many objects match that many leaves. */
  readonly #histogram: number[];
  readonly #matched = new Map<string, number>();
  /** The object that came to match in all leaves last. */
  #latest: string | undefined;

  constructor(spec: SelectionSpec, mirror: Mirror, changed: () => void) {
    this.kind = mustKind(spec.object);
    this.namespace = namespaceFor(spec);
    this.name = partialName(spec.object);
    this.partial = compilePartial(this.kind, spec.object);
    this.#cel = spec.cel === undefined ? undefined : mustCompile(spec.cel);
    this.#text = spec.text;
    this.size = this.partial.size + (this.#cel?.terms.length ?? 0);
    const selector = spec.selector === undefined ? EVERYTHING : parseSelector(spec.selector);
    this.#selector = 'error' in selector ? EVERYTHING : selector;
    this.#mirror = mirror;
    this.#histogram = Array.from({ length: this.size + 1 }, () => 0);
    for (const object of mirror.objects(this.kind)) this.#update(keyOf(object), object);
    mirror.onChange(this.kind, ({ key, after }) => {
      if (this.#update(key, after)) changed();
    });
  }

  /** How many objects match in all leaves. */
  get complete(): number {
    return this.#histogram[this.size] ?? 0;
  }

  /** How many objects there are to match. */
  get candidates(): number {
    return this.#matched.size;
  }

  /** The matched leaves of the `n` best objects. */
  best(n: number): number {
    let left = n;
    let total = 0;
    for (let matched = this.size; matched > 0 && left > 0; matched--) {
      const taken = Math.min(left, this.#histogram[matched] ?? 0);
      total += taken * matched;
      left -= taken;
    }
    return total;
  }

  /** The objects meant, the worst first, at most `limit`. */
  worst(limit: number): readonly KubeObject[] {
    const keys = [...this.#matched].sort(([a, m], [b, n]) => m - n || (a < b ? -1 : 1)).slice(0, limit);
    return keys.flatMap(([key]) => this.#mirror.get(this.kind, key) ?? []);
  }

  /** The leaves of one object. */
  explain(object: KubeObject | undefined, subject: string, phrases: Phrases): readonly GoalLeaf[] {
    const leaves = this.partial.explain(object, subject, phrases);
    if (this.#cel === undefined || this.#text === undefined) return leaves;
    const leaf = celLeaf(this.#cel, NOTHING, phrases, object);
    const got = object === undefined ? phrases.noObject(this.kind.kind) : leaf.got;
    return [...leaves, { ...leaf, got, path: `${subject} · ${this.#text[phrases.language]}` }];
  }

  /** The one object of a selection by name. */
  named(): KubeObject | undefined {
    return this.name === undefined
      ? undefined
      : this.#mirror.get(this.kind, makeKey(this.namespace, this.name));
  }

  /** Those that do not match in all leaves, the worst first; all when all do. */
  subjects(limit: number): readonly Subject[] {
    if (this.name !== undefined)
      return [{ kind: this.kind.kind, namespace: this.namespace, name: this.name }];
    const missing = this.candidates - this.complete;
    return this.worst(missing === 0 ? limit : Math.min(limit, missing)).map((object) =>
      this.#subject(object),
    );
  }

  /** The object that came to match in all leaves last. */
  latest(): readonly Subject[] {
    const object = this.#latest === undefined ? undefined : this.#mirror.get(this.kind, this.#latest);
    return object === undefined ? [] : [this.#subject(object)];
  }

  #subject(object: KubeObject): Subject {
    return { kind: this.kind.kind, namespace: namespaceOf(object), name: nameOf(object) };
  }

  /** Takes note of an object's new state; returns whether it counts. */
  #update(key: string, object: KubeObject | undefined): boolean {
    const before = this.#matched.get(key);
    const after = object !== undefined && this.#means(object) ? this.#count(object) : undefined;
    if (after === this.size && before !== after) this.#latest = key;
    if (before === after) return before !== undefined && after !== undefined && object !== undefined;
    if (before !== undefined) this.#histogram[before] = (this.#histogram[before] ?? 0) - 1;
    if (after === undefined) this.#matched.delete(key);
    else {
      this.#matched.set(key, after);
      this.#histogram[after] = (this.#histogram[after] ?? 0) + 1;
    }
    return true;
  }

  #means(object: KubeObject): boolean {
    if (this.kind.namespaced && namespaceOf(object) !== this.namespace) return false;
    if (this.name !== undefined && nameOf(object) !== this.name) return false;
    return this.#selector.matches(object.metadata.labels);
  }

  #count(object: KubeObject): number {
    let count = this.partial.matched(object);
    for (const term of this.#cel?.terms ?? []) {
      const result = term.evaluate(NOTHING, object);
      if (result.ok && result.value === true) count++;
    }
    return count;
  }
}

/** How many are wanted, as short as a value: `3`, `≥ 3`, `≤ 3`, `2-4`. */
export function amount({ min, max }: Count): string {
  if (max === undefined) return `≥ ${min}`;
  if (min === max) return String(min);
  return min === 0 ? `≤ ${max}` : `${min}-${max}`;
}

/** The scope of an expression about `object` only. */
const NOTHING: CelScope = { objects: () => [] };

/**
 * A whole expression as a leaf without a path: the value compared where it is one comparison with a
 * number or a text, else whether it is so. Nothing of the expression itself is shown.
 */
export function celLeaf(
  expression: CelExpression,
  scope: CelScope,
  phrases: Phrases,
  object?: KubeObject,
): Omit<GoalLeaf, 'path'> {
  const result = expression.evaluate(scope, object);
  const ok = result.ok && result.value === true;
  const [term, ...others] = expression.terms;
  const comparison = others.length === 0 ? term?.comparison : undefined;
  const wanted = comparison === undefined ? undefined : literalText(comparison.right);
  if (comparison === undefined || wanted === undefined)
    return { wanted: phrases.yes, got: ok ? phrases.yes : phrases.no, ok };
  const value = comparison.value(scope, object);
  const plain = value.ok && value.value !== null && typeof value.value !== 'object';
  return { wanted, got: plain ? String(value.value) : phrases.none, ok };
}

const SIGNS: Readonly<Record<string, string>> = {
  '==': '',
  '!=': '≠ ',
  '>=': '≥ ',
  '<=': '≤ ',
  '>': '> ',
  '<': '< ',
};

/** `>= 2` as `≥ 2`, `!= "a"` as `≠ a`; undefined where the right side is no literal. */
function literalText(right: string): string | undefined {
  const [, sign = '', number, text] =
    /^(==|!=|>=|<=|>|<) (?:(-?[0-9]+(?:\.[0-9]+)?)|["']([^"'\\]*)["'])$/.exec(right) ?? [];
  const literal = number ?? text;
  return literal === undefined ? undefined : `${SIGNS[sign] ?? ''}${literal}`;
}
