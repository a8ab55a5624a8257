import { describe, expect, it } from 'vitest';
import type { Secret } from '../../../src/api/generated/types.ts';
import { secret } from '../../../src/api/kinds/secret.ts';
import { formatFieldError } from '../../../src/apimachinery/fielderror.ts';
import { deepFreeze } from '../../../src/apimachinery/freeze.ts';

function make(rest: Partial<Secret>): Secret {
  return deepFreeze({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys' }, ...rest });
}

describe('defaults of a Secret', () => {
  it('write stringData over data, in base64, and forget it', () => {
    const object = secret.applyDefaults(
      make({ data: { a: 'eA==', b: 'eQ==' }, stringData: { b: 'z', c: '항구' } }),
    );
    expect(object).toEqual(make({ type: 'Opaque', data: { a: 'eA==', b: 'eg==', c: '7ZWt6rWs' } }));
  });

  it('make a key named __proto__ a key like any other', () => {
    const stringData = JSON.parse('{"__proto__": "x"}') as Record<string, string>;
    const { data } = secret.applyDefaults(make({ stringData }));
    expect(Object.keys(data ?? {})).toEqual(['__proto__']);
  });

  it('change nothing when there is a type', () => {
    const object = make({ type: 'example.com/x', data: { a: 'eA==' } });
    expect(secret.applyDefaults(object)).toBe(object);
  });
});

const DOCKER = 'kubernetes.io/dockerconfigjson';
const REDACTED = 'data[.dockerconfigjson]: Invalid value: "<secret contents redacted>"';

describe('a Secret', () => {
  it.each<[string, Partial<Secret>, readonly string[]]>([
    ['of a type of one’s own may hold anything', { type: 'example.com/x', stringData: { a: 'b' } }, []],
    [
      'for TLS needs a certificate and a key',
      { type: 'kubernetes.io/tls' },
      ['data[tls.crt]: Required value', 'data[tls.key]: Required value'],
    ],
    [
      'for TLS may be empty, but there',
      { type: 'kubernetes.io/tls', stringData: { 'tls.crt': '', 'tls.key': '' } },
      [],
    ],
    [
      'for basic auth needs a user or a password',
      { type: 'kubernetes.io/basic-auth' },
      ['data[username]: Required value', 'data[password]: Required value'],
    ],
    [
      'for basic auth may have only a password',
      { type: 'kubernetes.io/basic-auth', stringData: { password: '' } },
      [],
    ],
    [
      'for ssh needs a key with content',
      { type: 'kubernetes.io/ssh-auth', stringData: { 'ssh-privatekey': '' } },
      ['data[ssh-privatekey]: Required value'],
    ],
    ['for a registry needs its file', { type: DOCKER }, ['data[.dockerconfigjson]: Required value']],
    [
      'for a registry may hold an object',
      { type: DOCKER, stringData: { '.dockerconfigjson': '{"auths":{}}' } },
      [],
    ],
    [
      'for a registry may not hold a list',
      { type: DOCKER, stringData: { '.dockerconfigjson': '[]' } },
      [`${REDACTED}: json: cannot unmarshal array into Go value of type map[string]interface {}`],
    ],
    [
      'for a registry may not hold text',
      { type: DOCKER, stringData: { '.dockerconfigjson': 'hello' } },
      [`${REDACTED}: invalid character 'h' looking for beginning of value`],
    ],
    [
      'for a registry may not be empty',
      { type: DOCKER, stringData: { '.dockerconfigjson': '' } },
      [`${REDACTED}: unexpected end of JSON input`],
    ],
    [
      'with a token needs the name of an account',
      { type: 'kubernetes.io/service-account-token' },
      ['metadata.annotations[kubernetes.io/service-account.name]: Required value'],
    ],
    [
      'may not hold more than 1 MiB',
      { stringData: { a: 'x'.repeat(1024 * 1024 + 1) } },
      ['data: Too long: may not be more than 1048576 bytes'],
    ],
  ])('%s', (_name, rest, want) => {
    expect(secret.validate(secret.applyDefaults(make(rest))).map(formatFieldError)).toEqual(want);
  });
});

describe('an update of a Secret', () => {
  it('may not change its type', () => {
    expect(
      secret.validateUpdate?.(make({ type: 'a' }), make({ type: 'Opaque' })).map(formatFieldError),
    ).toEqual(['type: Invalid value: "a": field is immutable']);
  });

  it('may not change an immutable one', () => {
    const old = make({ type: 'Opaque', immutable: true, data: { a: 'eA==' } });
    expect(secret.validateUpdate?.(make({ type: 'Opaque' }), old).map(formatFieldError)).toEqual([
      'immutable: Forbidden: field is immutable when `immutable` is set',
      'data: Forbidden: field is immutable when `immutable` is set',
    ]);
  });
});

it('kubectl get secrets shows type and number of keys', () => {
  const object = make({ type: 'Opaque', data: { a: '', b: '' } });
  expect(secret.columns.map((c) => c.name.toUpperCase())).toEqual(['NAME', 'TYPE', 'DATA', 'AGE']);
  expect(secret.columns.map((c) => c.cell(object, 0))).toEqual(['keys', 'Opaque', 2, '<unknown>']);
});
