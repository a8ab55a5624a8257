import { beforeEach, describe, expect, it } from 'vitest';
import { Process } from '../../src/sim/process.ts';
import { type Answer, Job, type Program, type Wait } from '../../src/sim/program.ts';
import { Simulation } from '../../src/sim/simulation.ts';

let sim: Simulation;
let process: Process;
beforeEach(() => {
  sim = new Simulation({ seed: 1, startTime: 0 });
  process = new Process(sim, 'shell');
});

/** A program that waits for each of these in turn and notes the answers and when they came. */
function* waiting(waits: readonly Wait[], answers: string[]): Program {
  try {
    for (const wait of waits) {
      const answer: Answer = yield wait;
      const text = 'line' in answer ? ` ${answer.line}` : 'text' in answer ? ` ${answer.text}` : '';
      answers.push(`${answer.type}${text}@${sim.now()}`);
    }
    return 0;
  } finally {
    answers.push('finally');
  }
}

/** A signal, how to raise it, and how many listen. */
function signal(timeout?: number): { wait: Wait; raise: () => void; listeners: Set<() => void> } {
  const listeners = new Set<() => void>();
  const wait: Wait = {
    type: 'signal',
    subscribe: (wake) => {
      listeners.add(wake);
      return () => void listeners.delete(wake);
    },
    ...(timeout === undefined ? {} : { timeout }),
  };
  return { wait, raise: () => void [...listeners].map((wake) => wake()), listeners };
}

describe('a job', () => {
  it('runs a program that waits for nothing at once, to its exit code', () => {
    // biome-ignore lint/correctness/useYield: a program may have nothing to wait for
    function* program(): Program {
      return 3;
    }
    const changes: (number | undefined)[] = [];
    const job = new Job(process, program(), (changed) => changes.push(changed.exitCode));
    expect([job.exitCode, job.running, job.wait, changes]).toEqual([3, false, undefined, [3]]);
  });

  it('answers sleeps in virtual time', () => {
    const answers: string[] = [];
    const job = new Job(
      process,
      waiting(
        [
          { type: 'sleep', ms: 5 },
          { type: 'sleep', ms: 10 },
        ],
        answers,
      ),
    );
    sim.runUntil(14);
    expect([answers, job.running]).toEqual([['slept@5'], true]);
    sim.runUntil(15);
    expect([answers, job.exitCode]).toEqual([['slept@5', 'slept@15', 'finally'], 0]);
  });

  it('wakes on a signal and stops listening then', () => {
    const answers: string[] = [];
    const { wait, raise, listeners } = signal(100);
    new Job(process, waiting([wait], answers));
    sim.runUntil(7);
    raise();
    sim.runUntil(500);
    expect([answers, listeners.size]).toEqual([['woken@7', 'finally'], 0]);
  });

  it('gives up on a signal after the timeout', () => {
    const answers: string[] = [];
    const { wait, raise, listeners } = signal(100);
    new Job(process, waiting([wait], answers));
    sim.runUntil(500);
    raise();
    expect([answers, listeners.size]).toEqual([['timeout@100', 'finally'], 0]);
  });

  it('takes a signal that is raised while it subscribes, unsubscribing as it should', () => {
    const answers: string[] = [];
    let subscribed = 0;
    const early: Wait = {
      type: 'signal',
      subscribe: (wake) => {
        subscribed++;
        wake();
        return () => void subscribed--;
      },
    };
    const job = new Job(process, waiting([early, early, { type: 'sleep', ms: 1 }], answers));
    expect([answers, subscribed, job.wait?.type]).toEqual([['woken@0', 'woken@0'], 0, 'sleep']);
  });

  it('lets the terminal answer for lines and the editor, and only then', () => {
    const answers: string[] = [];
    const waits: Wait[] = [
      { type: 'line', prompt: '? ' },
      { type: 'line', prompt: '? ' },
      { type: 'editor', fileName: 'a', text: '' },
    ];
    const job = new Job(process, waiting(waits, answers));
    expect(job.edited('no')).toBe(false);
    expect(job.line('one')).toBe(true);
    expect(job.line(undefined)).toBe(true);
    expect(job.line('no')).toBe(false);
    expect(job.edited('text')).toBe(true);
    expect(job.edited('late')).toBe(false);
    expect(answers).toEqual(['line one@0', 'line undefined@0', 'edited text@0', 'finally']);
    expect(job.exitCode).toBe(0);
  });

  it('ends with 130 when it is interrupted: its finally blocks run, and nothing else', () => {
    const answers: string[] = [];
    const { wait, raise, listeners } = signal(100);
    const job = new Job(process, waiting([wait, { type: 'sleep', ms: 1 }], answers));
    job.interrupt();
    job.interrupt();
    raise();
    sim.runUntil(500);
    expect([answers, job.exitCode, listeners.size]).toEqual([['finally'], 130, 0]);
  });

  it('may be interrupted by what it does itself', () => {
    let job: Job | undefined;
    const ended: string[] = [];
    function* program(): Program {
      try {
        yield { type: 'sleep', ms: 1 };
        job?.interrupt();
        yield { type: 'sleep', ms: 1 };
        ended.push('went on');
        return 0;
      } finally {
        ended.push('finally');
      }
    }
    const codes: (number | undefined)[] = [];
    job = new Job(process, program(), (changed) => codes.push(changed.exitCode));
    sim.runUntil(100);
    expect(job.exitCode).toBe(130);
    expect(job.wait).toBeUndefined();
    expect(codes).toEqual([undefined, 130]);
    expect(ended).toEqual(['finally']);
  });

  it('tells of every new wait and of its end', () => {
    const seen: (string | undefined)[] = [];
    new Job(
      process,
      waiting(
        [
          { type: 'sleep', ms: 1 },
          { type: 'line', prompt: '' },
        ],
        [],
      ),
      (job) => seen.push(job.wait?.type),
    ).line('x');
    sim.runUntil(10);
    expect(seen).toEqual(['sleep', 'line']);
  });

  it('goes no further when its process is killed', () => {
    const answers: string[] = [];
    const { wait, raise } = signal(50);
    new Job(process, waiting([wait, { type: 'sleep', ms: 5 }], answers));
    process.kill();
    raise();
    sim.runUntil(100);
    expect(answers).toEqual([]);
  });
});
