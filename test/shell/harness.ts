import type { Cluster } from '../../src/cluster/cluster.ts';
import { PlayerFiles } from '../../src/game/playerfiles.ts';
import { Shell, type ShellOptions } from '../../src/shell/shell.ts';
import { Process } from '../../src/sim/process.ts';
import { Job, type Stdio } from '../../src/sim/program.ts';
import { booted } from '../cluster/harness.ts';

export interface Outcome {
  readonly out: string;
  readonly err: string;
  /** Undefined while it runs. */
  readonly code: number | undefined;
}

/** A terminal at the harbour office, and what was printed on it. */
export class Terminal {
  readonly cluster: Cluster;
  readonly files: PlayerFiles;
  readonly shell: Shell;
  readonly #process: Process;
  #job: Job | undefined;
  #out = '';
  #err = '';

  constructor(
    options: {
      cluster?: Cluster;
      files?: Readonly<Record<string, string>>;
      refuses?: ShellOptions['refuses'];
      words?: ShellOptions['words'];
    } = {},
  ) {
    this.cluster = options.cluster ?? booted();
    this.files = new PlayerFiles(new Map(Object.entries(options.files ?? {})));
    this.shell = new Shell({
      cluster: this.cluster,
      files: this.files,
      ...(options.refuses === undefined ? {} : { refuses: options.refuses }),
      ...(options.words === undefined ? {} : { words: options.words }),
    });
    this.#process = new Process(this.cluster.sim, 'player');
  }

  /** Types a line and waits, at most a virtual minute, until it has ended or reads. */
  run(line: string): Outcome {
    this.#out = '';
    this.#err = '';
    const stdio: Stdio = {
      out: (text) => {
        this.#out += text;
      },
      err: (text) => {
        this.#err += text;
      },
    };
    this.#job = new Job(this.#process, this.shell.run(line, stdio));
    return this.#settle();
  }

  /** Types into the program that reads; undefined is Ctrl+D. */
  type(line: string | undefined): Outcome {
    this.#out = '';
    this.#err = '';
    if (this.#job?.line(line) !== true) throw new Error('nothing reads');
    return this.#settle();
  }

  /** The prompt of the program that reads. */
  get reading(): string | undefined {
    const wait = this.#job?.wait;
    return wait?.type === 'line' ? wait.prompt : undefined;
  }

  interrupt(): Outcome {
    this.#job?.interrupt();
    return this.#outcome();
  }

  /** Lets time pass; what was printed meanwhile. */
  wait(ms: number): Outcome {
    this.#out = '';
    this.#err = '';
    this.cluster.runFor(ms);
    return this.#outcome();
  }

  #settle(): Outcome {
    const end = this.cluster.sim.now() + 60_000;
    while (this.#job?.running === true && this.#job.wait?.type !== 'line' && this.cluster.sim.now() < end)
      this.cluster.runFor(50);
    return this.#outcome();
  }

  #outcome(): Outcome {
    return { out: this.#out, err: this.#err, code: this.#job?.exitCode };
  }
}

/** What a line prints that must succeed and complain of nothing. */
export function printed(terminal: Terminal, line: string): string {
  const { out, err, code } = terminal.run(line);
  if (err !== '' || code !== 0) throw new Error(`${line}: ${code} ${err}${out}`);
  return out;
}
