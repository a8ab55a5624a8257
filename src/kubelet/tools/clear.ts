import { instant } from './instant.ts';

/** The terminal has a history to scroll in, which is not thrown away: there is nothing to do. */
export const clear = instant('clear', () => 0);
