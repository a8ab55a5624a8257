import { verbNamed } from '../kubectl/kubectl.ts';
import type { Level } from './level.ts';

/** Looking things up is never refused, nor are the game's own commands. */
const ALWAYS: ReadonlySet<string> = new Set(
  'answer cat cd clear echo fault grep head help hint kubectl ls pwd tail wc why'.split(' '),
);
const ALWAYS_VERBS: ReadonlySet<string> = new Set(['help', 'explain', 'options', 'version', 'api-resources']);

/** What a level does not have, and what it has instead. */
export interface NotAllowed {
  readonly command: string;
  readonly allowed: string;
}

/**
 * Why a level does not let a command run; undefined when it does. `name` is the command's own name, no
 * alias and no path; it is asked of each command at the moment it is to run, however it came to that.
 */
export function notAllowed(
  allow: Level['allow'],
  name: string,
  args: readonly string[],
): NotAllowed | undefined {
  if (name === 'kubectl') {
    const verb = verbNamed(args);
    if (allow.kubectl === undefined || verb === undefined || ALWAYS_VERBS.has(verb)) return undefined;
    if (allow.kubectl.includes(verb)) return undefined;
    return {
      command: `kubectl ${verb}`,
      allowed: allow.kubectl.map((v) => `kubectl ${v}`).join(', ') || '-',
    };
  }
  if (allow.commands === undefined || ALWAYS.has(name) || allow.commands.includes(name)) return undefined;
  return { command: name, allowed: ['kubectl', ...allow.commands].join(', ') };
}
