import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { kinds } from '../../src/api/kinds/registry.ts';
import type { KubeObject } from '../../src/api/object.ts';
import type { ApiResponse } from '../../src/api/request.ts';
import { Harness } from './harness.ts';

/**
 * What the API server says of objects that are not as they must be: the situations of upstream's
 * validation tests, each file naming its own. An object is edited (`path/to/field=YAML`, `~` takes the
 * field out) before it is created, or after that and then updated; `says` is the message behind
 * `Kind "name" is invalid: `. Texts that are long and many are written as `{label}`.
 */
interface Case {
  readonly created: readonly string[];
  readonly updated?: readonly string[];
  readonly says: string;
}

interface Table {
  readonly object: KubeObject;
  readonly cases: readonly Case[];
}

const TEXTS: Readonly<Record<string, string>> = {
  subdomain:
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
  label:
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
  name: "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
  value:
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
  key: "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
  wildcard:
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
  ip: 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
  cidr: 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
  percent:
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
};

const DIRECTORY = join(import.meta.dirname, 'refusals');

type Fields = Record<string | number, unknown>;

function edited(object: object, edits: readonly string[]): KubeObject {
  const copy = structuredClone(object) as Fields;
  for (const edit of edits) {
    const equals = edit.indexOf('=');
    const steps = edit.slice(0, equals).split('/');
    const last = steps.pop() ?? '';
    let at = copy;
    for (const step of steps) {
      at[step] ??= {};
      at = at[step] as Fields;
    }
    const text = edit.slice(equals + 1);
    if (text === '~') delete at[last];
    else at[last] = parse(text) as unknown;
  }
  return copy as unknown as KubeObject;
}

function messageOf(response: ApiResponse): string {
  if (response.ok) return 'nothing';
  return (response.status.message ?? '').replace(/^\S+ "[^"]*" is invalid: /, '');
}

function outcome(object: KubeObject, { created, updated }: Case): string {
  const h = new Harness();
  const first = edited(object, created);
  const kind = kinds.find(({ kind }) => kind === object.kind);
  const { name, namespace } = first.metadata;
  const at = {
    group: kind?.group ?? '',
    resource: kind?.plural ?? '',
    ...(namespace === undefined ? {} : { namespace }),
  };
  const made = h.send({ verb: 'create', ...at, body: first });
  if (updated === undefined || made.kind !== 'object') return messageOf(made);
  const body = edited(made.object, updated);
  return messageOf(h.send({ verb: 'update', ...at, name: name ?? '', body }));
}

for (const file of readdirSync(DIRECTORY)) {
  const { source, tables } = parse(readFileSync(join(DIRECTORY, file), 'utf8')) as {
    readonly source: string;
    readonly tables: readonly Table[];
  };
  describe(`refusals as in ${source}`, () => {
    for (const { object, cases } of tables)
      it.each(cases)(`${object.kind} $created $updated`, (entry) => {
        const says = entry.says.replaceAll(/\{(\w+)\}/g, (whole, name: string) => TEXTS[name] ?? whole);
        expect(outcome(object, entry)).toBe(says);
      });
  });
}
