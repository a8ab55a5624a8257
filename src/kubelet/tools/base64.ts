import { base64DecodeText, base64EncodeText } from '../../apimachinery/base64.ts';
import { filter, hasFlag, joinLines, valueOfFlag } from './instant.ts';

const LINE = 76;

/** Encodes, or with `-d` decodes; lines of 76 characters, or of as many as `-w` says. */
export const base64 = filter(
  'base64',
  (text, options, ctx) => {
    if (hasFlag(options, 'd') || options.includes('--decode')) {
      const plain = base64DecodeText(text.trim());
      if (plain !== undefined) return plain;
      ctx.stdio.err('base64: invalid input\n');
      return { text: '', code: 1 };
    }
    const long = options.find((option) => option.startsWith('--wrap='))?.slice('--wrap='.length);
    const width = Number(valueOfFlag(options, 'w') ?? long ?? LINE);
    const encoded = base64EncodeText(text);
    if (width === 0) return encoded;
    return joinLines(encoded.match(new RegExp(`.{1,${Math.min(width || LINE, 10_000)}}`, 'g')) ?? []);
  },
  'w',
);
