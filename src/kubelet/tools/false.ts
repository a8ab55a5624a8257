import { instant } from './instant.ts';

export const no = instant('false', () => 1);
