import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { utf8Encode } from '../../src/apimachinery/base64.ts';
import { sha256 } from '../../src/apimachinery/sha256.ts';

describe('sha256', () => {
  it.each(['', 'abc', 'x'.repeat(55), 'x'.repeat(56), 'y'.repeat(64), 'ü漢'.repeat(500)])(
    'hashes %j as everybody does',
    (text) => {
      expect(sha256(utf8Encode(text))).toBe(createHash('sha256').update(text).digest('hex'));
    },
  );
});
