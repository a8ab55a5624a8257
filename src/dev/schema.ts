/**
 * Generates the API types from `@kubernetes/client-node`'s models:
 *
 *   src/api/generated/types.ts  TypeScript interfaces
 *   assets/schema.json          the compact Schema (src/apimachinery/schema.ts)
 *   assets/descriptions.json    documentation by type and field, for `kubectl explain`
 *
 * Run: `node src/dev/schema.ts`. The documentation texts are Kubernetes' API documentation,
 * Copyright The Kubernetes Authors, licensed under the Apache License 2.0.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SchemaField, SchemaType } from '../apimachinery/schema.ts';
import { REFERENCE_DOCS, referenceDoc } from './schema-docs.ts';
import {
  ATOMIC_TYPES,
  FIELDS_AFTER_1_35,
  MERGE_RULES,
  QUANTITY_FIELDS,
  RENAMED_MODELS,
  ROOT_MODELS,
  SPEC_ALWAYS,
  WRITTEN_WHEN_ZERO,
} from './schema-tables.ts';

/** One property of a model, as client-node describes it. */
interface ModelField {
  /** The name in JSON. */
  readonly name: string;
  /** E.g. `Array<V1Container>`, `{ [key: string]: string; }`, `Date`. */
  readonly type: string;
  /** E.g. `int32`, `date-time`, `byte`, or empty. */
  readonly format: string;
  readonly required: boolean;
  readonly doc: string;
}

/** A model: its Kubernetes name, its documentation and its fields sorted by name. */
interface Model {
  readonly name: string;
  readonly doc: string;
  readonly fields: readonly ModelField[];
}

/** The longest one-line comment in types.ts, in characters. */
const COMMENT_LENGTH = 110;

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

function modelsFolder(): string {
  const entry = createRequire(import.meta.url).resolve('@kubernetes/client-node');
  return join(dirname(entry), 'gen', 'models');
}

/** Undoes the escapes with which the models quote documentation. */
function unescapeDoc(text: string): string {
  return text
    .trim()
    .replaceAll('*_/', '*/')
    .replace(/\\(['"\\])/g, '$1');
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function sorted<T>(entries: Iterable<readonly [string, T]>): readonly (readonly [string, T])[] {
  return [...entries].sort((a, b) => compare(a[0], b[0]));
}

/** Kubernetes' name of a model: `V1Pod` is Pod, `CoreV1Event` is Event. */
function kubernetesName(model: string): string {
  return RENAMED_MODELS[model] ?? plainName(model);
}

function plainName(model: string): string {
  return model.replace(/^(?:[A-Z][a-z]+)?V\d+(?=[A-Z])/, '');
}

/** What the API reference calls the types that have another name here. */
const REFERENCE_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries(RENAMED_MODELS).map(([model, name]) => [name, plainName(model)]),
);

function readModel(folder: string, model: string): Model {
  const declaration = readFileSync(join(folder, `${model}.d.ts`), 'utf8');
  const code = readFileSync(join(folder, `${model}.js`), 'utf8');
  const name = kubernetesName(model);
  const classAt = declaration.indexOf('export declare class');
  const classDoc = /\/\*\*\n\* (.*)\n\*\/\n$/.exec(declaration.slice(0, classAt));
  const properties = new Map<string, { required: boolean; doc: string }>();
  const property = /(?:\/\*\*\n +\* (.*)\n +\*\/\n)? {4}'([^']+)'(\??): /g;
  for (const [, doc, key, optional] of declaration.slice(classAt).matchAll(property)) {
    properties.set(key ?? '', { required: optional === '', doc: unescapeDoc(doc ?? '') });
  }
  const fields: ModelField[] = [];
  const attribute = /"name": "(.*)",\s+"baseName": "(.*)",\s+"type": "(.*)",\s+"format": "(.*)"/g;
  for (const [, key = '', base = '', type = '', format = ''] of code.matchAll(attribute)) {
    const known = properties.get(key);
    if (known === undefined) throw new Error(`${model}: no declaration of ${key}`);
    if (!FIELDS_AFTER_1_35.has(`${name}.${base}`)) fields.push({ name: base, type, format, ...known });
  }
  fields.sort((a, b) => compare(a.name, b.name));
  return { name, doc: unescapeDoc(classDoc?.[1] ?? ''), fields };
}

/** The model a field type speaks of, if any: `Array<V1Pod>` speaks of V1Pod. */
function modelIn(type: string): string | undefined {
  return /\b(?:[A-Z][a-z]+)?V\d+[A-Z]\w*/.exec(type)?.[0];
}

/** Reads the root models and everything they refer to, by Kubernetes name, sorted. */
function readModels(): readonly Model[] {
  const folder = modelsFolder();
  const byName = new Map<string, Model>();
  const source = new Map<string, string>();
  const waiting = [...ROOT_MODELS];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const name = kubernetesName(next);
    const seen = source.get(name);
    if (seen === next) continue;
    if (seen !== undefined) throw new Error(`${next} and ${seen} would both be called ${name}`);
    const model = readModel(folder, next);
    source.set(name, next);
    byName.set(name, model);
    for (const field of model.fields) {
      const referred = field.format === 'date-time-micro' ? undefined : modelIn(field.type);
      if (referred !== undefined) waiting.push(referred);
    }
  }
  return sorted(byName).map(([, model]) => model);
}

