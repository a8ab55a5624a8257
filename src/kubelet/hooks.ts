import type { Container, LifecycleHandler } from '../api/generated/types.ts';
import type { Process } from '../sim/process.ts';
import { type ProbeEnvironment, resolvePort } from './probes/probe.ts';

/** The container a lifecycle hook belongs to. */
export interface HookSubject {
  readonly container: Container;
  readonly id: string;
  readonly podIP: string;
}

/**
 * Runs a postStart or preStop handler (pkg/kubelet/lifecycle/handlers.go). `done` is called with an
 * error text, or undefined when all went well, at the latest after `timeoutMs`, and not at all once the
 * process is dead.
 */
export function runHook(
  process: Process,
  env: ProbeEnvironment,
  handler: LifecycleHandler,
  subject: HookSubject,
  timeoutMs: number,
  done: (error: string | undefined) => void,
): void {
  const { exec, httpGet, sleep } = handler;
  if (exec !== undefined) {
    env.runtime.execSync(subject.id, exec.command ?? [], timeoutMs, (result) => {
      process.after(0, () => done(execError(exec.command ?? [], result)));
    });
  } else if (httpGet !== undefined) {
    const port = resolvePort(subject.container, httpGet.port);
    const host = httpGet.host || subject.podIP;
    const path = httpGet.path ?? '/';
    const message = {
      protocol: 'http' as const,
      method: 'GET',
      path: path.startsWith('/') ? path : `/${path}`,
      headers: Object.fromEntries(
        (httpGet.httpHeaders ?? []).map(({ name, value }) => [name.toLowerCase(), value]),
      ),
      body: '',
      host,
      ...(httpGet.scheme === 'HTTPS' ? { tls: true } : {}),
    };
    const exchange = env.fabric.request(env.from, { host, port, message }, { timeoutMs });
    const error = exchange.outcome === 'ok' ? undefined : (exchange.error ?? exchange.outcome);
    process.after(exchange.latencyMs, () => done(error));
  } else {
    process.after(Math.min((sleep?.seconds ?? 0) * 1000, timeoutMs), () => done(undefined));
  }
}

function execError(
  command: readonly string[],
  result: { readonly exitCode: number; readonly timedOut: boolean; readonly error?: string },
): string | undefined {
  if (result.error !== undefined) return result.error;
  if (result.timedOut) return `command '${command.join(' ')}' timed out`;
  return result.exitCode === 0
    ? undefined
    : `command '${command.join(' ')}' exited with ${result.exitCode}: `;
}
