import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deployment } from '../../src/api/kinds/deployment.ts';
import type { Level } from '../../src/game/level.ts';
import { sandboxLevel } from '../../src/game/sandbox.ts';
import { Session, type SessionOptions } from '../../src/game/session.ts';
import type { Language, TimedAction } from '../../src/game/types.ts';
import { atOnce } from '../../src/sim/slices.ts';
import { newCommandLine } from './commandline.ts';
import { exampleLevel, WEB_YAML } from './examplelevel.ts';

function options(level: Level, seed = 1, language: Language = 'en'): SessionOptions {
  return { level, seed, language, newCommandLine };
}

function start(level: Level = exampleLevel(), seed = 1, language: Language = 'en'): Session {
  const started = Session.start(options(level, seed, language));
  if (!started.ok) throw new Error(started.problem);
  return started.session;
}

function replay(
  log: readonly TimedAction[],
  level: Level = exampleLevel(),
  language: Language = 'en',
): Session {
  const started = Session.replay(options(level, 1, language), log);
  if (!started.ok) throw new Error(started.problem);
  return started.session;
}

function undo(session: Session | undefined): Session | undefined {
  const undoing = session?.undoing();
  return undoing === undefined ? undefined : atOnce(undoing);
}

/** Everything of a session that must not depend on how it was played. */
function outcome(session: Session): unknown {
  const { state, score, history, log, elapsed } = session;
  return { hash: session.cluster.stateHash(), state, score, history, log, elapsed };
}

const SOLUTION: readonly TimedAction[] = [
  { at: 0, action: { type: 'file', path: 'web.yaml', text: WEB_YAML } },
  { at: 1500, action: { type: 'command', line: 'kubectl apply -f web.yaml' } },
  { at: 9000, action: { type: 'answer', goal: 'which-image', text: 'nginx:1.28' } },
];

