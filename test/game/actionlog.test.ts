import { describe, expect, it } from 'vitest';
import { deployment } from '../../src/api/kinds/deployment.ts';
import { faults } from '../../src/cluster/faults/registry.ts';
import type { Level } from '../../src/game/level.ts';
import { sandboxLevel } from '../../src/game/sandbox.ts';
import { Session } from '../../src/game/session.ts';
import type { PlayerAction } from '../../src/game/types.ts';
import { Shell } from '../../src/shell/shell.ts';
import { exampleLevel, WEB_YAML } from './examplelevel.ts';

function start(level: Level = exampleLevel()): Session {
  const newCommandLine = (options: ConstructorParameters<typeof Shell>[0]): Shell => new Shell(options);
  const started = Session.start({ level, seed: 1, language: 'en', newCommandLine });
  if (!started.ok) throw new Error(started.problem);
  return started.session;
}

const sandbox = (): Session => start(sandboxLevel({ nodes: 2 }));

/** Types a command at the prompt as the screen does: line by line. */
function type(session: Session, command: string): void {
  const [first = '', ...others] = command.split('\n');
  session.act({ type: 'command', line: first });
  for (const line of others) session.act({ type: 'input', line });
}

/** Everything that must not depend on whether a thing was done by keys or typed. */
function standing(session: Session): unknown {
  const { state, score, goals, marks, hints } = session;
  const files = [...session.files];
  return {
    hash: session.cluster.stateHash(),
    state,
    score,
    goals,
    hints,
    files,
    marks,
    prompt: session.prompt,
  };
}

const typed = (line: string): PlayerAction => ({ type: 'command', line });
const CREATE = typed('kubectl create deployment web --image=nginx:1.28 --replicas=2');

interface Case {
  readonly level?: Level;
  /** What happens in both runs before. */
  readonly before?: readonly PlayerAction[];
  /** What is done by keys, once `before` has had 20 s. */
  readonly actions: readonly PlayerAction[];
  /** The commands that the log shows for it. */
  readonly lines: readonly string[];
}

const CASES: Readonly<Record<string, Case>> = {
  'a command': {
    actions: [CREATE],
    lines: ['kubectl create deployment web --image=nginx:1.28 --replicas=2'],
  },
  'a file saved and applied in the editor': {
    actions: [{ type: 'file', path: 'web.yaml', text: WEB_YAML }, typed('kubectl apply -f web.yaml')],
    lines: [`cat > web.yaml <<'EOF'\n${WEB_YAML}EOF`, 'kubectl apply -f web.yaml'],
  },
  'a file saved while the shell stands elsewhere': {
    before: [{ type: 'file', path: 'app/web.yaml', text: WEB_YAML }, typed('cd app')],
    actions: [{ type: 'file', path: 'web.yaml', text: WEB_YAML }, typed('kubectl apply -f /web.yaml')],
    lines: [`cat > /web.yaml <<'EOF'\n${WEB_YAML}EOF`, 'kubectl apply -f /web.yaml'],
  },
  'a file without a last line end, with all that is special to a shell': {
    actions: [{ type: 'file', path: 'odd.txt', text: `a\\n "$HOME" 'b' %s \`ls\`\t\r\n\u00071\u2028EOF` }],
    lines: [`printf 'a\\\\n "$HOME" '\\''b'\\'' %%s \`ls\`\\t\\r\\n\\x071\\u2028EOF' > odd.txt`],
  },
  'a file that holds the end of a here-document': {
    actions: [{ type: 'file', path: 'doc.sh', text: "cat <<'EOF'\n한국어 $x\nEOF\n" }],
    lines: ["cat > doc.sh <<'EOF_'\ncat <<'EOF'\n한국어 $x\nEOF\nEOF_"],
  },
  'an empty file': {
    actions: [{ type: 'file', path: 'new.yaml', text: '' }],
    lines: ["printf '' > new.yaml"],
  },
  'a file that is removed': {
    before: [{ type: 'file', path: 'web.yaml', text: WEB_YAML }],
    actions: [{ type: 'file', path: 'web.yaml' }],
    lines: ['rm web.yaml'],
  },
  'a hint': { actions: [{ type: 'hint' }], lines: ['hint'] },
  'a wrong answer': {
    before: [CREATE],
    actions: [{ type: 'answer', goal: 'which-image', text: " it's *redis* " }],
    lines: ["answer which-image ' it'\\''s *redis* '"],
  },
  'a right answer': {
    before: [CREATE],
    actions: [{ type: 'answer', goal: 'which-image', text: 'nginx:1.28' }],
    lines: ['answer which-image nginx:1.28'],
  },
  'a new ship of a chosen size': {
    level: sandboxLevel({ nodes: 2 }),
    actions: [{ type: 'fault', fault: { kind: 'NodeAdd', node: 'node-3', cpu: '16', memory: '32Gi' } }],
    lines: ['fault NodeAdd node=node-3 cpu=16 memory=32Gi'],
  },
  'a text written in vi': {
    before: [typed('vi notes.txt')],
    actions: [{ type: 'edited', text: 'ahoy\n' }],
    lines: ["cat > notes.txt <<'EOF'\nahoy\nEOF"],
  },
};

