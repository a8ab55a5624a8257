import { describe, expect, it } from 'vitest';
import { parseCIDR, parseIP } from '../../src/apimachinery/ip.ts';
import * as validation from '../../src/apimachinery/validation.ts';

const long = (n: number): string => 'a'.repeat(n);

describe('formats accept', () => {
  const good: readonly [string, (s: string) => readonly string[], readonly string[]][] = [
    ['subdomains', validation.isDNS1123Subdomain, ['a', 'a.b-c.d', '1.2', long(253)]],
    ['labels', validation.isDNS1123Label, ['a', '1a', 'a-b', long(63)]],
    ['1035 labels', validation.isDNS1035Label, ['a', 'a-1', long(63)]],
    ['qualified names', validation.isQualifiedName, ['a', 'A_b.c-d', 'example.com/a', long(63)]],
    ['label values', validation.isValidLabelValue, ['', 'a', 'A_b.c-d', long(63)]],
    ['port names', validation.isValidPortName, ['http', '9p', 'a-b']],
    ['config keys', validation.isConfigMapKey, ['a.b', '.x', '_', '-']],
    ['variable names', validation.isEnvVarName, ['A', '1', 'a b', 'x.y']],
    ['percentages', validation.isValidPercent, ['0%', '100%', '250%']],
    ['wildcards', validation.isWildcardDNS1123Subdomain, ['*.a', '*.a.b']],
    ['addresses', validation.isValidIP, ['10.0.0.1', '010.0.0.1', '::1', '2001:db8::ffff', '::ffff:1.2.3.4']],
    ['ranges', validation.isValidCIDR, ['10.0.0.0/8', '2001:db8::/64', '0.0.0.0/0']],
    ['headers', validation.isHTTPHeaderName, ['X-A', 'a1']],
  ];
  it.each(good)('%s', (_, check, values) => {
    for (const v of values) expect(check(v), v).toEqual([]);
  });
});

describe('formats refuse', () => {
  const bad: readonly [string, (s: string) => readonly string[], string, readonly string[]][] = [
    [
      'an upper case subdomain',
      validation.isDNS1123Subdomain,
      'A',
      [
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
    ],
    ['a long subdomain', validation.isDNS1123Subdomain, long(254), ['must be no more than 253 characters']],
    [
      'a label with an edge hyphen',
      validation.isDNS1123Label,
      '-a',
      [
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
      ],
    ],
    ['a label with dots', validation.isDNS1123Label, 'a.b', ['must not contain dots']],
    [
      'a Service name that starts with a digit',
      validation.isDNS1035Label,
      '1a',
      [
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
      ],
    ],
    [
      'an empty key',
      validation.isQualifiedName,
      '',
      [
        'name part must be non-empty',
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      ],
    ],
    ['an empty prefix', validation.isQualifiedName, '/a', ['prefix part must be non-empty']],
    ['a long key', validation.isQualifiedName, long(64), ['name part must be no more than 63 characters']],
    [
      'a port name without letters',
      validation.isValidPortName,
      '80',
      ['must contain at least one letter (a-z)'],
    ],
    ['a long port name', validation.isValidPortName, long(16), ['must be no more than 15 characters']],
    ['double hyphens', validation.isValidPortName, 'a--b', ['must not contain consecutive hyphens']],
    ['the directory above', validation.isConfigMapKey, '..', ["must not be '..'"]],
    ['a path upwards', validation.isConfigMapKey, '..a', ["must not start with '..'"]],
    [
      'a variable with =',
      validation.isEnvVarName,
      'a=b',
      ["a valid environment variable name must consist only of printable ASCII characters other than '='"],
    ],
    ['no variable name', validation.isEnvVarName, '', ['environment variable name must be non-empty']],
    [
      'an address with 256',
      validation.isValidIP,
      '256.1.1.1',
      ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
    ],
    [
      'a range without its length',
      validation.isValidCIDR,
      '10.0.0.0',
      ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'],
    ],
    [
      'a percentage with a fraction',
      validation.isValidPercent,
      '1.5%',
      [
        "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
      ],
    ],
  ];
  it.each(bad)('%s', (_, check, value, messages) => expect(check(value)).toEqual(messages));

  it('port numbers outside 1 to 65535', () => {
    expect(validation.isValidPortNum(0)).toEqual(['must be between 1 and 65535, inclusive']);
    expect(validation.isValidPortNum(65535)).toEqual([]);
  });

  it('hostile names in linear time', () => {
    expect(validation.isDNS1123Subdomain(`${'a-'.repeat(100_000)}!`).length).toBe(2);
    expect(validation.isQualifiedName(`${'a.'.repeat(100_000)}!`).length).toBe(2);
  });
});

describe('addresses', () => {
  it.each([
    '1.2.3',
    '1.2.3.4.5',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    'g::',
    '',
    ':1',
    '1:',
  ])('%j is none', (text) => expect(parseIP(text)).toBeUndefined());

  it('are numbers', () => {
    expect(parseIP('1.2.3.4')).toEqual({ family: 'IPv4', bits: 0x01020304n });
    expect(parseIP('::1')).toEqual({ family: 'IPv6', bits: 1n });
    expect(parseCIDR('10.0.0.0/33')).toBeUndefined();
    expect(parseCIDR('10.0.0.0/8')?.prefix).toBe(8);
  });
});
