import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generate } from '../../src/dev/schema.ts';

describe('the generator of the API types', () => {
  const files = generate();

  it.each([...files.keys()])('makes exactly the %s that is in the repository', (path) => {
    const committed = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
    expect(committed === files.get(path), 'out of date: run node src/dev/schema.ts').toBe(true);
  });

  const types = files.get('src/api/generated/types.ts') ?? '';

  it.each([
    ['the spec of a Pod is always there', 'readonly spec: PodSpec;'],
    ['a list is readonly', 'readonly containers: readonly Container[];'],
    ['a map is readonly', 'readonly matchLabels?: Readonly<Record<string, string>>;'],
    ['a time is a string', 'readonly creationTimestamp?: string;'],
    ['a quantity is named', 'readonly limits?: Readonly<Record<string, Quantity>>;'],
    ['a port may be named', 'readonly targetPort?: IntOrString;'],
    ['free-form data is JSON', 'readonly fieldsV1?: Json;'],
  ])('writes types in which %s', (_, line) => {
    expect(types).toContain(line);
  });

  it('keeps comments to one line of 110 characters', () => {
    const comments = [...types.matchAll(/\/\*\* (.*) \*\//g)].map((m) => m[1] ?? '');
    expect(comments.length).toBeGreaterThan(1000);
    expect(comments.filter((text) => text.length > 110)).toEqual([]);
  });
});

describe('the documentation of the API types', () => {
  const docs: Record<string, Record<string, string>> = JSON.parse(
    generate().get('assets/descriptions.json') ?? '{}',
  );
  const schema: Record<string, { fields: object }> = JSON.parse(generate().get('assets/schema.json') ?? '{}');

  it('describes every type', () => {
    const silent = Object.keys(schema).filter((name) => !docs[name]?.['']);
    expect(silent).toEqual([]);
  });

  it('describes every field', () => {
    const places = Object.entries(schema).flatMap(([name, type]) =>
      Object.keys(type.fields).map((field) => [name, field] as const),
    );
    // Upstream's own reference says nothing about the parts of a JSON schema.
    const silent = new Set(['ExternalDocumentation', 'JSONSchemaProps']);
    expect(places.filter(([name, field]) => !silent.has(name) && !docs[name]?.[field])).toEqual([]);
  });

  it('has no escapes of the source it came from', () => {
    const texts = Object.values(docs).flatMap((fields) => Object.values(fields));
    // The example in one text has backslashes of its own.
    const own = texts.map((text) => text.replace(/Example audit annotation: `[^`]*`/, ''));
    expect(own.filter((text) => /\\['"]|\*_\//.test(text))).toEqual([]);
  });
});