describe('the list of what was done', () => {
  it.each(Object.entries(CASES))('shows a command that does the same as %s', (name, given) => {
    const { level = exampleLevel(), before = [], actions, lines } = given;
    const run = (): Session => {
      const session = start(level);
      // The command itself takes the place of the program that opened the editor.
      for (const action of before) session.act(action);
      session.advance(20_000);
      return session;
    };
    const session = run();
    const known = session.actions.length;
    for (const action of actions) session.act(action);
    const shown = session.actions.slice(known).map(({ line }) => line);
    expect(shown).toEqual(lines);
    const again = name.includes('vi') ? start(level) : run();
    again.advance(session.elapsed - again.elapsed);
    for (const line of lines) type(again, line);
    for (const each of [session, again]) each.advance(10_000);
    expect(standing(again)).toEqual(standing(session));
  });

  it('shows a command that does the same as each fault of the list', () => {
    for (const { kind, targets } of faults) {
      const [session, again] = [sandbox(), sandbox()];
      const [target] = targets(session.cluster);
      if (target === undefined) continue;
      session.act({ type: 'fault', fault: { kind, ...target } });
      const line = session.actions[0]?.line ?? '';
      expect(line, kind).toMatch(new RegExp(`^fault ${kind}`));
      type(again, line);
      for (const each of [session, again]) each.advance(15_000);
      expect(standing(again), line).toEqual(standing(session));
    }
  });

  it('shows what kubectl edit sent as the patch that it was', () => {
    const opened = (edit: boolean): Session => {
      const session = sandbox();
      session.act(CREATE);
      session.advance(20_000);
      if (edit) session.act(typed('kubectl edit deployment web'));
      session.advance(5_000);
      return session;
    };
    const session = opened(true);
    const { prompt } = session;
    const text = prompt.kind === 'editor' ? prompt.text : '';
    // A text that is refused opens the editor again; the patch is against the object as it was.
    session.act({ type: 'edited', text: text.replace('replicas: 2', 'replicas: -1') });
    expect(session.prompt.kind).toBe('editor');
    session.act({ type: 'edited', text: text.replace('replicas: 2', 'replicas: 3') });
    const [, , refused, edited] = session.actions;
    expect([refused?.kind, edited?.kind, edited?.subject]).toEqual([
      'edited',
      'edited',
      'deployment-web.yaml',
    ]);
    expect(edited?.line).toBe(
      `kubectl patch deployment.apps web -n default --field-manager=kubectl-edit -p '{"spec":{"replicas":3}}'`,
    );
    const again = sandbox();
    again.act(CREATE);
    again.advance(25_000);
    type(again, edited?.line ?? '');
    for (const each of [session, again]) each.advance(10_000);
    expect(again.cluster.objects(deployment, 'default')).toEqual(
      session.cluster.objects(deployment, 'default'),
    );
  });

  it('keeps the lines of one command together, and those for a program apart', () => {
    const session = sandbox();
    type(session, "cat > a.txt <<'EOF'\none\nEOF");
    type(session, 'ssh node-1\nhostname\nexit');
    expect(session.actions.map(({ kind, line }) => [kind, line])).toEqual([
      ['typed', "cat > a.txt <<'EOF'\none\nEOF"],
      ['typed', 'ssh node-1'],
      ['line', 'hostname'],
      ['line', 'exit'],
    ]);
  });

  it('has keys that are no command without one, and nothing of what changed nothing', () => {
    const session = sandbox();
    session.act({ type: 'file', path: 'a.txt', text: 'a\n' });
    session.act({ type: 'file', path: 'a.txt', text: 'a\n' });
    session.act(typed('sleep 100'));
    session.act({ type: 'interrupt' });
    session.act(typed('cat > b.txt'));
    session.act({ type: 'input' });
    session.act(typed('vi a.txt'));
    session.act({ type: 'edited' });
    expect(session.actions.map(({ kind, line }) => [kind, line])).toEqual([
      ['saved', "cat > a.txt <<'EOF'\na\nEOF"],
      ['typed', 'sleep 100'],
      ['interrupt', undefined],
      ['typed', 'cat > b.txt'],
      ['endOfInput', undefined],
      ['typed', 'vi a.txt'],
      ['leftEditor', undefined],
    ]);
  });
});

