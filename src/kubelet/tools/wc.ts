import { filter, hasFlag } from './instant.ts';

export const wc = filter('wc', (text, options) => {
  const lines = text.split('\n').length - 1;
  const words = text.split(/\s+/).filter((word) => word !== '').length;
  const wanted = [
    ...(hasFlag(options, 'l') ? [lines] : []),
    ...(hasFlag(options, 'w') ? [words] : []),
    ...(hasFlag(options, 'c') || hasFlag(options, 'm') ? [text.length] : []),
  ];
  return `${(wanted.length === 0 ? [lines, words, text.length] : wanted).join(' ')}\n`;
});
