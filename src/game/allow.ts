import { firstPositional, flagSet } from '../kubectl/flags.ts';
import { GLOBAL_FLAGS } from '../kubectl/flagsets.ts';
import { findVerb, verbs } from '../kubectl/kubectl.ts';
import type { Level } from './level.ts';
import { commandsOf } from './words.ts';

/** Looking things up is never refused. */
const ALWAYS: ReadonlySet<string> = new Set(
  'cat cd clear echo grep head help k kubectl ls pwd tail wc why'.split(' '),
);
const ALWAYS_VERBS: ReadonlySet<string> = new Set(['help', 'explain', 'options', 'version', 'api-resources']);

const globals = flagSet(GLOBAL_FLAGS);

/** A command of a line that the level does not have, and what it has instead; undefined when all is well. */
export function refusedCommand(
  allow: Level['allow'],
  line: string,
): { readonly command: string; readonly allowed: string } | undefined {
  for (const [name = '', ...rest] of commandsOf(line)) {
    if (name === 'kubectl' || name === 'k') {
      const verb = verbOf(rest);
      if (allow.kubectl === undefined || verb === undefined || ALWAYS_VERBS.has(verb)) continue;
      if (!allow.kubectl.includes(verb))
        return {
          command: `kubectl ${verb}`,
          allowed: allow.kubectl.map((v) => `kubectl ${v}`).join(', ') || '-',
        };
    } else if (allow.commands !== undefined && !ALWAYS.has(name) && !allow.commands.includes(name)) {
      return { command: name, allowed: ['kubectl', ...allow.commands].join(', ') };
    }
  }
  return undefined;
}

/** The verb by its full name: aliases are the same verb. */
function verbOf(argv: readonly string[]): string | undefined {
  const at = firstPositional(globals, argv);
  const name = at < 0 ? undefined : argv[at];
  return name === undefined ? undefined : (findVerb(verbs, name)?.name ?? name);
}