describe("the game's own commands", () => {
  const said = (session: Session, line: string): string => {
    type(session, line);
    return session.transcript.at(-1)?.text ?? '';
  };

  it('say what they are for in the list of commands, in the office only', () => {
    const session = sandbox();
    expect(said(session, 'help')).toBeDefined();
    const help = session.transcript.map(({ text }) => text).join('');
    for (const name of ['hint', 'answer', 'fault']) expect(help).toMatch(new RegExp(`^${name} `, 'm'));
    type(session, 'ssh node-1');
    session.act({ type: 'input', line: 'hint' });
    expect(session.transcript.at(-1)?.text).toContain('type exit to go back');
  });

  it('refuse what the keys refuse, and say how they are used', () => {
    const level = start();
    expect(said(level, 'fault NodeDown node=n1')).toContain(
      'Faults can be thrown by hand in the sandbox only.',
    );
    expect(said(level, 'answer pods x')).toBe(
      'That goal is no question.\nanswer QUESTION WORD...: which-image\n',
    );
    expect(said(level, 'answer which-image')).toContain('An answer needs a word or two.');
    for (let i = 0; i < 3; i++) type(level, 'hint');
    expect(said(level, 'hint')).toBe('There are no more hints.\n');
    const session = sandbox();
    expect(said(session, 'fault NodeDown node-1')).toContain('"node-1" is no field');
    expect(said(session, 'fault NodeDrown')).toContain('unknown fault kind "NodeDrown"');
    expect(said(session, 'fault NodeDown __proto__=1')).toContain('has no field "__proto__"');
    expect(session.score.helm).toBe(0);
  });

  it('complete what can be meant', () => {
    expect(start().complete('answer ').candidates).toEqual(['which-image']);
    const session = sandbox();
    expect(session.complete('fault NodeD').candidates).toEqual(['NodeDown']);
    expect(session.complete('fault NodeDown ').candidates).toEqual([
      'node=control-plane',
      'node=node-1',
      'node=node-2',
    ]);
  });

  it('print the hint that they open', () => {
    expect(said(start(), 'hint')).toBe('Look at the briefing.\n');
  });
});
