import type { BackgroundJobs, ProcessEntry } from '../kubelet/tools/tool.ts';
import { Process } from '../sim/process.ts';
import { Job, type Program, type Stdio } from '../sim/program.ts';
import type { Simulation } from '../sim/simulation.ts';

const FIRST_PID = 4_201;
/** No more than these run at a time. */
const MAX_JOBS = 16;
const TERMINATED = 143;
const STATE_WIDTH = 24;

interface BackgroundJob {
  readonly number: number;
  readonly pid: number;
  readonly line: string;
  job: Job | undefined;
  /** True once it was killed. */
  killed: boolean;
}

/** What the player's shell runs in the background: commands with `&` behind them. */
export class Jobs implements BackgroundJobs {
  readonly #process: Process;
  readonly #stdio: Stdio;
  readonly #jobs: BackgroundJob[] = [];
  #next = FIRST_PID;
  /** The line that runs, for `jobs`. */
  line = '';
  /** Wraps every program that is started. */
  beside: ((program: Program) => Program) | undefined;

  constructor(sim: Simulation, stdio: Stdio) {
    this.#process = new Process(sim, 'shell jobs');
    this.#stdio = stdio;
  }

  start(program: Program): { readonly number: number; readonly pid: number } {
    const number = (this.#jobs.at(-1)?.number ?? 0) + 1;
    const line = this.line.trim().replace(/\s*&$/, '');
    const entry: BackgroundJob = { number, pid: this.#next++, line, job: undefined, killed: false };
    this.#jobs.push(entry);
    const running = this.#jobs.filter((other) => other.job?.running === true).length;
    const run = running < MAX_JOBS ? (this.beside?.(program) ?? program) : tooMany(this.#stdio);
    entry.job = new Job(this.#process, run, (job) => this.#answer(job));
    return entry;
  }

  list(): readonly string[] {
    return this.#jobs.map((entry) => this.#lineOf(entry));
  }

  pidOf(number: number): number | undefined {
    return this.#jobs.find((entry) => entry.number === number && entry.job?.running === true)?.pid;
  }

  /** Says which jobs have ended, and forgets them. */
  report(): void {
    for (const entry of this.#jobs.filter(({ job }) => job?.running !== true)) {
      this.#stdio.err(`${this.#lineOf(entry)}\n`);
      this.#jobs.splice(this.#jobs.indexOf(entry), 1);
    }
  }

  processes(): readonly ProcessEntry[] {
    return this.#jobs
      .filter(({ job }) => job?.running === true)
      .map(({ pid, line }) => ({ pid, user: 'captain', command: line }));
  }

  /** Ends the job of a process id; false when there is none. */
  signal(pid: number): boolean {
    const entry = this.#jobs.find((candidate) => candidate.pid === pid && candidate.job?.running === true);
    if (entry === undefined) return false;
    entry.killed = true;
    entry.job?.interrupt();
    return true;
  }

  #lineOf({ number, job, line, killed }: BackgroundJob): string {
    const current = number === this.#jobs.at(-1)?.number ? '+' : ' ';
    const code = killed ? TERMINATED : (job?.exitCode ?? 0);
    const state =
      job?.running === true ? 'Running' : killed ? 'Terminated' : code === 0 ? 'Done' : `Exit ${code}`;
    return `[${number}]${current}  ${state.padEnd(STATE_WIDTH)}${line}${state === 'Running' ? ' &' : ''}`;
  }

  /** Nobody types to a job in the background: what it reads has ended. */
  #answer(job: Job): void {
    const { wait } = job;
    if (wait?.type === 'line') this.#process.after(0, () => void job.line(undefined));
    else if (wait?.type === 'editor') this.#process.after(0, () => void job.edited(undefined));
  }
}

// biome-ignore lint/correctness/useYield: it says what is wrong, and ends.
function* tooMany(stdio: Stdio): Program {
  stdio.err('fork: retry: Resource temporarily unavailable\n');
  return 254;
}
