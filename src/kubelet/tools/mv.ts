import { copyTool } from './copying.ts';

export const mv = copyTool('mv', true);
