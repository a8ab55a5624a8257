import { filter } from './instant.ts';
import type { Tool } from './tool.ts';

/** The terminal scrolls by itself: pagers print everything at once. */
export const more: Tool = filter('more', (text) => text);
export const less: Tool = filter('less', (text) => text);