describe('a session', () => {
  it('begins with the objects and files of the level', () => {
    const session = start();
    expect(session.elapsed).toBe(0);
    expect([...session.files.keys()]).toEqual(['readme.txt']);
    session.act({ type: 'command', line: 'kubectl get configmap settings' });
    expect(session.transcript.map(({ kind }) => kind)).toEqual(['command', 'stdout']);
    expect(session.prompt).toEqual({ kind: 'ready', prompt: '$ ' });
  });

  it('is won when all goals are matched for the hold time', () => {
    const session = start();
    expect(session.index).toBeLessThan(1);
    session.act({ type: 'file', path: 'web.yaml', text: WEB_YAML });
    session.act({ type: 'command', line: 'kubectl apply -f web.yaml' });
    session.act({ type: 'answer', goal: 'which-image', text: 'nginx:1.28' });
    session.advance(40_000);
    expect(session.state.kind).toBe('won');
    expect(session.goals.map(({ id, state }) => [id, state])).toEqual([
      ['web-ready', 'met'],
      ['pods', 'met'],
      ['not-too-many', 'holding'],
      ['which-image', 'met'],
      ['cheap', 'met'],
    ]);
    expect(session.score).toMatchObject({ helm: 1, stars: [true, true, true] });
    expect(session.debriefing()).toMatch(/^1 moves, [0-9.]+ s of drift; web is on n[12](, n2)?\.$/);
  });

  it('keeps its score when the player goes on after winning', () => {
    const session = replay(SOLUTION);
    session.advance(40_000);
    const { score } = session;
    session.act({ type: 'command', line: 'kubectl delete deployment web' });
    session.advance(20_000);
    expect(session.state.kind).toBe('won');
    expect(session.index).toBeLessThan(1);
    expect(session.score).toEqual(score);
  });

  it('is lost at the very write that breaks a never goal', () => {
    const session = start();
    session.act({ type: 'command', line: 'kubectl create deployment web --image=nginx:1.28 --replicas=4' });
    session.advance(10_000);
    expect(session.state).toMatchObject({ kind: 'lost', goal: 'not-too-many' });
    const goal = session.goals.find(({ id }) => id === 'not-too-many');
    expect(goal?.state).toBe('failed');
    expect(goal?.failure).toContain('matching Pods: wanted ≤ 3, got 4');
  });

  it('is lost at its limit', () => {
    const session = start();
    session.advance(200_000);
    expect(session.state).toEqual({ kind: 'lost', at: 180_000, goal: 'web-ready' });
  });

  it('lets the timeline happen and tells the player', () => {
    const session = start();
    session.advance(120_000);
    expect(session.marks).toContainEqual({ at: 120_000, kind: 'fault', text: 'NodeDown n2' });
    expect(session.transcript.map(({ text }) => text)).toContain('n2 is lost.');
  });

  it('opens hints one by one', () => {
    const session = start();
    for (let i = 0; i < 4; i++) session.act({ type: 'hint' });
    expect(session.hints).toEqual([
      'Look at the briefing.',
      'A Deployment has replicas.',
      'kubectl apply -f web.yaml',
    ]);
    expect(session.hintsLeft).toBe(0);
    expect(session.log).toHaveLength(3);
    expect(session.transcript.at(-1)?.text).toBe('There are no more hints.');
  });

  it('remembers wrong answers', () => {
    const session = start();
    session.act({ type: 'command', line: 'kubectl create deployment web --image=nginx:1.28 --replicas=3' });
    session.act({ type: 'answer', goal: 'which-image', text: 'redis' });
    expect(session.goals[3]).toMatchObject({ state: 'open', answers: ['redis'] });
    session.act({ type: 'answer', goal: 'which-image', text: 'nginx:1.28' });
    expect(session.goals[3]).toMatchObject({ state: 'met', answers: ['redis', 'nginx:1.28'] });
  });

  it('counts each wrong answer as a point on Helm, but not as a move', () => {
    const session = start();
    session.act({ type: 'command', line: 'kubectl create deployment web --image=nginx:1.28 --replicas=3' });
    session.act({ type: 'answer', goal: 'which-image', text: 'redis' });
    expect(session.transcript.at(-1)?.text).toContain('a point on Helm');
    session.act({ type: 'answer', goal: 'which-image', text: 'busybox' });
    session.act({ type: 'answer', goal: 'which-image', text: 'nginx:1.28' });
    session.act({ type: 'answer', goal: 'which-image', text: 'whatever' });
    session.advance(40_000);
    expect(session.state.kind).toBe('won');
    expect(session.score.helm).toBe(3);
    expect(session.score.stars).toEqual([true, true, false]);
    expect(session.debriefing()).toMatch(/^1 moves,/);
  });

  it.each<[string, Parameters<Session['act']>[0], string]>([
    ['a line that nobody reads', { type: 'input', line: 'x' }, 'No program is reading a line.'],
    ['an edit that nobody asked for', { type: 'edited', text: 'x' }, 'No program has opened an editor.'],
    ['an interrupt of nothing', { type: 'interrupt' }, 'No program is running.'],
    ['an answer to no goal', { type: 'answer', goal: 'nope', text: 'x' }, 'There is no such goal.'],
    [
      'an answer to a goal that asks nothing',
      { type: 'answer', goal: 'pods', text: 'x' },
      'That goal is no question.',
    ],
    [
      'an answer of nothing',
      { type: 'answer', goal: 'which-image', text: ' ' },
      'An answer needs a word or two.',
    ],
    [
      'a fault by hand',
      { type: 'fault', fault: { kind: 'NodeDown', node: 'n1' } },
      'Faults can be thrown by hand in the sandbox only.',
    ],
    [
      'a file without a name',
      { type: 'file', path: '..', text: 'x' },
      'The file cannot be kept: its name is not a plain path, or the folder is full.',
    ],
  ])('refuses %s with a note and keeps no record of it', (_, action, note) => {
    const session = start();
    session.act(action);
    expect(session.transcript.at(-1)).toMatchObject({ kind: 'note', text: note });
    expect(session.log).toEqual([]);
  });

  it('says of a verb that the level does not have which there are, and counts no move', () => {
    const session = start();
    session.act({ type: 'command', line: 'kubectl -n default rollout restart deploy/x' });
    expect(session.transcript.at(-1)).toMatchObject({
      kind: 'stderr',
      text: 'kubectl rollout is not available in this level. Available: kubectl apply, kubectl get, kubectl describe, kubectl scale, kubectl create, kubectl delete\n',
    });
    expect(session.prompt.kind).toBe('ready');
    expect([session.score.helm, session.marks]).toEqual([0, []]);
  });

  it('runs one program at a time, hands it lines, and interrupts it', () => {
    const session = start(sandboxLevel({ nodes: 1 }));
    session.act({ type: 'command', line: 'ask' });
    expect(session.prompt).toEqual({ kind: 'reading', prompt: 'name? ', secret: false });
    session.act({ type: 'command', line: 'echo no' });
    expect(session.transcript.at(-1)?.kind).toBe('note');
    session.act({ type: 'input', line: 'Ann' });
    expect(session.transcript.at(-1)?.text).toBe('hello Ann\n');
    session.act({ type: 'command', line: 'sleep 100' });
    expect(session.prompt.kind).toBe('busy');
    session.act({ type: 'interrupt' });
    expect(session.prompt.kind).toBe('ready');
  });

  it('counts as moves only what changed something', () => {
    const session = start();
    session.act({ type: 'command', line: 'kubectl get pods' });
    session.act({ type: 'command', line: 'kubectl create deployment web --image=nginx:1.28' });
    session.act({ type: 'command', line: 'kubectl create deployment web --image=nginx:1.28' });
    session.act({ type: 'command', line: 'kubectl scale deployment web --replicas=2' });
    expect(session.score.helm).toBe(2);
  });

  it('plays the same run in either language', () => {
    const [english, korean] = (['en', 'ko'] as const).map((language) => {
      const session = replay(SOLUTION, exampleLevel(), language);
      session.advance(30_000);
      return session;
    });
    expect(outcome(korean as Session)).toEqual(outcome(english as Session));
    expect(korean?.goals[0]?.text).toBe('Deployment web은 준비된 파드가 3개입니다');
  });

  it('throws faults by hand in the sandbox', () => {
    const session = start(sandboxLevel({ nodes: 1 }));
    session.act({ type: 'fault', fault: { kind: 'NodeDown', node: 'node-1' } });
    session.act({ type: 'fault', fault: { kind: 'NodeDown', node: 'nope' } });
    expect(session.log).toHaveLength(1);
    expect(session.transcript.at(-1)?.text).toContain('there is no node "nope"');
    expect(undo(session)?.log).toEqual([]);
  });

  it('says why a level cannot begin', () => {
    const broken = {
      ...exampleLevel(),
      objects: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: {} }],
    };
    const started = Session.start(options(broken));
    expect(started.ok ? '' : started.problem).toContain('three-of-a-kind: start: The Pod "x" is invalid');
  });
});

