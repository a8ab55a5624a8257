import { filter } from './instant.ts';

export const cat = filter('cat', (text) => text);
