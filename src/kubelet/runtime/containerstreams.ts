import type { ByteStream } from '../../api/request.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { ExecOptions, ExecSyncResult, LogOptions, RuntimeResult } from '../cri.ts';
import type { Container } from './container.ts';
import { EXEC_MS, runSync } from './execsync.ts';
import { notFound, toolOf } from './executable.ts';
import { refused } from './refused.ts';

export interface StreamsOptions {
  readonly simulation: Simulation;
  /** A container by its id, or why it is not to be had. */
  readonly find: (id: string) => RuntimeResult<Container>;
  readonly newId: () => string;
}

/** What passes between a container and those outside of it: commands run in it, its own input and output, its log. */
export class ContainerStreams {
  readonly #options: StreamsOptions;

  constructor(options: StreamsOptions) {
    this.#options = options;
  }

  exec(id: string, command: readonly string[], options: ExecOptions): RuntimeResult<ByteStream> {
    const found = this.#execTarget(id, command);
    if (!found.ok) return found;
    const { container, tool } = found.value;
    const session = container.exec(
      tool,
      command.slice(1),
      { ...options, streamed: true },
      { exit: () => {} },
    );
    return { ok: true, value: session.stream as ByteStream };
  }

  execSync(
    id: string,
    command: readonly string[],
    timeoutMs: number,
    done: (result: ExecSyncResult) => void,
  ): void {
    const { simulation } = this.#options;
    const found = this.#execTarget(id, command);
    if (!found.ok) {
      const error = found.error;
      simulation.after(EXEC_MS, () => done({ exitCode: -1, output: '', timedOut: false, error }));
      return;
    }
    const { container, tool } = found.value;
    runSync(simulation, container, tool, command.slice(1), timeoutMs, done);
  }

  /** Joins the container's own program: its output from now on, and its input if it was made with stdin. */
  attach(id: string, options: ExecOptions): RuntimeResult<ByteStream> {
    const found = this.#options.find(id);
    if (!found.ok) return found;
    const container = found.value;
    if (!container.running) return refused(`container is in ${criState(container)} state`);
    return { ok: true, value: container.attach(options.stdin) };
  }

  logs(id: string, options: LogOptions): RuntimeResult<ByteStream> {
    const found = this.#options.find(id);
    return found.ok ? { ok: true, value: found.value.openLog(options) } : found;
  }

  #execTarget(
    id: string,
    command: readonly string[],
  ): RuntimeResult<{ container: Container; tool: NonNullable<ReturnType<typeof toolOf>> }> {
    const found = this.#options.find(id);
    if (!found.ok) return found;
    const container = found.value;
    if (!container.running)
      return refused(`failed to exec in container: container is in ${criState(container)} state`);
    const name = command[0] ?? '';
    const tool = toolOf(container.spec, name);
    if (tool !== undefined) return { ok: true, value: { container, tool } };
    const start = `failed to exec in container: failed to start exec "${this.#options.newId()}"`;
    const says = 'OCI runtime exec failed: exec failed: unable to start container process';
    return refused(`${start}: ${says}: ${notFound(name)}: unknown`);
  }
}

function criState({ status }: Container): string {
  return `CONTAINER_${status.state.toUpperCase()}`;
}
