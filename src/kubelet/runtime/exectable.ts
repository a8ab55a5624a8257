import type { Process } from '../../sim/process.ts';
import type { Program, Stdio } from '../../sim/program.ts';
import type { ProcessEntry } from '../tools/tool.ts';
import { Session } from './session.ts';
import type { StreamName } from './stream.ts';

export interface ExecTerminal {
  readonly stdin: boolean;
  readonly tty: boolean;
  readonly streamed?: boolean;
}

export interface ExecHandlers {
  output?(stream: StreamName, text: string): void;
  exit(exitCode: number): void;
}

/** The commands that run in a container besides its own program, by process id. */
export class ExecTable {
  readonly #running = new Map<number, { readonly session: Session; readonly command: string }>();
  #nextPid = 2;

  /** The number of the next command; from now on somebody else counts. */
  get nextPid(): number {
    return this.#nextPid;
  }

  /** `number`: its process id; absent: the next one. */
  run(
    process: Process,
    number: number | undefined,
    command: string,
    program: (stdio: Stdio) => Program,
    terminal: ExecTerminal,
    handlers: ExecHandlers,
  ): Session {
    const pid = number ?? this.#nextPid++;
    let over = false;
    const session = new Session({
      process,
      program,
      ...terminal,
      ...(handlers.output === undefined ? {} : { onOutput: handlers.output }),
      onExit: (exitCode) => {
        over = true;
        this.#running.delete(pid);
        handlers.exit(exitCode);
      },
    });
    if (!over) this.#running.set(pid, { session, command });
    return session;
  }

  list(user: string): readonly ProcessEntry[] {
    return [...this.#running].map(([pid, { command }]) => ({ pid, user, command }));
  }

  /** Ends one; false when there is no such process. */
  end(pid: number, exitCode: number): boolean {
    const found = this.#running.get(pid);
    found?.session.end(exitCode);
    return found !== undefined;
  }

  endAll(exitCode: number): void {
    for (const { session } of [...this.#running.values()]) session.end(exitCode);
  }
}
