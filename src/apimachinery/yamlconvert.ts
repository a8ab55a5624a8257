import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml';
import { goQuote } from './gostring.ts';
import type { Json } from './json.ts';
import { isObject, put } from './object.ts';
import { NOT_JSON, resolvePlain } from './yamlscalar.ts';

/** A YAML document as JSON. */

/** What is wrong at a place in the text; the offset counts characters. */
export interface ManifestFault {
  readonly code: 'Syntax' | 'DuplicateKey' | 'TooLarge' | 'TooDeep' | 'Aliases' | 'Value';
  readonly text: string;
  readonly offset: number;
}

/** Values that a document may have once its aliases are spelled out. */
const MAX_VALUES = 500_000;

/** The document's value, and everything wrong with it; with faults the value is of no use. */
export function convertDocument(root: unknown): { value: Json; faults: readonly ManifestFault[] } {
  const conversion = new Conversion();
  return { value: conversion.convert(root), faults: conversion.faults };
}

interface Anchored {
  readonly value: Json;
  /** How many values it is when spelled out. */
  readonly values: number;
}

class Conversion {
  readonly faults: ManifestFault[] = [];
  readonly #anchors = new Map<string, Anchored>();
  readonly #open = new Set<string>();
  #values = 0;

  convert(node: unknown): Json {
    const offset = offsetOf(node);
    if (isAlias(node)) return this.#alias(node.source, offset);
    if (this.#values++ > MAX_VALUES)
      return this.#fault('Aliases', 'document contains excessive aliasing', offset);
    if (isScalar(node)) return this.#anchored(node, () => this.#scalar(node, offset));
    if (isSeq(node)) return this.#anchored(node, () => node.items.map((item) => this.convert(item)));
    return isMap(node) ? this.#anchored(node, () => this.#map(node)) : null;
  }

  #fault(code: ManifestFault['code'], text: string, offset: number): null {
    if (code !== 'Aliases' || !this.faults.some((f) => f.code === code))
      this.faults.push({ code, text, offset });
    return null;
  }

  /** Whether there was too much of it: what is found after that means nothing. */
  #stopped(): boolean {
    return this.#values > MAX_VALUES && this.faults.length > 0;
  }

  #anchored(node: Node & { anchor?: string }, convert: () => Json): Json {
    const { anchor } = node;
    if (anchor === undefined) return convert();
    const before = this.#values;
    this.#open.add(anchor);
    const value = convert();
    this.#open.delete(anchor);
    this.#anchors.set(anchor, { value, values: this.#values - before + 1 });
    return value;
  }

  #alias(name: string, offset: number): Json {
    if (this.#open.has(name)) return this.#fault('Aliases', `anchor '${name}' value contains itself`, offset);
    const anchored = this.#anchors.get(name);
    if (anchored === undefined) return this.#fault('Aliases', `unknown anchor '${name}' referenced`, offset);
    this.#values += anchored.values;
    if (this.#values > MAX_VALUES)
      return this.#fault('Aliases', 'document contains excessive aliasing', offset);
    return anchored.value;
  }

  #scalar(node: Scalar, offset: number): Json {
    const text = typeof node.value === 'string' ? node.value : String(node.value ?? '');
    const tag = node.tag?.replace(/^tag:yaml\.org,2002:/, '');
    if (tag === 'str' || tag === 'binary' || tag === 'timestamp') return text;
    const known = tag === 'int' || tag === 'float' || tag === 'bool' || tag === 'null';
    if (!known && node.type !== 'PLAIN' && node.type !== undefined) return text;
    const value = resolvePlain(text);
    return value === NOT_JSON ? this.#fault('Value', `${text} is no value of JSON`, offset) : value;
  }

  #map(node: YAMLMap): Json {
    const object: Record<string, Json | undefined> = {};
    const seen = new Map<string, number>();
    const merges: Pair[] = [];
    for (const pair of node.items) {
      if (this.#stopped()) return null;
      if (isMergeKey(pair.key)) {
        merges.push(pair);
        continue;
      }
      const offset = offsetOf(pair.key);
      const key = this.#key(pair.key, offset);
      if (seen.has(key)) this.#fault('DuplicateKey', `key ${goQuote(key)} already set in map`, offset);
      seen.set(key, offset);
      put(object, key, this.convert(pair.value));
    }
    for (const pair of merges) this.#merge(object, this.convert(pair.value), offsetOf(pair.value));
    return object as Json;
  }

  /** JSON has only texts as keys: other scalars are printed. */
  #key(node: unknown, offset: number): string {
    const value = this.convert(node);
    if (typeof value === 'object' && value !== null) {
      this.#fault('Value', 'invalid map key: only scalars can be keys', offset);
      return '';
    }
    return String(value);
  }

  /** `<<`: keys of the given map, or of each map of the given list, that are not set. */
  #merge(object: Record<string, Json | undefined>, source: Json, offset: number): void {
    for (const map of Array.isArray(source) ? (source as readonly Json[]) : [source]) {
      if (!isObject(map)) {
        this.#fault('Value', 'map merge requires map or sequence of maps as the value', offset);
        return;
      }
      for (const [key, value] of Object.entries(map)) {
        if (!Object.hasOwn(object, key) && value !== undefined) put(object, key, value);
      }
    }
  }
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN';
}

function offsetOf(node: unknown): number {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
  return Array.isArray(range) ? Number(range[0]) : 0;
}
