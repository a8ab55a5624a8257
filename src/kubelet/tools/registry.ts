import type { Tool } from './tool.ts';

const TOOLS: readonly Tool[] = [];

const BY_NAME: ReadonlyMap<string, Tool> = new Map(TOOLS.map((tool) => [tool.name, tool]));

/** The tool of that name, if there is one. Whether a machine has it is the machine's business. */
export function findTool(name: string): Tool | undefined {
  return BY_NAME.get(name);
}
