import { instant } from './instant.ts';

export const yes = instant('true', () => 0);
