import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  base64ByteLength,
  base64Decode,
  base64DecodeText,
  base64Encode,
  base64EncodeText,
} from '../../src/apimachinery/base64.ts';

describe('base64', () => {
  it('of bytes is that of the runtime, and comes back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (array) => {
        const bytes = [...array];
        const text = base64Encode(bytes);
        expect(text).toBe(Buffer.from(array).toString('base64'));
        expect(base64Decode(text)).toEqual(bytes);
        expect(base64ByteLength(text)).toBe(bytes.length);
      }),
    );
  });

  it('of text is that of its UTF-8, and comes back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const encoded = base64EncodeText(text);
        expect(encoded).toBe(Buffer.from(text, 'utf8').toString('base64'));
        expect(base64DecodeText(encoded)).toBe(text);
      }),
    );
  });

  it.each([
    ['without padding', 'YQ'],
    ['with other characters', 'YQ-='],
    ['with padding in the middle', 'YQ==YQ=='],
  ])('is not accepted %s', (_name, text) => {
    expect(base64Decode(text)).toBeUndefined();
  });

  it('may be broken into lines', () => {
    expect(base64DecodeText('aGVs\nbG8=\n')).toBe('hello');
    expect(base64ByteLength('aGVs\nbG8=')).toBe(5);
  });

  it('of what is no UTF-8 decodes to replacement characters', () => {
    expect(base64DecodeText(base64Encode([0x61, 0xff, 0xc0, 0x80, 0x62]))).toBe('a\ufffd\ufffd\ufffdb');
  });
});
