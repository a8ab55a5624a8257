import { describe, expect, it } from 'vitest';
import * as field from '../../src/apimachinery/fielderror.ts';

const image = field.child(field.index(field.child('spec', 'containers'), 0), 'image');

describe('field paths', () => {
  it('joins names, places and keys as upstream prints them', () => {
    expect(image).toBe('spec.containers[0].image');
    expect(field.key(field.child('metadata', 'labels'), 'foo')).toBe('metadata.labels[foo]');
    expect(field.child('', 'metadata')).toBe('metadata');
  });
});

describe('the text of a field error', () => {
  const cases: readonly [string, field.FieldError, string][] = [
    ['requires without a value', field.required(image), 'spec.containers[0].image: Required value'],
    [
      'requires with advice',
      field.required('metadata.name', 'name or generateName is required'),
      'metadata.name: Required value: name or generateName is required',
    ],
    [
      'shows an object as JSON',
      field.invalid('spec.selector', { matchLabels: { app: 'api' } }, 'field is immutable'),
      'spec.selector: Invalid value: {"matchLabels":{"app":"api"}}: field is immutable',
    ],
    [
      'shows a number bare',
      field.invalid('spec.ports[0].nodePort', 30080, 'provided port is already allocated'),
      'spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated',
    ],
    ['shows a boolean bare', field.typeInvalid('a', true, 'no'), 'a: Invalid value: true: no'],
    ['quotes a text as Go does', field.duplicate('a', 'x"\n\u0001é'), 'a: Duplicate value: "x\\"\\n\\x01é"'],
    ['shows null', field.invalid('a', null, 'x'), 'a: Invalid value: null: x'],
    ['escapes HTML in JSON', field.invalid('a', ['<&>'], ''), 'a: Invalid value: ["\\u003c\\u0026\\u003e"]'],
    [
      'lists what is supported',
      field.notSupported('spec.type', 'Foo', ['A', 'B']),
      'spec.type: Unsupported value: "Foo": supported values: "A", "B"',
    ],
    ['forbids without a value', field.forbidden('spec', 'no'), 'spec: Forbidden: no'],
    ['counts bytes', field.tooLong('a', 262144), 'a: Too long: may not be more than 262144 bytes'],
    ['counts one byte', field.tooLong('a', 1), 'a: Too long: may not be more than 1 byte'],
    ['counts items', field.tooMany('a', 5, 4), 'a: Too many: 5: must have at most 4 items'],
    ['counts one item', field.tooMany('a', 2, 1), 'a: Too many: 2: must have at most 1 item'],
    ['names what is not found', field.notFound('a', 'x'), 'a: Not found: "x"'],
    ['reports its own trouble', field.internal('a', 'boom'), 'a: Internal error: boom'],
  ];
  it.each(cases)('%s', (_, error, text) => expect(field.formatFieldError(error)).toBe(text));

  it('is bare for one, bracketed for several, and says nothing twice', () => {
    const [a, b] = [field.required('a'), field.required('b')];
    expect(field.formatFieldErrors([])).toBe('');
    expect(field.formatFieldErrors([a, a])).toBe('a: Required value');
    expect(field.formatFieldErrors([a, b])).toBe('[a: Required value, b: Required value]');
  });
});