/** Parses a field type of the models. `place` is `Type.field`, for the quantity table. */
function fieldType(place: string, type: string, format: string): SchemaField {
  const list = /^Array<(.*)>$/.exec(type);
  if (list) return { type: 'list', items: fieldType(place, list[1] ?? '', format) };
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type);
  if (map) return { type: 'map', items: fieldType(place, map[1] ?? '', format) };
  if (format === 'date-time-micro') return { type: 'microTime' };
  switch (type) {
    case 'Date':
      return { type: 'time' };
    case 'IntOrString':
      return { type: 'intOrString' };
    case 'any':
      return { type: 'any' };
    case 'boolean':
      return { type: 'boolean' };
    case 'string':
      if (format === 'byte') return { type: 'bytes' };
      return { type: QUANTITY_FIELDS.has(place) ? 'quantity' : 'string' };
    case 'number':
      if (format === 'int32' || format === 'int64') return { type: 'integer', format };
      if (format === 'double') return { type: 'number', format };
  }
  const model = modelIn(type);
  if (model !== type) throw new Error(`${place}: unknown type ${type} of format "${format}"`);
  return { type: 'ref', ref: kubernetesName(model) };
}

/** The schema of one field, with its merge rule. */
function schemaField(type: Model, field: ModelField): SchemaField {
  const place = `${type.name}.${field.name}`;
  const base = fieldType(place, field.type, field.format);
  const atomicType = base.ref !== undefined && ATOMIC_TYPES.has(base.ref);
  return {
    ...base,
    ...(field.required ? { required: true } : {}),
    ...(WRITTEN_WHEN_ZERO.has(place) ? { writtenWhenZero: true } : {}),
    ...(base.type === 'list' ? { listType: 'atomic' } : {}),
    ...(atomicType ? { mapType: 'atomic' } : {}),
    ...MERGE_RULES[place],
  };
}

function schemaType(model: Model): SchemaType {
  const name = REFERENCE_NAMES.get(model.name);
  const fields = Object.fromEntries(model.fields.map((f) => [f.name, schemaField(model, f)]));
  return name === undefined ? { fields } : { name, fields };
}

/** A kind: a type that is an object of its own, with apiVersion, kind and metadata. */
function isKind(model: Model): boolean {
  const names = model.fields.map((f) => f.name);
  return ['apiVersion', 'kind', 'metadata'].every((name) => names.includes(name));
}

/** Whether the TypeScript property is required: stored objects carry more than upstream demands. */
function alwaysThere(model: Model, field: ModelField): boolean {
  if (field.required) return true;
  if (!isKind(model)) return false;
  if (field.name === 'spec') return SPEC_ALWAYS.has(model.name);
  return ['apiVersion', 'kind', 'metadata'].includes(field.name);
}

function typeScript(field: SchemaField): string {
  switch (field.type) {
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'quantity':
      return 'Quantity';
    case 'intOrString':
      return 'IntOrString';
    case 'any':
      return 'Json';
    case 'ref':
      return field.ref ?? 'Json';
    case 'list':
      return `readonly ${typeScript(field.items ?? { type: 'any' })}[]`;
    case 'map':
      return `Readonly<Record<string, ${typeScript(field.items ?? { type: 'any' })}>>`;
    default:
      return 'string';
  }
}

