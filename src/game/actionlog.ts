import type { PlayerAction, TimedAction } from './types.ts';

/** One thing the player did, as a line that could be typed. */
export interface ActionLine {
  /** ms since the level began. */
  readonly at: number;
  /** The command; for what is no command, a comment (`# ...`). */
  readonly line: string;
}

const MAX_LINE = 2_000;

/**
 * What the player did, however it was done: each menu, key and panel of the screen acts by a command line, and
 * this is the list of them, oldest first. Lines typed into a program stand as `> ...`.
 */
export function actionLines(log: readonly TimedAction[]): readonly ActionLine[] {
  const lines: ActionLine[] = [];
  for (const { at, action } of log) {
    const line = lineOf(action);
    if (line !== undefined) lines.push({ at, line: line.slice(0, MAX_LINE) });
  }
  return lines;
}

function lineOf(action: PlayerAction): string | undefined {
  switch (action.type) {
    case 'command':
      return action.line;
    case 'input':
      return action.line === undefined ? '# Ctrl+D' : `> ${action.line}`;
    case 'interrupt':
      return '# Ctrl+C';
    case 'edited':
      return action.text === undefined ? '# left the editor without saving' : '# saved in the editor';
    case 'file':
      return action.text === undefined ? `rm ${action.path}` : `# saved ${action.path}`;
    case 'fault':
      return `# fault ${JSON.stringify(action.fault)}`;
    case 'hint':
    case 'answer':
      return undefined;
  }
}
