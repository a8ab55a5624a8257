import { describe, expect, it } from 'vitest';
import type { ConfigMap } from '../../../src/api/generated/types.ts';
import { configMap } from '../../../src/api/kinds/configmap.ts';
import { formatFieldError } from '../../../src/apimachinery/fielderror.ts';
import { deepFreeze } from '../../../src/apimachinery/freeze.ts';

function make(rest: Partial<ConfigMap>): ConfigMap {
  return deepFreeze({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, ...rest });
}

const MIB = 1024 * 1024;

describe('a ConfigMap', () => {
  it.each<[string, Partial<ConfigMap>, readonly string[]]>([
    ['may be empty', {}, []],
    ['may have dots and dashes in keys', { data: { 'nginx.conf': '', 'a-b_C': '' } }, []],
    ['may hold 1 MiB', { data: { a: 'x'.repeat(MIB) } }, []],
    [
      'may not hold more',
      { data: { a: 'x'.repeat(MIB), b: 'y' } },
      ['[]: Too long: may not be more than 1048576 bytes'],
    ],
    [
      'counts bytes, not characters',
      { data: { a: '가'.repeat(MIB / 3 + 1) } },
      ['[]: Too long: may not be more than 1048576 bytes'],
    ],
    ['counts the bytes that base64 stands for', { binaryData: { a: 'AAAA'.repeat(MIB / 3) } }, []],
    [
      'may not have a key in both bags',
      { data: { a: '1' }, binaryData: { a: 'MQ==' } },
      ['data[a]: Invalid value: "a": duplicate of key present in binaryData'],
    ],
    [
      'may not have a key that leads upwards',
      { data: { '..': '' } },
      [`data[..]: Invalid value: "..": must not be '..'`],
    ],
  ])('%s', (_name, rest, want) => {
    expect(configMap.validate(make(rest)).map(formatFieldError)).toEqual(want);
  });

  it('may not have a slash in a key', () => {
    expect(
      configMap
        .validate(make({ data: { 'a/b': '' } }))
        .map(formatFieldError)
        .join(),
    ).toMatch(
      /^data\[a\/b\]: Invalid value: "a\/b": a valid config key must consist of alphanumeric characters, '-', '_' or '\.'/,
    );
  });
});

describe('an immutable ConfigMap', () => {
  const old = make({ immutable: true, data: { a: '1' } });

  it.each<[string, Partial<ConfigMap>, readonly string[]]>([
    ['may stay', { immutable: true, data: { a: '1' } }, []],
    [
      'may not change its data',
      { immutable: true, data: { a: '2' } },
      ['data: Forbidden: field is immutable when `immutable` is set'],
    ],
    [
      'may not get binary data',
      { immutable: true, data: { a: '1' }, binaryData: { b: '' } },
      ['binaryData: Forbidden: field is immutable when `immutable` is set'],
    ],
    [
      'may not become mutable',
      { data: { a: '1' } },
      ['immutable: Forbidden: field is immutable when `immutable` is set'],
    ],
  ])('%s', (_name, rest, want) => {
    expect(configMap.validateUpdate?.(make(rest), old).map(formatFieldError)).toEqual(want);
  });
});

it('kubectl get configmaps counts the keys of both bags', () => {
  const object = make({ data: { a: '', b: '' }, binaryData: { c: '' } });
  expect(configMap.columns[1]?.cell(object, 0)).toBe(3);
});