describe('undo', () => {
  it('takes back the last move and all after it, up to just before it', () => {
    const session = start();
    session.act({ type: 'command', line: 'kubectl create deployment web --image=nginx:1.28' });
    session.advance(3000);
    session.act({ type: 'command', line: 'kubectl scale deployment web --replicas=2' });
    session.advance(5000);
    session.act({ type: 'command', line: 'kubectl get pods' });
    const undone = undo(session);
    expect(undone?.elapsed).toBe(3000);
    expect(undone?.log).toEqual(session.log.slice(0, 1));
    expect(undone?.score.helm).toBe(1);
    expect(undo(undo(undone))).toBeUndefined();
  });

  it('keeps the files that were saved after the move', () => {
    const session = start();
    session.act({ type: 'file', path: 'a.yaml', text: 'before' });
    session.advance(1000);
    session.act({ type: 'command', line: 'kubectl create deployment web --image=nginx:1.28' });
    session.advance(1000);
    session.act({ type: 'file', path: 'a.yaml', text: 'typed' });
    session.act({ type: 'file', path: 'a.yaml', text: 'typed again' });
    session.act({ type: 'file', path: 'readme.txt' });
    const undone = undo(session);
    expect([...(undone?.files ?? [])]).toEqual([['a.yaml', 'typed again']]);
    expect(undone?.elapsed).toBe(1000);
    expect(undone?.score.helm).toBe(0);
    expect(undone?.log.map(({ at }) => at)).toEqual([0, 1000, 1000]);
  });

  it('leaves the session it was asked of as it is', () => {
    const session = replay(SOLUTION);
    const before = outcome(session);
    undo(session);
    atOnce(session.resetting());
    expect(outcome(session)).toEqual(before);
  });
});

