import { filter, joinLines, linesOf } from './instant.ts';

export const tac = filter('tac', (text) => joinLines(linesOf(text).reverse()));
