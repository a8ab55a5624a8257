import { copyTool } from './copying.ts';

export const cp = copyTool('cp', false);