describe('a run', () => {
  const whole = replay(SOLUTION);
  whole.advance(21_000);
  const wanted = outcome(whole);

  it('is the same however its time is sliced, paused or hurried', () => {
    const slice = fc.record({
      ms: fc.integer({ min: 0, max: 4000 }),
      events: fc.oneof(fc.constant(undefined), fc.integer({ min: 0, max: 200 })),
      single: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(slice, { minLength: 1, maxLength: 12 }), (slices) => {
        const session = start();
        let next = 0;
        const advanceTo = (target: number): void => {
          while (session.elapsed < target) {
            const { ms, events, single } = slices[next++ % slices.length] ?? {
              ms: 1,
              events: 1,
              single: false,
            };
            const nextTime = session.cluster.sim.nextTime() ?? 0;
            if (single && nextTime - session.cluster.sim.now() <= target - session.elapsed) session.step();
            const left = target - session.elapsed;
            session.advance(Math.min(ms + (next > 500 ? 4000 : 0), left), next > 500 ? undefined : events);
          }
        };
        for (const { at, action } of SOLUTION) {
          advanceTo(at);
          session.act(action);
        }
        advanceTo(30_000);
        session.advance(0);
        expect(outcome(session)).toEqual(wanted);
      }),
      { numRuns: 8 },
    );
  });

  it('is the same when its log is replayed', () => {
    const again = replay(whole.log);
    again.advance(whole.elapsed - again.elapsed);
    expect(outcome(again)).toEqual(wanted);
  });

  it('differs with the seed', () => {
    const other = Session.replay(options(exampleLevel(), 2), SOLUTION);
    expect(other.ok && other.session.cluster.stateHash()).not.toBe(replay(SOLUTION).cluster.stateHash());
  });
});

describe('a run that is forked', () => {
  const played = (): Session => {
    const session = start(sandboxLevel({ nodes: 1 }));
    session.act({ type: 'command', line: 'kubectl create deployment a --image=nginx:1.27' });
    session.advance(20_000);
    session.act({ type: 'fault', fault: { kind: 'NodeDown', node: 'node-1' } });
    session.advance(5_000);
    session.act({ type: 'command', line: 'kubectl create deployment b --image=nginx:1.27' });
    session.advance(20_000);
    return session;
  };

  it('is as the first one was at that moment, and goes its own way from there', () => {
    const session = played();
    const hash = session.cluster.stateHash();
    const fork = session.forkAt(22_000);
    expect(fork?.elapsed).toBe(22_000);
    expect(fork?.log).toEqual(session.log.filter(({ at }) => at <= 22_000));
    const revision = session.cluster.history.revisionAt((fork as Session).cluster.sim.now());
    expect(fork?.cluster.revision).toBe(revision);
    fork?.act({ type: 'command', line: 'kubectl create deployment c --image=nginx:1.27' });
    fork?.advance(5_000);
    const names = fork?.cluster.objects(deployment, 'default').map(({ metadata }) => metadata.name);
    expect(names).toEqual(['a', 'c']);
    expect(fork?.actions).toEqual(
      session.actions.filter(({ at }) => at <= 22_000).concat(fork?.actions.at(-1) ?? []),
    );
    // Forking changes nothing of the run that was forked, and a fork replays like any run.
    expect(session.cluster.stateHash()).toBe(hash);
    expect(fork?.forkAt(fork.elapsed)?.cluster.stateHash()).toBe(fork?.cluster.stateHash());
  });

  it('takes back a command that was still running when something was broken, not what was broken', () => {
    const session = start(sandboxLevel({ nodes: 2 }));
    session.act({ type: 'command', line: 'ask' });
    session.act({ type: 'fault', fault: { kind: 'NodeDown', node: 'node-1' } });
    session.act({ type: 'input', line: 'Ann' });
    session.act({ type: 'command', line: 'kubectl create deployment a --image=nginx:1.27' });
    expect([session.moves, session.score.helm]).toEqual([2, 2]);
    const before = undo(session);
    expect(before?.log.map(({ action }) => action.type)).toEqual(['command', 'fault', 'input']);
    expect(undo(before)?.log.map(({ action }) => action.type)).toEqual(['command']);
  });

  it('keeps the files that the player wrote after the moment', () => {
    const session = played();
    session.act({ type: 'file', path: 'late.yaml', text: 'kind: Late\n' });
    const fork = session.forkAt(22_000);
    expect(fork?.elapsed).toBe(22_000);
    expect(fork?.files.get('late.yaml')).toBe('kind: Late\n');
  });

  it('cannot be forked from what has not been', () => {
    const session = start();
    expect([session.forkAt(-1), session.forkAt(session.elapsed + 1), session.forkAt(Number.NaN)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