/** The first sentence of a documentation text, on one line and cut at a word if it is long. */
function firstSentence(doc: string): string {
  const line = doc.replaceAll('*/', '* /').split(/\s+/).join(' ');
  const sentence =
    /^.*?[.:](?= [A-Z]|$)/.exec(line.replace(/\b(?:i\.e|e\.g)\. /g, (m) => m.toLowerCase()))?.[0] ?? line;
  if (sentence.length <= COMMENT_LENGTH) return sentence.replace(/:$/, '.');
  const cut = sentence.lastIndexOf(' ', COMMENT_LENGTH - 3);
  return `${sentence.slice(0, cut)}...`;
}

function comment(indent: string, doc: string): string {
  const sentence = firstSentence(doc);
  return sentence === '' ? '' : `${indent}/** ${sentence} */\n`;
}

function interfaceOf(model: Model): string {
  let body = '';
  for (const field of model.fields) {
    const type = typeScript(schemaField(model, field));
    const mark = alwaysThere(model, field) ? '' : '?';
    const name = /^\w+$/.test(field.name) ? field.name : `'${field.name}'`;
    body += `${comment('  ', field.doc)}  readonly ${name}${mark}: ${type};\n`;
  }
  return `${comment('', model.doc)}export interface ${model.name} {\n${body}}\n`;
}

function typesFile(models: readonly Model[]): string {
  const header = `/**
 * Kubernetes' API types (v1.35) as TypeScript interfaces. Generated by src/dev/schema.ts: do not
 * edit. Documentation: Copyright The Kubernetes Authors, Apache License 2.0.
 */

import type { Json } from '../../apimachinery/json.ts';

/** A resource quantity in its text form, e.g. \`500m\` or \`1Gi\`. */
export type Quantity = string;

/** A number, or a string such as \`25%\` or a port's name. */
export type IntOrString = number | string;
`;
  return [header, ...models.map(interfaceOf)].join('\n');
}

/** One JSON object with one member per line, minified inside. */
function jsonFile<T>(entries: readonly (readonly [string, T])[]): string {
  const lines = entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}

/**
 * The documentation of a type and its fields. The models carry none on fields that refer to another
 * type: those get the text of `REFERENCE_DOCS`, or else the type's own.
 */
function descriptionsOf(model: Model, typeDocs: ReadonlyMap<string, string>): Record<string, string> {
  const texts: Record<string, string> = { '': model.doc };
  for (const field of model.fields) {
    const { ref } = schemaField(model, field);
    const written = field.doc || referenceDoc(model.name, field.name, isKind(model));
    texts[field.name] = written ?? (ref === undefined ? '' : (typeDocs.get(ref) ?? ''));
  }
  return texts;
}

/** Fails if a table names a type or field the models do not have: a misspelt rule does nothing. */
function checkTables(models: readonly Model[]): void {
  const fields = new Set(models.flatMap((m) => m.fields.map((f) => `${m.name}.${f.name}`)));
  const types = new Set(models.map((m) => m.name));
  const named = [
    ...Object.keys(MERGE_RULES),
    ...QUANTITY_FIELDS,
    ...WRITTEN_WHEN_ZERO,
    ...Object.keys(REFERENCE_DOCS),
  ];
  const unknown = [
    ...named.filter((place) => !fields.has(place)),
    ...[...ATOMIC_TYPES, ...SPEC_ALWAYS].filter((name) => !types.has(name)),
  ];
  if (unknown.length > 0) throw new Error(`no such type or field: ${unknown.join(', ')}`);
}

/** Every generated file by its path in the repository. Same input, same text. */
export function generate(): ReadonlyMap<string, string> {
  const models = readModels();
  checkTables(models);
  const typeDocs = new Map(models.map((m) => [m.name, m.doc]));
  return new Map([
    ['src/api/generated/types.ts', typesFile(models)],
    ['assets/schema.json', jsonFile(models.map((m) => [m.name, schemaType(m)] as const))],
    ['assets/descriptions.json', jsonFile(models.map((m) => [m.name, descriptionsOf(m, typeDocs)] as const))],
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of generate()) writeFileSync(join(root, path), text);
}
